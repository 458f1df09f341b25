// The GoTo adapter against the strict fake: meetings seen, logins kept, permissions, trouble.
#include "office.hpp"

using namespace goto_tests;

TEST_CASE("meetings of the owner and of others are told as they begin and end") {
    for (const char* ids : {"both", "texts", "numbers"}) {
        CAPTURE(ids);
        Setup setup;
        setup.before = [&](sim::World& world) { REQUIRE(world.command("goto/settings", {{"ids", ids}}).has_value()); };
        Office office(setup);
        for (std::size_t n : {0U, 1U, 2U})
            CHECK(office.hears(office.person(n), Meeting::none));
        for (std::size_t n : {0U, 1U}) {
            auto who = office.person(n);
            for (const char* kind : {"scheduled", "recurring", "immediate"}) {
                CAPTURE(kind);
                office.meeting(who, "start", {{"kind", kind}, {"subject", kind}});
                CHECK(office.hears(who, Meeting::live));
                CHECK(office.input(who) == "a meeting of theirs is running");
                office.meeting(who, "stop");
                CHECK(office.hears(who, Meeting::none));
            }
        }
        CHECK(office.told(office.person(2)) == Meeting::none);
        CHECK(within(5s, [&] { return office.health().state == "up"; }));
        for (const auto& problem : office.health().problems) // a slow machine needs longer than poll
            CHECK(problem.find("a round of") != std::string::npos);
        CHECK(office.requests("organizers") == 3); // keys are looked up once
        CHECK(office.metric("lamplighter_goto_people", "matched") == 4);
        CHECK(office.requests("token") == 1);
    }
}

TEST_CASE("every reading is told, fresh for three rounds, in the order of time") {
    Office office;
    auto who = office.person(1);
    REQUIRE(within(10s, [&] { return office.all_told(who).size() >= 4; }));
    auto told = office.all_told(who);
    for (std::size_t i = 0; i < told.size(); ++i) {
        CHECK(told[i].meeting == Meeting::none);
        CHECK(told[i].fresh_for >= 300ms);
        CHECK(told[i].fresh_for < 5s);
        if (i > 0) CHECK(told[i].happened >= told[i - 1].happened);
    }
}

TEST_CASE("an organizer key needs no look-up; who names nobody is in doubt") {
    Setup setup;
    setup.column = [n = 0](const std::string& email, bool owner) mutable -> std::string {
        if (owner) return email;
        ++n;
        return n == 1 ? "300000000000400137" : n == 2 ? "nobody@elsewhere.example" : "not one";
    };
    Office office(setup);
    CHECK(office.hears(office.person(0), Meeting::none));
    REQUIRE(within(10s, [&] { return office.doubts().size() == 2; }));
    for (const auto& doubt : office.doubts())
        CHECK(doubt.kind == "unmatched");
    CHECK(within(10s, [&] { return office.has_problem("tells nothing of 1 organisers"); }));
    CHECK(office.has_problem("1 people name no GoTo organiser"));
    CHECK(office.requests("organizers") == 1); // nobody there: not asked again soon
    CHECK(within(10s, [&] { return office.requests("upcoming_of") >= 1; }));
}

TEST_CASE("the refresh token that GoTo replaced is what the next run logs in with") {
    Office office;
    REQUIRE(office.hears(office.person(1), Meeting::none));
    office.end(); // the configuration's token is worthless by now
    office.start();
    office.meeting(office.person(1), "start");
    CHECK(office.hears(office.person(1), Meeting::live));
    CHECK(office.state("tokens_refused") == 0);
    CHECK(office.state("tokens_issued") == 2);
    CHECK(office.number_on_disk("SELECT count(*) FROM secret WHERE name LIKE 'goto/%'") == 1);
    // A new one in the configuration goes before what is on disk, and what was kept of the old one goes.
    office.end();
    office.command("goto/token", {{"revoke_refresh", true}});
    auto fresh = std::string(
        office.command("goto/token", {{"issue", true}, {"user", office.person(0)}}).at("refresh_token").as_string());
    office.setup().adjust = [&](auto& options) { options.refresh_token = lamp::Secret(fresh); };
    office.start();
    office.meeting(office.person(1), "stop");
    CHECK(office.hears(office.person(1), Meeting::none));
    CHECK(office.number_on_disk("SELECT count(*) FROM secret WHERE name LIKE 'goto/%'") == 1);
}

