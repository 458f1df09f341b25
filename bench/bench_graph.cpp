// Question: what does a presence cost from the bytes of an answer of 650 to the visitor, against a tree of Boost.JSON
// of the same bytes, words and ids read from it? A round over 100 000 people is 154 such answers.
#include <boost/json.hpp>
#include <cstring>

#include "bench/measure.hpp"
#include "proto/graph/presence.hpp"

using namespace lamp;

namespace {

std::string answer(unsigned people) {
    constexpr std::string_view pairs[] = {
        R"("availability":"Available","activity":"Available")", R"("availability":"Busy","activity":"InACall")",
        R"("availability":"Offline","activity":"OffWork")", R"("availability":"DoNotDisturb","activity":"Presenting")"};
    std::string body = R"({"@odata.context":"https://graph.example.net/v1.0/$metadata#presences","value":[)";
    for (unsigned i = 0; i < people; ++i) {
        if (i > 0) body += ',';
        body += fmt::format(R"({{"id":"{:08x}-77aa-4c1e-9d7e-123456789abc",{},)"
                            R"("outOfOfficeSettings":{{"message":null,"isOutOfOffice":false}},)"
                            R"("statusMessage":{{"message":{{"content":"back at {}","contentType":"text"}}}},)"
                            R"("workLocation":null,"sequenceNumber":"A{:016}"}})",
                            i * 2654435761U, pairs[i % 4], i % 12, i);
    }
    return body + "]}";
}

struct Tally {
    std::uint64_t sum = 0;
    void add(const graph::Guid& id, graph::Pair pair) { sum += id.bytes[0] + pair.pack() + unsigned(meaning(pair)); }
};

std::uint64_t walked(std::string_view body) {
    Tally tally;
    auto read = graph::read_presences(body, [&](const graph::Presence& one) { tally.add(one.id, one.pair); });
    return read ? tally.sum : 0;
}

std::uint64_t from_tree(std::string_view body) {
    namespace json = boost::json;
    Tally tally;
    auto tree = json::parse({body.data(), body.size()});
    for (const auto& one : tree.at("value").as_array()) {
        auto word = [&](const char* name) {
            const auto& text = one.at(name).as_string();
            return graph::word_named({text.data(), text.size()});
        };
        const auto& id = one.at("id").as_string();
        tally.add(*graph::parse_guid({id.data(), id.size()}), {word("availability"), word("activity")});
    }
    return tally.sum;
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    const int answers = quick ? 10 : 400;
    const int rounds = quick ? 3 : 11;
    constexpr unsigned people = 650;
    auto body = answer(people);
    if (walked(body) == 0 || walked(body) != from_tree(body)) {
        fmt::print("the two readers differ\n");
        return 1;
    }
    std::vector<double> ours, theirs;
    std::uint64_t sum = 0;
    for (int round = 0; round < rounds; ++round)
        for (auto [reader, figures] : {std::pair(&walked, &ours), std::pair(&from_tree, &theirs)}) {
            auto start = bench::thread_cpu_s();
            for (int i = 0; i < answers; ++i)
                sum += reader(body);
            figures->push_back((bench::thread_cpu_s() - start) * 1e9 / answers / people);
        }
    fmt::print("{} bytes a presence; ours {:.0f} ns, tree {:.0f} ns (check {})\n", body.size() / people,
               bench::median(ours), bench::median(theirs), sum % 1000);
    bool fine = bench::result("graph_presence", bench::median(ours) / 1000, "us", 1.0, false);
    fine &= bench::result("graph_presence_vs_tree", bench::median(theirs) / bench::median(ours), "x", 2.0);
    return fine || quick ? 0 : 1;
}
