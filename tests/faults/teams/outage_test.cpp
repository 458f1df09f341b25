// Graph and the login away, slow, refusing, lying: what lamps say meanwhile, what reaches Teams after, and how little
// is asked while nothing answers.
#include "office.hpp"

using namespace faults;

TEST_CASE("Graph away: lamps go unknown, no storm, right again seconds after; only what is still wanted is written") {
    TeamsSetup setup;
    setup.stale_after = 3s;
    TeamsOffice office(setup);
    office.require_ready();
    office.everybody_idle();
    auto stays = office.person(0), ends = office.person(1), begins = office.person(2);
    office.client(stays, "Busy", "InAMeeting");
    REQUIRE(within(5s, [&] { return office.status(stays) == Status::in_meeting; }));
    office.call(ends);
    REQUIRE(within(5s, [&] { return office.session(ends); }));
    office.command("graph/away", {{"seconds", 8}});
    auto asked = office.requests_in_all();
    CHECK(within(8s, [&] { return office.teams(stays).state == TeamsState::unknown; }));
    CHECK(office.teams(stays).stale);
    CHECK(office.status(stays) == Status::available); // what the line says is still known
    office.hang_up(ends);
    office.call(begins);
    office.call(office.person(3));
    office.hang_up(office.person(3));
    CHECK(within(3s, [&] { return office.health().state == "down"; }));
    REQUIRE(within(20s, [&] { return office.status(stays) == Status::in_meeting; }));
    CHECK(within(5s, [&] { return office.session(begins) && !office.session(ends); }));
    CHECK(!office.session(office.person(3)));
    CHECK(office.requests("presence_set") == 2);
    CHECK(within(5s, [&] { return office.health().state == "up"; }));
    CHECK(office.requests_in_all() - asked < 100);
}

TEST_CASE("each fault passes: reads and writes are right after it") {
    struct Row {
        const char* what;
        const char* kind;
        const char* on;
        json::object more;
    };
    // clang-format off
    const Row rows[] = {
        {"401 to a read",                  "unauthorised", "presences",      {}},
        {"401 to a write",                 "unauthorised", "presence_set",   {}},
        {"429 with Retry-After",           "too_many",     "presences",      {{"retry_after", 1}}},
        {"429 without Retry-After",        "too_many",     "presence_set",   {}},
        {"503",                            "unavailable",  "any",            {{"count", 3}}},
        {"500",                            "error",        "presences",      {{"status", 500}, {"count", 2}}},
        {"504 to a write",                 "error",        "presence_set",   {{"status", 504}}},
        {"a web page instead of an answer","html",         "presences",      {{"count", 2}}},
        {"a web page to a write",          "html",         "presence_set",   {}},
        {"half an answer",                 "truncated",    "presences",      {}},
        {"an answer that is no JSON",      "invalid_json", "presences",      {}},
        {"an empty answer",                "empty",        "presences",      {}},
        {"a connection that is reset",     "reset",        "any",            {{"count", 2}}},
        {"a connection that is closed",    "close",        "presence_set",   {}},
        {"a slow answer",                  "slow",         "presence_set",   {{"ms", 1500}}},
        {"a slow reader's answer",         "slow_drip",    "presences",      {{"ms", 1}}},
        {"an answer that never ends",      "oversized",    "presences",      {}},
        {"503 from the login",             "unavailable",  "token",          {}},
        {"a web page from the login",      "html",         "token",          {}},
        {"half an answer from the login",  "truncated",    "token",          {}},
        {"throttled clearing",             "too_many",     "presence_clear", {}},
        {"clearing answered 500",          "error",        "presence_clear", {{"status", 500}}},
        {"clearing reset",                 "reset",        "presence_clear", {}},
    };
    // clang-format on
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(0), caller = office.person(1);
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        office.client(who, "Available", "Available");
        REQUIRE(within(30s, [&] { return office.teams(who).state == TeamsState::available; }));
        if (std::string_view(row.on) == "token") office.command("graph/token", {{"revoke", true}});
        office.fault(row.kind, row.on, row.more);
        office.call(caller);
        office.client(who, "DoNotDisturb", "Presenting");
        CHECK(within(30s, [&] { return office.session(caller); }));
        CHECK(within(30s, [&] { return office.teams(who).state == TeamsState::presenting; }));
        office.hang_up(caller);
        CHECK(within(30s, [&] { return !office.session(caller); }));
    }
    CHECK(office.health().state == "up");
    CHECK(office.health().last_error.empty());
}

