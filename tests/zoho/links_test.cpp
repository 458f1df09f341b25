// Who is who in Zoho, and what Zoho has yet to be told of it.
#include <doctest/doctest.h>

#include "adapters/zoho/links.hpp"

using namespace lamp::zoho;
using lamp::Steady;
using lamp::Wall;
using lamp::fanout::LineName;
namespace presence = lamp::presence;
using namespace std::chrono_literals;

namespace {

const std::vector<User> users{{"5550001", "Alice Jansen", "alice@example.net"},
                              {"5550002", "Bo Berg", "bo@example.net"},
                              {"5550003", "Cem Demir", "cem@example.net"}};

struct Row {
    const char* id;
    const char* zoho;
};

struct Bench {
    explicit Bench(bool by_email = false, std::string base = "https://lamps.example.net/hooks/zoho")
        : links(std::move(base), by_email) {
        links.load({});
    }
    void people(std::vector<Row> rows) {
        std::vector<presence::PersonRow> made;
        for (const Row& row : rows) {
            presence::PersonRow person;
            person.id = person.name = person.email = row.id;
            person.zoho = row.zoho;
            made.push_back(person);
        }
        auto built = presence::People::build(made);
        REQUIRE(built.has_value());
        std::vector<LineName> lines;
        for (presence::Slot slot : (*built)->order()) {
            auto id = std::string((*built)->person(slot).id);
            lines.push_back({slot, "line-" + id});
            lines.push_back({slot, "100" + std::to_string(slot)});
            lines.push_back({slot, "+3120111000" + std::to_string(slot)});
        }
        links.use_people(**built, lines);
    }
    /// Does all that is due; gives how much.
    int settle() {
        int jobs = 0;
        while (auto job = links.next(now)) {
            links.done(*job);
            ++jobs;
        }
        return jobs;
    }
    Links links;
    Steady now{1h};
};

} // namespace

TEST_CASE("the people file names users by id or address; who names nobody is in doubt") {
    Bench bench;
    bench.people({{"alice@example.net", "5550001"}, {"bo@example.net", "BO@example.net"}, {"cem@example.net", "77"}});
    bench.links.use_users(users, Wall(1s));
    CHECK(bench.links.linked().size() == 2);
    REQUIRE(bench.links.doubts().size() == 1);
    CHECK(bench.links.doubts().front().kind == "unmatched");
    auto agent = bench.links.agent("line-bo@example.net", "");
    REQUIRE(agent);
    CHECK(agent->zohouser == "5550002");
    CHECK(agent->number == "+31201110001");
    CHECK(bench.links.agent("some other line", "alice@example.net")->zohouser == "5550001");
    CHECK(!bench.links.agent("line-cem@example.net", "cem@example.net"));
    CHECK(bench.settle() == 2);
    CHECK(bench.links.registered() == 2);
    CHECK(bench.settle() == 0);
    auto rows = bench.links.take_unkept();
    REQUIRE(!rows.empty());
    CHECK(rows.front().path.size() == 32);
    CHECK(rows.front().key.size() == 48);
}

TEST_CASE("two people who name one user are both in doubt and neither is linked") {
    Bench bench;
    bench.people({{"alice@example.net", "5550001"}, {"bo@example.net", "alice@example.net"}});
    bench.links.use_users(users, Wall(1s));
    CHECK(bench.links.linked().empty());
    CHECK(bench.links.doubts().size() == 2);
}

TEST_CASE("the same e-mail address links where that is wanted") {
    for (bool by_email : {true, false}) {
        Bench bench(by_email);
        bench.people({{"alice@example.net", ""}, {"dora@example.net", ""}});
        bench.links.use_users(users, Wall(1s));
        CHECK(bench.links.linked().size() == (by_email ? 1 : 0));
    }
}

