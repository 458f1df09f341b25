// Question: what does the check of a permission cost a request? A keep-alive client's token, its role's permission and
// a limited token's look at a person, against the limit of 100 ns; and what a token costs that comes for the first
// time.
#include <random>

#include "bench/measure.hpp"
#include "presence/people.hpp"
#include "status/access.hpp"
#include "status/reach.hpp"

namespace {

using namespace lamp;

constexpr double limit_ns = 100;

template <class Work>
double ns_each(std::size_t times, Work work) {
    std::vector<double> rounds;
    for (int round = 0; round < 7; ++round) {
        auto begun = bench::thread_cpu_s();
        for (std::size_t i = 0; i < times; ++i)
            work(i);
        rounds.push_back((bench::thread_cpu_s() - begun) * 1e9 / static_cast<double>(times));
    }
    return bench::median(rounds);
}

std::shared_ptr<const presence::People> people(std::size_t count) {
    std::vector<presence::PersonRow> rows;
    for (std::size_t i = 0; i < count; ++i) {
        auto id = fmt::format("user{:05}@example.net", i);
        rows.push_back({id, fmt::format("User {}", i), id, fmt::format("Floor {}", i % 50), "", {id}});
    }
    return presence::People::build(rows).value();
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    std::size_t times = quick ? 20'000 : 2'000'000;
    status::AccessOptions options;
    std::vector<std::string> secrets;
    for (int i = 0; i < 1000; ++i) {
        secrets.push_back(access::new_secret().reveal());
        options.tokens.push_back({fmt::format("token{}", i), Secret(secrets.back()), "operator"});
    }
    auto compiled = status::Access::compile(options).value();
    const auto* who = compiled->find(secrets[500]);
    auto known = "Bearer " + secrets[500];
    auto presented = known;

    status::Reach reach({{"Floor 7", "Floor 8"}, {"user00001@example.net"}});
    auto everybody = people(30'000);
    reach.use_people(*everybody);
    std::mt19937 random(7);
    std::vector<presence::Slot> slots(4096);
    for (auto& slot : slots)
        slot = static_cast<presence::Slot>(random() % everybody->slots());

    std::size_t passed = 0;
    double check = ns_each(times, [&](std::size_t i) {
        presented.back() = known.back(); // not to be worked out once for all
        if (same_secret(presented, known) && !who->expired(Wall(milliseconds(static_cast<long>(i)))) &&
            who->may(status::permission("presence.read")) && reach.sees(slots[i % slots.size()]))
            ++passed;
    });
    double line = ns_each(times, [&](std::size_t i) {
        if (reach.sees(slots[i % slots.size()], std::string_view("user00001@example.net"))) ++passed;
    });
    double first = ns_each(times / 10, [&](std::size_t i) {
        if (compiled->find(secrets[i % secrets.size()])) ++passed;
    });
    fmt::print("a token for the first time on a connection (SHA-256, one of 1000): {:.0f} ns ({})\n", first, passed);
    bool good = bench::result("access_check", check, "ns", limit_ns, false);
    good = bench::result("access_line_check", line, "ns", limit_ns, false) && good;
    return good || quick ? 0 : 1;
}
