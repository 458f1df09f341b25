// Zoom end to end: the adapter, our web hook on a real port, and the fake that tests the address, signs, repeats,
// loses, forges and throttles.
#include "office.hpp"

#include "adapters/zoom/doctor.hpp"

using namespace testing;

namespace {

/// REST that hides nothing and mends nothing while a test runs.
ZoomSetup hooks_alone() {
    ZoomSetup setup;
    setup.rest = false;
    return setup;
}
void slowly(lamp::zoom::ZoomOptions& options) {
    options.poll = options.poll_others = 600s;
}

} // namespace

TEST_CASE("zoom: a meeting is told when it begins and when it ends") {
    ZoomOffice office(hooks_alone());
    CHECK(office.metric("lamplighter_zoom_validations_total") == 1);
    office.join(1);
    REQUIRE(office.becomes(1, Meeting::live));
    auto news = *office.last(1);
    CHECK(news.source == lamp::meetings::Source::zoom);
    CHECK(news.fresh_for > 3h + 59min);
    CHECK(news.fresh_for <= 4h);
    CHECK(office.input(1).starts_with("in a meeting: "));
    CHECK(office.metric("lamplighter_zoom_in_meeting") == 1);
    office.leave(1);
    CHECK(office.becomes(1, Meeting::none));
    CHECK_FALSE(office.was_ever(0, Meeting::live));
    auto endpoint = office.command("zoom/state").at("endpoint");
    CHECK(endpoint.at("taken") == endpoint.at("sent"));
    CHECK(office.health().state == "up");
    for (auto [word, meeting] : std::initializer_list<std::pair<std::string_view, Meeting>>{
             {"Presenting", Meeting::live},
             {"On_Phone_Call", Meeting::none},
             {"In_Calendar_Event", Meeting::calendar},
             {"Do_Not_Disturb", Meeting::none},
             {"Juggling", Meeting::unknown},
             {"In_A_Zoom_Meeting", Meeting::live},
         }) {
        CAPTURE(word);
        office.show(2, word);
        CHECK(office.becomes(2, meeting));
    }
    CHECK(office.metric("lamplighter_zoom_unknown_words_total") == 1);
}

TEST_CASE("zoom: guests, second devices, and an end without leaving") {
    ZoomOffice office(hooks_alone());
    office.command("zoom/meeting", {{"what", "join"}, {"guest", "Somebody"}});
    office.join(1, {{"presence", false}, {"device", "desk"}});
    office.join(1, {{"presence", false}, {"device", "mobile"}});
    office.join(1, {{"presence", false}, {"meeting", "n"}});
    REQUIRE(office.becomes(1, Meeting::live));
    CHECK(within(5s, [&] { return office.input(1) == "in a meeting: Unknown, attends 3"; }));
    office.leave(1, {{"presence", false}, {"device", "desk"}});
    CHECK(within(5s, [&] { return office.input(1) == "in a meeting: Unknown, attends 2"; }));
    office.command("zoom/meeting", {{"what", "end"}});
    CHECK(within(5s, [&] { return office.input(1) == "in a meeting: Unknown, attends 1"; }));
    office.command("zoom/meeting", {{"what", "end"}, {"meeting", "n"}});
    CHECK(office.becomes(1, Meeting::none));
    CHECK(office.events("stranger") == 1);
}

TEST_CASE("zoom: what comes late, twice or in the wrong order changes nothing") {
    ZoomOffice office(hooks_alone());
    office.command("zoom/hook_fault", {{"kind", "hold"}});
    office.show(1, "Available"); // is held
    office.show(1, "In_Meeting");
    REQUIRE(office.becomes(1, Meeting::live));
    office.command("zoom/release");
    CHECK(within(5s, [&] { return office.events("old") == 1; }));
    CHECK(office.last(1)->meeting == Meeting::live);
    office.command("zoom/hook_fault", {{"kind", "duplicate"}});
    office.show(1, "Away");
    CHECK(office.becomes(1, Meeting::none));
    CHECK(within(5s, [&] { return office.events("duplicate") == 1; }));
    office.command("zoom/settings", {{"app_member", true}}); // says In_Meeting of another client
    office.show(1, "Busy");
    CHECK(within(5s, [&] { return office.events("read") == 3; }));
    CHECK(office.last(1)->meeting == Meeting::none);
}