TEST_CASE("linked and unlinked by command; what was unlinked stays so") {
    Bench bench(true);
    bench.people({{"alice@example.net", ""}, {"bo@example.net", "5550002"}, {"dora@example.net", ""}});
    bench.links.use_users(users, Wall(1s));
    CHECK(bench.settle() == 2);
    CHECK(bench.links.link("nobody", "5550003").error().category == lamp::Category::not_found);
    CHECK(bench.links.link("dora@example.net", "77").error().category == lamp::Category::not_found);
    REQUIRE(bench.links.link("+31201110002", "cem@example.net").has_value());
    CHECK(bench.links.link("line-bo@example.net", "5550003").error().category == lamp::Category::conflict);
    CHECK(bench.settle() == 1);
    REQUIRE(bench.links.unlink("1000").has_value()); // Alice's extension
    REQUIRE(bench.links.unlink("bo@example.net").has_value());
    CHECK(bench.links.unlink("bo@example.net").error().category == lamp::Category::not_found);
    CHECK(bench.settle() == 2);
    bench.links.use_users(users, Wall(2s));
    CHECK(bench.links.linked().size() == 1);
    CHECK(bench.settle() == 0);
    REQUIRE(bench.links.link("bo@example.net", "5550002").has_value());
    CHECK(bench.settle() == 1);
}

TEST_CASE("nothing is decided before the disk was read: what stands there would be overwritten") {
    Links links("https://lamps.example.net/hooks/zoho", true);
    presence::PersonRow person;
    person.id = "alice@example.net";
    person.zoho = "5550001";
    auto built = presence::People::build(std::span(&person, 1));
    REQUIRE(built.has_value());
    links.use_people(**built, {{0, "line-1"}});
    CHECK(links.take_unkept().empty());
    CHECK(links.unlink("line-1").error().category == lamp::Category::unavailable);
    links.load({{"5550001", "alice@example.net", "line-1", "path", "key", Link::Origin::unlinked, ""}});
    CHECK(links.linked().empty());
}

TEST_CASE("all of it survives a restart, and a new address is told to Zoho") {
    Bench bench;
    bench.people({{"alice@example.net", "5550001"}});
    bench.links.use_users(users, Wall(1s));
    bench.settle();
    auto rows = bench.links.take_unkept();
    Bench again;
    again.links.load({rows.back()});
    again.people({{"alice@example.net", "5550001"}});
    again.links.use_users(users, Wall(1s));
    CHECK(again.settle() == 0);
    CHECK(again.links.by_user("5550001")->path == rows.back().path);
    Bench moved(false, "https://other.example.net/hooks/zoho");
    moved.links.load({rows.back()});
    moved.people({{"alice@example.net", "5550001"}});
    CHECK(moved.settle() == 1);
    // Who left is taken back and then forgotten, once it is known whom Zoho has.
    moved.links.use_users(users, Wall(1s));
    moved.people({{"bo@example.net", ""}});
    CHECK(moved.settle() == 1);
    CHECK(moved.links.take_forgotten() == std::vector<std::string>{"5550001"});
}

TEST_CASE("disabled, all is taken back and the links stay") {
    Bench bench;
    bench.people({{"alice@example.net", "5550001"}, {"bo@example.net", "5550002"}});
    bench.links.use_users(users, Wall(1s));
    bench.settle();
    bench.links.enable(false);
    CHECK(bench.settle() == 2);
    CHECK(bench.links.registered() == 0);
    CHECK(bench.links.linked().size() == 2);
    for (const auto& row : bench.links.view())
        CHECK(row.state == "off");
    bench.links.enable(true);
    CHECK(bench.settle() == 2);
}

TEST_CASE("a link that could not be made waits, and says why") {
    Bench bench;
    bench.people({{"alice@example.net", "5550001"}});
    bench.links.use_users(users, Wall(1s));
    auto job = bench.links.next(bench.now);
    REQUIRE(job);
    bench.links.failed(*job, "no", 60s, bench.now);
    CHECK(!bench.links.next(bench.now + 59s));
    CHECK(bench.links.view().front().state == "degraded");
    CHECK(bench.links.view().front().error == "no");
    job = bench.links.next(bench.now + 60s);
    REQUIRE(job);
    bench.links.done(*job);
    CHECK(bench.links.view().front().state == "linked");
    CHECK(bench.links.view().front().user_name == "Alice Jansen");
}

TEST_CASE("without an address of ours nothing is registered, and calls are told all the same") {
    Bench bench(false, "");
    bench.people({{"alice@example.net", "5550001"}});
    CHECK(bench.settle() == 0);
    CHECK(bench.links.agent("line-alice@example.net", ""));
}
