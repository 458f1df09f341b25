// The Zoho adapter against the strict fake: enabled, linked, told of calls; trouble, fall-backs, restarts.
#include "office.hpp"

using namespace zoho_tests;
using lamp::fanout::LinkOrder;

TEST_CASE("enabled, two people linked, their calls told and nobody else's") {
    Office office;
    REQUIRE(office.linked(2));
    CHECK(office.state().at("integrated").as_bool());
    CHECK(within(5s, [&] { return office.health().state == "up"; }));
    auto one = Office::call(0, "call-1");
    office.tell(one);
    office.tell(Office::call(3, "not linked"));
    REQUIRE(office.tells({"received/ringing 5550001"}));
    CHECK(office.notice(0).at("from").as_string() == "+33199001234");
    CHECK(office.notice(0).at("to").as_string() == "+31201110000");
    one.answered = one.started + 1s;
    office.tell(one);
    one.ended = one.started + 61s;
    one.result = calls::CallResult::answered;
    office.tell(one);
    REQUIRE(office.tells({"received/ringing 5550001", "received/answered 5550001", "received/ended 5550001"}));
    CHECK(office.notice(2).at("duration").as_string() == "60");
    CHECK(office.notice(2).at("id") == office.notice(0).at("id"));
    auto out = Office::call(1, "call-2", false);
    office.tell(out);
    REQUIRE(within(10s, [&] { return office.told().size() == 4; }));
    out.ended = out.started + 5s;
    out.result = calls::CallResult::failed;
    out.why = calls::End::busy;
    office.tell(out);
    REQUIRE(within(10s, [&] { return office.told().size() == 5; }));
    CHECK(office.told().back() == "dialed/busy 5550002");
    CHECK(office.state().at("tokens_issued").to_number<std::int64_t>() == 1);
    CHECK(within(5s, [&] { return office.health().queue == 0; }));
}

TEST_CASE("a call that rings at two agents is told to both, and to one only as answered") {
    Office office;
    REQUIRE(office.linked(2));
    auto here = Office::call(0, "hunt");
    auto there = Office::call(1, "hunt");
    office.tell(here);
    office.tell(there);
    REQUIRE(within(10s, [&] { return office.told().size() == 2; }));
    CHECK(office.notice(0).at("id") != office.notice(1).at("id"));
    here.answered = here.started + 1s;
    there.ended = here.started + 1s;
    there.result = calls::CallResult::answered_elsewhere;
    office.tell(there);
    office.tell(here);
    REQUIRE(within(10s, [&] { return office.told().size() == 3; }));
    CHECK(office.told().back() == "received/answered 5550001");
}

TEST_CASE("where missed is not taken, a call of no length is told, and that is remembered") {
    Setup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("zoho/settings", {{"takes_unattended", false}}).has_value());
    };
    Office office(setup);
    REQUIRE(office.linked(2));
    for (const char* id : {"one", "two"}) {
        auto call = Office::call(0, id);
        call.ended = call.started + 20s;
        call.result = calls::CallResult::missed;
        office.tell(call);
    }
    REQUIRE(office.tells({"received/ended 5550001", "received/ended 5550001"}));
    CHECK(office.notice(0).at("duration").as_string() == "0");
    auto refused = [&] {
        auto statuses = office.state().at("statuses").as_object();
        return statuses.contains("400") ? statuses.at("400").to_number<std::int64_t>() : 0;
    };
    auto before = refused();
    CHECK(before >= 1);
    REQUIRE(within(10s, [&] { return office.health().queue == 0; })); // what is under way would be told again
    office.end();
    office.start();
    auto call = Office::call(0, "three");
    call.ended = call.started + 20s;
    office.tell(call);
    REQUIRE(within(20s, [&] { return office.told().size() == 3; }));
    CHECK(refused() == before);
    CHECK(office.metric("lamplighter_zoho_fallbacks_total") == 1);
}

TEST_CASE("what Zoho did not take for a while is told later, in order") {
    Office office;
    REQUIRE(office.linked(2));
    office.command("zoho/fault", {{"kind", "status"}, {"on", "callnotify"}, {"count", 2}});
    auto one = Office::call(0, "call-1");
    one.answered = one.started + 1s;
    office.tell(one);
    one.ended = one.started + 2s;
    office.tell(one);
    CHECK(office.tells({"received/answered 5550001", "received/ended 5550001"}));
}

TEST_CASE("what waits is told by the next run: only the newest state of each call") {
    Office office;
    REQUIRE(office.linked(2));
    office.command("zoho/fault", {{"kind", "status"}, {"on", "callnotify"}, {"forever", true}});
    auto one = Office::call(0, "call-1");
    one.answered = one.started + 1s;
    office.tell(one);
    REQUIRE(within(10s, [&] { return office.requests("callnotify") >= 1; }));
    one.ended = one.started + 2s;
    office.tell(one);
    REQUIRE(within(10s, [&] { return office.health().queue == 2; }));
    office.end();
    office.command("zoho/faults/clear");
    office.start();
    CHECK(office.tells({"received/ended 5550001"}));
}

TEST_CASE("no run tells again what a run before has told") {
    Office office;
    REQUIRE(office.linked(2));
    auto one = Office::call(0, "call-1");
    one.answered = one.started + 1s;
    office.tell(one);
    CHECK(office.tells({"received/answered 5550001"}));
    REQUIRE(within(10s, [&] { return office.health().queue == 0; }));
    office.end();
    office.start();
    REQUIRE(office.linked(2));
    office.tell(one); // it goes on
    auto other = Office::call(1, "call-2");
    office.tell(other);
    CHECK(office.tells({"received/answered 5550001", "received/ringing 5550002"}));
    one.ended = one.started + 2s;
    office.tell(one);
    CHECK(office.tells({"received/answered 5550001", "received/ringing 5550002", "received/ended 5550001"}));
    REQUIRE(within(10s, [&] { return office.health().queue == 0; }));
    office.end();
    office.start();
    office.tell(one);
    other.ended = other.started + 5s;
    office.tell(other);
    CHECK(office.tells({"received/answered 5550001", "received/ringing 5550002", "received/ended 5550001",
                        "received/missed 5550002"}));
}