TEST_CASE("zoom: what is forged, tampered with or too old is refused; Zoom's own retry brings it") {
    ZoomOffice office(hooks_alone());
    office.command("zoom/settings", {{"retry_ms", 3'600'000}});
    for (std::string_view kind : {"tampered", "foreign", "bare", "stale"}) {
        office.command("zoom/hook_fault", {{"kind", kind}});
        office.show(1, "In_Meeting");
    }
    CHECK(within(5s, [&] { return office.refused("wrong") == 2; }));
    CHECK(within(5s, [&] { return office.refused("missing") == 1; }));
    CHECK(within(5s, [&] { return office.refused("stale") == 1; }));
    CHECK_FALSE(office.last(1).has_value());
    CHECK(within(5s, [&] { return office.command("zoom/state").at("endpoint").at("refused").as_int64() == 4; }));
    office.command("zoom/hook_fault", {{"kind", "malformed"}});
    office.show(1, "In_Meeting");
    CHECK(within(5s, [&] { return office.events("malformed") == 1; }));
    office.command("zoom/hook_fault", {{"kind", "unknown_event"}});
    office.show(1, "In_Meeting");
    CHECK(within(5s, [&] { return office.events("other") == 1; }));
    office.show(2, "In_Meeting");
    CHECK(office.becomes(2, Meeting::live));
}

TEST_CASE("zoom: an event counts from when it happened; a time far ahead is now") {
    ZoomOffice office(hooks_alone());
    auto send = [&](Slot slot, std::string_view word, std::chrono::milliseconds ago) {
        auto at = (lamp::wall_now() - ago).time_since_epoch().count();
        json::object object{{"email", office.person(slot)}, {"presence_status", word}};
        json::object payload{{"account_id", office.options_in_use().account_id}, {"object", object}};
        json::object event{{"event", "user.presence_status_updated"}, {"event_ts", at}, {"payload", payload}};
        office.command("zoom/send", {{"body", json::serialize(event)}});
    };
    send(1, "In_Meeting", 3h + 50min);
    REQUIRE(office.becomes(1, Meeting::live));
    CHECK(office.last(1)->fresh_for <= 10min);
    CHECK(office.last(1)->fresh_for > 9min);
    send(2, "In_Meeting", 5h);
    REQUIRE(office.becomes(2, Meeting::live));
    CHECK(office.last(2)->fresh_for == 0ms);
    send(3, "In_Meeting", -1h);
    REQUIRE(office.becomes(3, Meeting::live));
    CHECK(office.last(3)->happened <= lamp::wall_now());
    send(3, "Away", 0ms);
    CHECK(office.becomes(3, Meeting::none));
    send(4, "Away", -1min); // clocks differ a little: Zoom's order holds
    REQUIRE(office.becomes(4, Meeting::none));
    send(4, "In_Meeting", -59s);
    CHECK(within(5s, [&] { return office.events("old") == 1; }));
    CHECK(office.last(4)->meeting == Meeting::none);
}

TEST_CASE("zoom: a delivery that was refused comes again, and is taken") {
    ZoomOffice office(hooks_alone());
    office.command("zoom/settings", {{"retry_ms", 500}});
    office.stop_taking(true);
    office.show(1, "In_Meeting");
    CHECK(within(5s, [&] { return office.command("zoom/state").at("endpoint").at("retried").as_int64() >= 1; }));
    office.stop_taking(false);
    CHECK(office.becomes(1, Meeting::live));
}

TEST_CASE("zoom: events of another account are not ours") {
    auto setup = hooks_alone();
    setup.adjust = [](lamp::zoom::ZoomOptions& options) { options.account_id = "SomebodyElse"; };
    ZoomOffice office(setup);
    office.show(1, "In_Meeting");
    CHECK(within(5s, [&] { return office.events("foreign") == 1; }));
    CHECK(office.has_problem("of another account than account_id"));
    CHECK_FALSE(office.last(1).has_value());
}

TEST_CASE("zoom: an unsigned test of the address is answered, too") {
    ZoomOffice office(hooks_alone());
    office.command("zoom/settings", {{"answer_limit_ms", 3000}});
    auto url = office.command("zoom/state").at("endpoint").at("url");
    office.command("zoom/endpoint", {{"url", url}, {"sign_tests", false}});
    CHECK(within(5s, [&] { return office.command("zoom/state").at("endpoint").at("validated").as_bool(); }));
    office.command("zoom/endpoint", {{"url", url}, {"secret", "not the secret"}});
    CHECK(within(5s, [&] { return office.command("zoom/state").at("endpoint").at("last_status") == 401; }));
    CHECK_FALSE(office.command("zoom/state").at("endpoint").at("validated").as_bool());
}