TEST_CASE("access tokens that end are renewed; a login that is refused is lost, and comes back") {
    Setup setup;
    setup.adjust = [](auto& options) { options.poll = 50ms; };
    Office office(setup);
    REQUIRE(office.hears(office.person(1), Meeting::none));
    office.command("goto/token", {{"revoke", true}});
    office.meeting(office.person(1), "start");
    CHECK(office.hears(office.person(1), Meeting::live));
    CHECK(office.lost() == 0);
    CHECK(office.state("tokens_issued") == 2);
    CHECK(within(5s, [&] { return office.health().state == "up"; }));

    office.command("goto/token", {{"revoke_refresh", true}});
    CHECK(within(10s, [&] { return office.lost() == 1; }));
    CHECK(office.health().state == "degraded");
    CHECK(office.has_problem("the login is refused"));
    CHECK(office.told(office.person(1)) == Meeting::live); // nobody says that it is over
    CHECK(office.input(office.person(1)) == "not read yet");
}

TEST_CASE("a login that fails at the start is tried again") {
    Setup setup;
    setup.before = [](sim::World& world) { REQUIRE(world.command("goto/token", {{"down", true}}).has_value()); };
    Office office(setup);
    CHECK(within(10s, [&] { return office.state("tokens_refused") >= 1; }));
    CHECK(office.health().state != "up");
    CHECK(office.health().not_ready.empty());
    office.command("goto/faults/clear");
    CHECK(office.hears(office.person(1), Meeting::none));
}

TEST_CASE("who is no administrator sees the own meetings, and a sentence says so") {
    Setup setup;
    setup.before = [](sim::World& world) {
        auto owner = std::string(world.announcement().at("goto_owner").as_string());
        REQUIRE(world.command("goto/organiser", {{"user", owner}, {"admin", false}}).has_value());
    };
    Office office(setup);
    auto owner = office.person(0);
    CHECK(office.hears(owner, Meeting::none));
    REQUIRE(within(10s, [&] { return office.has_problem("not an administrator's"); }));
    CHECK(office.health().state == "degraded");
    CHECK(office.input(office.person(1)) == "not permitted");
    CHECK(office.all_told(office.person(1)).empty());
    office.meeting(owner, "start");
    CHECK(office.hears(owner, Meeting::live));
    CHECK(office.requests("organizers") <= 5); // not hammered
    CHECK(office.doubts().empty());
}

TEST_CASE("an administrator who is one no more: what was known of others is doubtful at once") {
    Setup setup;
    setup.people = 8;
    setup.adjust = [](auto& options) { options.poll = 400ms; }; // far apart: three are refused, four are not asked
    Office office(setup);
    auto other = office.person(1);
    office.meeting(other, "start");
    REQUIRE(office.hears(other, Meeting::live));
    for (std::size_t n = 0; n < 8; ++n)
        REQUIRE(within(10s, [&] { return office.told(office.person(n)).has_value(); }));
    office.command("goto/organiser", {{"user", office.person(0)}, {"admin", false}});
    for (std::size_t n = 1; n < 8; ++n)
        CHECK(office.hears(office.person(n), Meeting::unknown));
    CHECK(office.hears(office.person(0), Meeting::none));
    CHECK(office.has_problem("not an administrator's"));
}

TEST_CASE("whose the token is, where the login does not tell") {
    Setup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("goto/settings", {{"principal", false}}).has_value());
    };
    {
        Office office(setup);
        REQUIRE(office.hears(office.person(1), Meeting::none));
        CHECK(office.has_problem("set owner"));
        CHECK(office.input(office.person(0)).empty());
    }
    std::string owner;
    setup.before = [&](sim::World& world) {
        REQUIRE(world.command("goto/settings", {{"principal", false}}).has_value());
        owner = std::string(world.announcement().at("goto_owner").as_string());
    };
    setup.adjust = [&](auto& options) { options.owner = owner; };
    Office office(setup);
    CHECK(office.hears(office.person(0), Meeting::none));
    CHECK(!office.has_problem("set owner"));
}