TEST_CASE("integrate is done again when Zoho has forgotten it; an expired token is replaced once") {
    Office office;
    REQUIRE(office.linked(2));
    office.command("zoho/account", {{"integrated", false}, {"revoke", true}});
    auto one = Office::call(0, "call-1");
    office.tell(one);
    CHECK(office.tells({"received/ringing 5550001"}));
    CHECK(office.requests("integrate") >= 2);
    CHECK(office.state().at("tokens_issued").to_number<std::int64_t>() == 2);
    office.command("zoho/fault", {{"kind", "html"}, {"on", "callnotify"}});
    one.answered = one.started + 1s;
    office.tell(one);
    CHECK(office.tells({"received/ringing 5550001", "received/answered 5550001"}));
}

TEST_CASE("Zoho's limit of tokens is never reached, not even by a run after the other") {
    Office office;
    REQUIRE(office.linked(2));
    for (std::size_t i = 0; i < lamp::zoho::TokenGate::most + 2; ++i) {
        office.end();
        office.start();
        auto before = office.requests("integrate");
        CHECK(within(20s, [&] {
            return office.requests("integrate") > before || office.has_problem("access tokens were asked for");
        }));
    }
    CHECK(office.has_problem("access tokens were asked for within ten minutes"));
    CHECK(office.state().at("tokens_refused").to_number<std::int64_t>() == 0);
    CHECK(office.state().at("tokens_issued").to_number<std::int64_t>() == std::int64_t{lamp::zoho::TokenGate::most});
}

TEST_CASE("what a person must do something about is said") {
    struct Row {
        json::object settings;
        const char* problem;
    };
    for (const Row& row : {Row{{{"registered", false}}, "PROVIDER_NOT_REGISTERED"},
                           Row{{{"other_provider", true}}, "DIFFERENT_PROVIDER_ALREADY_ENABLED"}}) {
        Setup setup;
        setup.before = [&](sim::World& world) { REQUIRE(world.command("zoho/settings", row.settings).has_value()); };
        Office office(setup);
        CHECK(within(10s, [&] { return office.has_problem(row.problem); }));
        CHECK(office.health().state == "degraded");
        CHECK(office.requests("integrate") == 1);
    }
    Setup nobody;
    nobody.adjust = [](lamp::zoho::ZohoOptions& options) { options.refresh_token = lamp::Secret(); };
    Office office(nobody);
    CHECK(within(10s, [&] { return office.has_problem("nobody has consented yet"); }));
}

TEST_CASE("a user who cannot be used breaks one link only, and mends") {
    Setup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("zoho/user", {{"user", "5550001"}, {"usable", false}}).has_value());
    };
    Office office(setup);
    REQUIRE(office.linked(1));
    CHECK(within(5s, [&] { return office.has_problem("1 links are not as they should be"); }));
    auto one = Office::call(1, "call-1");
    office.tell(one);
    CHECK(office.tells({"received/ringing 5550002"}));
}

TEST_CASE("pairs are written as the documents have them where strict JSON is refused") {
    Setup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("zoho/settings", {{"strict_pairs", false}}).has_value());
    };
    Office office(setup);
    REQUIRE(office.linked(2));
    auto pair = std::string(office.user(0).at("clicktodial").at("authorizationparam").as_string());
    CHECK(pair.starts_with("{name:x-link-key,value:"));
}

TEST_CASE("disabled, all is taken back; enabled again, all is there again") {
    Office office;
    REQUIRE(office.linked(2));
    REQUIRE(office.order({LinkOrder::Verb::disable}).has_value());
    CHECK(within(10s, [&] { return !office.state().at("integrated").as_bool(); }));
    CHECK(office.linked(0));
    CHECK(within(5s, [&] { return office.health().state == "off"; }));
    office.end(); // that survives a restart
    office.start();
    CHECK(within(10s, [&] { return office.health().state == "off"; }));
    CHECK(!office.links().enabled);
    REQUIRE(office.order({LinkOrder::Verb::enable}).has_value());
    CHECK(office.linked(2));
}

TEST_CASE("linked and unlinked by command while it runs") {
    Office office;
    REQUIRE(office.linked(2));
    CHECK(office.order({LinkOrder::Verb::link, "line-3", "nobody@example.net"}).error().category ==
          lamp::Category::not_found);
    REQUIRE(office.order({LinkOrder::Verb::link, "line-3", "5550004"}).has_value());
    CHECK(office.linked(3));
    REQUIRE(office.order({LinkOrder::Verb::unlink, "line-0"}).has_value());
    CHECK(office.linked(2));
    auto ending = [&] {
        auto states = office.links();
        return std::ranges::count(states.links, std::string("ending"), &lamp::fanout::LinkView::state);
    };
    REQUIRE(within(10s, [&] { return ending() == 0; })); // what is under way would be asked again
    office.end();
    office.start();
    CHECK(within(10s, [&] { return office.health().state == "up"; }));
    CHECK(office.linked(2));
    auto states = office.links();
    CHECK(std::ranges::count(states.links, std::string("linked"), &lamp::fanout::LinkView::state) == 2);
    CHECK(office.requests("clicktodial") == 4); // nothing was registered twice
}
