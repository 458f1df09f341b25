// What diversions cost the egress loop of a big house: a round of Teams, a new roster, a look at the whole list, a
// name.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "app/diversions.hpp"
#include "app/options.hpp"
#include "bench/folder.hpp"
#include "bench/measure.hpp"
#include "config/reader.hpp"

using namespace lamp;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().text);
        std::abort();
    }
    return *std::move(result);
}

std::shared_ptr<const config::Configuration> configuration(const std::filesystem::path& folder) {
    auto file = folder / "lamplighter.toml";
    std::ofstream(file) << "[[broadworks]]\nname = \"b\"\nhosts = [\"http://127.0.0.1:1\"]\nusername = \"a@x\"\n"
                           "password = \"b\"\n[people]\n[smartbusy]\nsources = [\"teams\"]\nforward_to = \"1233\"\n";
    auto answer = config::read(schema(), file, config::Sources::machine());
    if (!answer.configuration) {
        for (const auto& problem : answer.problems)
            fmt::print(stderr, "{}\n", to_string(problem));
        std::abort();
    }
    return answer.configuration;
}

std::string id(std::size_t number) {
    return fmt::format("person.number{}@example.net", number);
}

/// Milliseconds of this thread.
template <class Work>
double took(Work work) {
    auto begun = bench::thread_cpu_s();
    work();
    return (bench::thread_cpu_s() - begun) * 1000;
}

struct House {
    explicit House(std::size_t people_wanted) {
        std::vector<presence::PersonRow> rows;
        for (std::size_t i = 0; i < people_wanted; ++i)
            rows.push_back({.id = id(i),
                            .name = fmt::format("Person {}", i),
                            .email = id(i),
                            .folder = "Sales",
                            .teams = {},
                            .lines = {id(i)}});
        people = must(presence::People::build(rows));
        for (presence::Slot slot = 0; slot < people->slots(); ++slot)
            lines.push_back({slot, id(slot), std::to_string(20'000 + slot)});
        auto prepared = diversions.prepare(*config, *store, {});
        if (!prepared) std::abort();
    }
    void use_people() { diversions.use_people(people, lines, numbers::DialPlan::build({}, "NL"), {true, true}); }
    /// Everybody is told of once, `busy` of them as in a meeting.
    void round(const meetings::Listener& listener, std::size_t busy) {
        wall += seconds(5);
        for (presence::Slot slot = 0; slot < people->slots(); ++slot)
            listener.heard({slot, meetings::Source::teams,
                            slot < busy ? meetings::Meeting::live : meetings::Meeting::none, wall,
                            std::chrono::minutes(2)});
        egress.context().poll();
    }

    bench::Folder folder{"diversions"};
    std::shared_ptr<const config::Configuration> config = configuration(folder.path);
    std::unique_ptr<store::Store> store = must(store::Store::open({.folder = folder.path}));
    Loop egress{"egress"};
    Loop ingress{"ingress"};
    LineSettings settings{ingress, [](const std::string&) { return std::vector<xsi::Actions*>(); }};
    presence::Table table{limits::people};
    fanout::Fanout fanout;
    Diversions diversions{egress, settings, table, fanout};
    std::shared_ptr<const presence::People> people;
    std::vector<Diversions::Line> lines;
    Wall wall = wall_now();
};

} // namespace

int main(int count, char** words) {
    bool quick = count > 1 && std::strcmp(words[1], "--quick") == 0;
    std::size_t people = quick ? 10'000 : 100'000;
    double scale = static_cast<double>(people) / 100'000;
    House house(people);
    auto empty = bench::resident_bytes();
    bool good = bench::result("new_roster", took([&] { house.use_people(); }), "ms", 200 * scale, false);
    good &= bench::result("same_roster", took([&] { house.use_people(); }), "ms", 200 * scale, false);
    auto listener = house.diversions.listener();
    for (std::size_t busy : {std::size_t{0}, people / 10}) {
        house.round(listener, busy);
        std::vector<double> rounds;
        for (int i = 0; i < 5; ++i)
            rounds.push_back(took([&] { house.round(listener, busy); }));
        good &= bench::result(fmt::format("teams_round_{}_busy", busy), bench::median(rounds), "ms", 50 * scale, false);
    }
    auto held = (bench::resident_bytes() - empty) / static_cast<double>(people);
    good &= bench::result("memory_a_person", held, "B", 800, false);
    good &= bench::result("whole_list", took([&] { static_cast<void>(house.diversions.views()); }), "ms", 50 * scale,
                          false);
    auto desk = house.diversions.desk();
    auto name_cost = took([&] {
        for (int i = 0; i < 100; ++i)
            static_cast<void>(desk.number_of("", fmt::format("Person {}", i * 7)));
    });
    good &= bench::result("hundred_names", name_cost, "ms", 200 * scale, false);
    house.store->stop();
    return good || quick ? 0 : 1;
}