TEST_CASE("whatever GoTo answers that says nothing of meetings ends none") {
    struct Row {
        const char* kind;
        json::object more;
    };
    for (const Row& row : {Row{"unavailable", {}}, Row{"error", {{"status", 500}}}, Row{"html", {}}, Row{"empty", {}},
                           Row{"truncated", {}}, Row{"invalid_json", {}}, Row{"oversized", {}}, Row{"reset", {}},
                           Row{"close", {}}, Row{"too_many", {{"retry_after", 1}}}, Row{"unauthorised", {}}}) {
        CAPTURE(row.kind);
        Office office;
        auto who = office.person(1);
        office.meeting(who, "start");
        REQUIRE(office.hears(who, Meeting::live));
        auto before = office.requests("upcoming_of");
        auto known = office.all_told(who).size();
        auto more = row.more;
        more["users"] = json::array{json::string(who)};
        office.fault(row.kind, "upcoming_of", more);
        CHECK(within(15s, [&] { return office.requests("upcoming_of") > before + 6; }));
        auto told = office.all_told(who);
        CHECK(told.size() > known);
        for (auto i = known; i < told.size(); ++i)
            CHECK(told[i].meeting == Meeting::live);
        CHECK(office.told(who) == Meeting::live);
        CHECK(within(10s, [&] { return office.health().state == "up"; }));
    }
}

TEST_CASE("too many requests: the pace goes down, and nobody is lost") {
    Setup setup;
    setup.people = 12;
    setup.before = [](sim::World& world) {
        REQUIRE(
            world.command("goto/settings", {{"rate", 20}, {"rate_window_ms", 1000}, {"retry_after_s", 1}}).has_value());
    };
    Office office(setup);
    for (std::size_t n = 0; n < 12; ++n)
        CHECK(office.hears(office.person(n), Meeting::none));
    CHECK(within(10s, [&] { return office.state("throttled") >= 1; }));
    CHECK(office.metric("lamplighter_goto_throttled_total") >= 1);
}

TEST_CASE("a status that nobody knows counts as not running; meetings without any say nothing") {
    Office office;
    auto who = office.person(1);
    office.command("goto/settings", {{"status_word", "SLEEPING"}});
    office.meeting(who, "schedule", {{"subject", "later"}});
    office.meeting(who, "start", {{"subject", "now"}});
    CHECK(office.hears(who, Meeting::live));
    office.meeting(who, "stop", {{"subject", "now"}});
    CHECK(office.hears(who, Meeting::none));
    office.command("goto/settings", {{"tell_status", false}});
    CHECK(within(10s, [&] { return office.has_problem("reading meetings failed"); }));
    CHECK(office.told(who) == Meeting::none);
}

TEST_CASE("a disk that does not take the new login is told, and asked again") {
    Setup setup;
    Office office(setup);
    REQUIRE(office.hears(office.person(1), Meeting::none));
    office.run_on_disk("ALTER TABLE secret RENAME TO secret_away");
    office.command("goto/token", {{"revoke", true}});
    CHECK(within(10s, [&] { return office.has_problem("the login cannot be kept on disk"); }));
    office.run_on_disk("ALTER TABLE secret_away RENAME TO secret");
    CHECK(within(20s, [&] { return !office.has_problem("the login cannot be kept on disk"); }));
    office.end();
    office.start();
    office.meeting(office.person(1), "start");
    CHECK(office.hears(office.person(1), Meeting::live));
}

TEST_CASE("stopped while it logs in: the answer with the only good token is waited for") {
    Setup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("goto/fault", {{"kind", "slow"}, {"on", "token"}, {"ms", 700}}).has_value());
    };
    Office office(setup);
    REQUIRE(within(5s, [&] { return office.requests("token") == 1; }));
    office.end();
    office.start();
    CHECK(office.hears(office.person(1), Meeting::none));
    CHECK(office.state("tokens_refused") == 0);
}