TEST_CASE("the login away from the beginning: lamps follow the line; then all is right") {
    TeamsSetup setup;
    setup.before = [](sim::World& world) { REQUIRE(world.command("graph/token", {{"down", true}})); };
    TeamsOffice office(setup);
    office.everybody_idle();
    CHECK(within(5s, [&] { return office.health().state == "down"; }));
    CHECK(!office.health().not_ready.empty());
    CHECK(office.status(office.person(0)) == Status::available);
    office.call(office.person(0));
    office.command("graph/token", {{"down", false}});
    CHECK(within(20s, [&] { return office.session(office.person(0)); }));
    office.require_ready();
}

TEST_CASE("a secret that is wrong is not tried again and again") {
    TeamsSetup setup;
    setup.adjust = [](auto& options) { options.client_secret = lamp::Secret("wrong"); };
    TeamsOffice office(setup);
    CHECK(within(5s, [&] { return office.health().state == "degraded"; }));
    CHECK(office.health().not_ready.empty()); // refused for good holds nothing back
    std::this_thread::sleep_for(3s);
    CHECK(office.requests("token") <= 2);
    auto problems = office.health().problems;
    REQUIRE(!problems.empty());
    CHECK(problems.front().find("invalid_client") != std::string::npos);
    CHECK(problems.front().find("wrong") == std::string::npos);
}

TEST_CASE("permissions that are missing are named and hold nothing back") {
    struct Row {
        const char* missing;
        json::array left;
        const char* problem;
    };
    const Row rows[] = {
        {"writing", {"Presence.Read.All", "User.Read.All"}, "writing presence"},
        {"reading", {"User.Read.All"}, "reading presence"},
        {"listing", {"Presence.ReadWrite.All"}, "listing accounts"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.missing));
        TeamsSetup setup;
        setup.before = [&](sim::World& world) {
            REQUIRE(world.command("graph/permissions", {{"application", row.left}}));
        };
        TeamsOffice office(setup);
        office.everybody_idle();
        office.call(office.person(0));
        CHECK(within(10s, [&] { return office.health().state == "degraded"; }));
        CHECK(within(5s, [&] { return office.health().not_ready.empty(); }));
        bool named = false;
        for (const auto& problem : office.health().problems)
            named = named || problem.find(row.problem) != std::string::npos;
        CHECK(named);
        auto asked = office.requests_in_all();
        std::this_thread::sleep_for(2s);
        CHECK(office.requests_in_all() - asked < 30); // reading may go on; nothing hammers
    }
}

TEST_CASE("a clock that is wrong on one side changes nothing") {
    for (std::int64_t offset : {-3'600'000, 3'600'000}) {
        TeamsSetup setup;
        setup.before = [&](sim::World& world) {
            REQUIRE(world.command("graph/settings", {{"clock_offset_ms", offset}}));
        };
        TeamsOffice office(setup);
        office.require_ready();
        office.call(office.person(0));
        CHECK(within(5s, [&] { return office.session(office.person(0)); }));
        office.hang_up(office.person(0));
        CHECK(within(5s, [&] { return !office.session(office.person(0)); }));
    }
}

TEST_CASE("tokens that live for seconds are renewed before they end") {
    TeamsSetup setup;
    setup.before = [](sim::World& world) { REQUIRE(world.command("graph/token", {{"expires_in", 3}})); };
    TeamsOffice office(setup);
    office.require_ready();
    std::this_thread::sleep_for(7s);
    CHECK(office.health().state == "up");
    CHECK(office.requests("token") >= 3);
    CHECK(office.requests("token") <= 9);
}

TEST_CASE("old answers that come late do not turn a lamp back") {
    TeamsOffice office;
    office.command("graph/settings", {{"stale_every", 2}});
    office.require_ready();
    auto who = office.person(0);
    office.client(who, "Available", "Available");
    REQUIRE(within(5s, [&] { return office.teams(who).state == TeamsState::available; }));
    office.client(who, "DoNotDisturb", "Presenting");
    REQUIRE(within(5s, [&] { return office.teams(who).state == TeamsState::presenting; }));
    for (int i = 0; i < 300; ++i) {
        REQUIRE(office.teams(who).state == TeamsState::presenting);
        std::this_thread::sleep_for(5ms);
    }
}

TEST_CASE("one bad account does not darken the other 649") {
    TeamsSetup setup;
    setup.people = 40;
    setup.before = [](sim::World& world) { REQUIRE(world.command("graph/settings", {{"unknown_ids", "not_found"}})); };
    std::string bad;
    setup.people_file = [&](std::vector<presence::PersonRow>& rows) {
        bad = rows[7].id;
        rows[7].teams = "00000000-0000-4000-8000-00000000dead";
    };
    TeamsOffice office(setup);
    office.require_ready();
    std::string unknown;
    for (presence::Slot slot : office.people().order())
        if (office.table().read(slot).teams().state == TeamsState::unknown)
            unknown += std::string(office.people().person(slot).id);
    CHECK(unknown == bad);
    CHECK(office.requests("presences") < 40);
}