TEST_CASE("zoom: without web hooks everybody is read; both spellings, and staleness after three rounds") {
    ZoomSetup setup;
    setup.hooks = false;
    ZoomOffice office(setup);
    CHECK(office.becomes(7, Meeting::none));
    office.show(3, "In_Meeting");
    CHECK(office.becomes(3, Meeting::live));
    CHECK(office.last(3)->fresh_for <= 600ms);
    office.command("zoom/settings", {{"spelling", "hook"}});
    office.show(4, "In_Meeting");
    CHECK(office.becomes(4, Meeting::live));
    office.show(3, "Available");
    CHECK(office.becomes(3, Meeting::none));
    CHECK(office.health().state == "up");
    CHECK(office.health().problems.empty());
    CHECK(office.metric("lamplighter_zoom_people", "matched") == 8);
}

TEST_CASE("zoom: REST finds what web hooks lost, and says so when they are all lost") {
    ZoomOffice office;
    REQUIRE(office.becomes(1, Meeting::none));
    REQUIRE(office.becomes(6, Meeting::none));
    for (Slot slot : {1U, 2U, 3U}) {
        office.command("zoom/hook_fault", {{"kind", "lost"}});
        office.show(slot, "In_Meeting");
        CHECK(office.becomes(slot, Meeting::live));
    }
    CHECK(office.metric("lamplighter_zoom_corrections_total") == 3);
    CHECK(office.health().state == "degraded");
    CHECK(office.has_problem("no web hook tells of it"));
    office.show(6, "In_Meeting");
    CHECK(office.becomes(6, Meeting::live));
    CHECK(within(5s, [&] { return office.health().state == "up"; }));
    CHECK_FALSE(office.has_problem("no web hook tells of it"));
}

TEST_CASE("zoom: REST that lags behind does not deny a fresh event") {
    ZoomOffice office;
    REQUIRE(office.becomes(1, Meeting::none));
    office.command("zoom/settings", {{"rest_lag_ms", 5000}});
    office.show(1, "In_Meeting");
    REQUIRE(office.becomes(1, Meeting::live));
    auto readings = office.metric("lamplighter_zoom_readings_total");
    CHECK(within(5s, [&] { return office.metric("lamplighter_zoom_readings_total") > readings + 20; }));
    CHECK(office.last(1)->meeting == Meeting::live);
}

TEST_CASE("zoom: a clock that differs by an hour makes nothing stale") {
    for (std::int64_t offset : {3'600'000, -3'600'000}) {
        ZoomSetup setup;
        setup.hooks = offset < 0; // a signature of an hour ahead is no good
        setup.before = [offset](sim::World& world) {
            REQUIRE(world.command("zoom/settings", {{"clock_offset_ms", offset}}).has_value());
        };
        setup.adjust = slowly;
        ZoomOffice office(setup);
        REQUIRE(office.becomes(1, Meeting::none));
        CHECK(office.last(1)->fresh_for > 29min);
        if (!setup.hooks) continue;
        office.show(1, "In_Meeting");
        REQUIRE(office.becomes(1, Meeting::live));
        CHECK(office.last(1)->fresh_for > 29min);
    }
}

TEST_CASE("zoom: a refused login, a missing scope and a user who is not there are told apart") {
    ZoomSetup setup;
    setup.before = [](sim::World& world) { REQUIRE(world.command("zoom/token", {{"secret", "changed"}}).has_value()); };
    {
        ZoomOffice office(setup);
        CHECK(within(5s, [&] { return office.has_problem("the login is refused"); }));
        CHECK(office.health().state == "degraded");
        office.show(1, "In_Meeting"); // web hooks go on, and are believed for long
        CHECK(office.becomes(1, Meeting::live));
        CHECK(office.last(1)->fresh_for > 3h);
    }
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("zoom/settings", {{"lists_users", false}}).has_value());
        REQUIRE(world.command("zoom/user", {{"user", "2002"}}).error() == "no user 2002");
    };
    {
        ZoomOffice office(setup);
        CHECK(within(5s, [&] { return office.has_problem("listing users failed: Zoom answered 400 4711"); }));
        CHECK(office.becomes(1, Meeting::none)); // asked for by the address
    }
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("zoom/settings", {{"reads_presence", false}}).has_value());
    };
    {
        ZoomOffice office(setup);
        CHECK(within(5s, [&] { return office.has_problem("reading presence failed: Zoom answered 400 4711"); }));
        CHECK(office.health().state == "degraded");
        office.show(1, "In_Meeting");
        CHECK(office.becomes(1, Meeting::live));
        CHECK(office.last(1)->fresh_for > 3h);
    }
    setup.before = {};
    setup.people_file = [](std::vector<lamp::presence::PersonRow>& people) {
        people[1].zoom = "uNobody";
        people[2].zoom = people[3].email;
    };
    {
        ZoomOffice office(setup);
        CHECK(office.becomes(4, Meeting::none));
        CHECK(within(5s, [&] { return office.on_egress([&] { return office.zoom().doubts().size(); }) == 3; }));
        CHECK(office.input(1) == "has no Zoom account uNobody");
        CHECK(office.has_problem("shares the Zoom account"));
    }
}