TEST_CASE("where batches are not known, sessions are written one by one") {
    int status = 0;
    SUBCASE("404") {
        status = 404;
    }
    SUBCASE("400") {
        status = 400;
    }
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    office.fault("error", "batch", {{"forever", true}, {"status", status}});
    for (presence::Slot slot : office.people().order())
        office.call(office.people().person(slot).id);
    CHECK(within(10s, [&] { return office.sessions() == office.people().size(); }));
}

TEST_CASE("one account that may not be written does not silence the others") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto odd = office.person(0);
    office.fault("forbidden", "presence_set", {{"forever", true}, {"users", json::array{odd}}});
    office.call(odd);
    CHECK(within(5s, [&] { return office.told(odd).find("failed") != std::string::npos; }));
    for (std::size_t i = 1; i < 4; ++i)
        office.call(office.person(i));
    CHECK(within(5s, [&] { return office.sessions() == 3; }));
}

TEST_CASE("answers that cannot be read for long: asked ever more seldom, told, and over with the first good one") {
    TeamsOffice office;
    office.require_ready();
    office.fault("truncated", "presences", {{"forever", true}});
    REQUIRE(within(5s, [&] { return office.health().state == "degraded"; }));
    auto asked = office.requests("presences");
    std::this_thread::sleep_for(3s);
    CHECK(office.requests("presences") - asked <= 4);
    bool named = false;
    for (const auto& problem : office.health().problems)
        named = named || problem.find("reading presence") != std::string::npos;
    CHECK(named);
    office.command("graph/faults/clear");
    CHECK(within(10s, [&] { return office.health().state == "up"; }));
}

TEST_CASE("photos and accounts that are throttled or fail hold no presence back") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    office.fault("too_many", "photo", {{"forever", true}, {"retry_after", 60}});
    office.fault("too_many", "users", {{"forever", true}, {"retry_after", 60}});
    CHECK(!office.photo(office.slot(office.person(0))));
    office.command("graph/faults/clear");
    office.fault("unavailable", "photo", {{"forever", true}, {"retry_after", 60}});
    CHECK(!office.photo(office.slot(office.person(1))));
    CHECK(office.health().state == "up");
    office.call(office.person(2));
    CHECK(within(5s, [&] { return office.session(office.person(2)); }));
    office.client(office.person(3), "DoNotDisturb", "Presenting");
    CHECK(within(5s, [&] { return office.teams(office.person(3)).state == TeamsState::presenting; }));
}

TEST_CASE("permissions that are granted later work without a restart, within a minute or so") {
    TeamsSetup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("graph/permissions", {{"application", json::array{"User.Read.All"}}}));
    };
    TeamsOffice office(setup);
    office.everybody_idle();
    office.client(office.person(0), "DoNotDisturb", "Presenting");
    REQUIRE(within(10s, [&] { return office.health().state == "degraded"; }));
    office.command("graph/permissions", {{"add", json::array{"Presence.ReadWrite.All"}}}); // the token does not hold it
    CHECK(within(60s, [&] { return office.teams(office.person(0)).state == TeamsState::presenting; }));
    office.call(office.person(1));
    CHECK(within(10s, [&] { return office.session(office.person(1)); }));
    CHECK(office.requests("token") <= 6);
}

TEST_CASE("while writing is refused, a call in Teams is the person's own") {
    TeamsSetup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(
            world.command("graph/permissions", {{"application", json::array{"Presence.Read.All", "User.Read.All"}}}));
    };
    TeamsOffice office(setup);
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(0);
    office.call(who);
    REQUIRE(within(5s, [&] { return office.told(who).find("failed") != std::string::npos; }));
    office.client(who, "Busy", "InACall");
    CHECK(within(5s, [&] { return office.teams(who).state == TeamsState::in_meeting; }));
}

TEST_CASE("a login that is accepted again is told, even when the permissions are missing then") {
    TeamsSetup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("graph/permissions", {{"application", json::array{}}}));
        REQUIRE(world.command("graph/token", {{"secret", "another"}}));
    };
    TeamsOffice office(setup);
    auto refused = [&] {
        auto problems = office.health().problems;
        return !problems.empty() && problems.front().find("login is refused") != std::string::npos;
    };
    REQUIRE(within(5s, refused));
    office.command("graph/token", {{"secret", office.world().announcement().at("client_secret")}});
    CHECK(within(60s, [&] { return office.health().state == "degraded" && !refused(); }));
}