TEST_CASE("zoom: pages, an expired token, and users who come later") {
    ZoomSetup setup;
    setup.people = 20;
    setup.before = [](sim::World& world) { REQUIRE(world.command("zoom/settings", {{"page_size", 3}}).has_value()); };
    setup.adjust = [](lamp::zoom::ZoomOptions& options) { options.directory_poll = 100ms; };
    setup.people_file = [](std::vector<lamp::presence::PersonRow>& people) { people[5].zoom = "late@example.net"; };
    ZoomOffice office(setup);
    CHECK(office.becomes(19, Meeting::none));
    CHECK(office.metric("lamplighter_zoom_people", "matched") == 19);
    office.command("zoom/token", {{"revoke", true}});
    office.command("zoom/user", {{"add", "late@example.net"}});
    CHECK(office.becomes(5, Meeting::none));
    CHECK(office.health().state == "up");
}

TEST_CASE("zoom: throttled by the second or for the day, Zoom is left alone and asked again") {
    ZoomSetup setup;
    setup.people = 8;
    ZoomOffice office(setup);
    REQUIRE(office.becomes(1, Meeting::none));
    office.command("zoom/fault", {{"kind", "per_second"}, {"count", 2}});
    CHECK(within(5s, [&] { return office.metric("lamplighter_zoom_throttled_total") == 2; }));
    office.show(1, "In_Meeting", false);
    CHECK(office.becomes(1, Meeting::live));
    CHECK_FALSE(office.has_problem("used up"));
    office.command("zoom/fault", {{"kind", "daily"}, {"ms", 7'200'000}});
    CHECK(within(5s, [&] { return office.has_problem("requests are used up until 20"); }));
    auto requests = office.metric("lamplighter_zoom_requests_total");
    constexpr double under_way = 8; // may still have had their turn
    CHECK_FALSE(within(500ms, [&] { return office.metric("lamplighter_zoom_requests_total") > requests + under_way; }));
}

TEST_CASE("zoom: outages, web pages and half answers are survived") {
    ZoomOffice office;
    REQUIRE(office.becomes(1, Meeting::none));
    for (std::string_view kind : {"html", "unavailable", "close", "empty", "truncated", "error"}) {
        CAPTURE(kind);
        office.command("zoom/fault", {{"kind", kind}, {"on", "presence"}});
        auto readings = office.metric("lamplighter_zoom_readings_total");
        CHECK(within(20s, [&] { return office.metric("lamplighter_zoom_readings_total") > readings + 8; }));
    }
    CHECK(office.health().state == "up");
}

TEST_CASE("zoom: the doctor walks through login, users and presence") {
    ZoomOffice office;
    auto examine = [&](lamp::zoom::ZoomOptions options) {
        std::promise<std::string> told;
        lamp::Loop loop("doctor");
        loop.spawn([](lamp::Loop& here, lamp::zoom::ZoomOptions given, std::promise<std::string>& out) -> lamp::Task<> {
            std::string steps;
            bool good = co_await lamp::zoom::examine(here, std::move(given), [&](const lamp::http::Step& step) {
                steps += fmt::format("{}{};", step.passed ? "" : "FAIL ", step.what);
            });
            out.set_value(steps + (good ? "good" : "bad"));
        }(loop, std::move(options), told));
        loop.start();
        return told.get_future().get();
    };
    auto options = office.options_in_use();
    CHECK(examine(options).ends_with("Zoom login;Zoom users;Zoom presence;good"));
    options.client_secret = lamp::Secret("wrong");
    CHECK(examine(options).ends_with("FAIL Zoom login;bad"));
    office.command("zoom/settings", {{"reads_presence", false}});
    CHECK(examine(office.options_in_use()).ends_with("Zoom users;FAIL Zoom presence;bad"));
}
