// Enterprise and group targets: four subscriptions in all, live events at once, first states one by one by GET, which
// events may overtake (xsi.md 5.3, 5.5).
#include "faults/fleet.hpp"

using namespace faults;

namespace {

Setup enterprise(std::int64_t per_second = 10'000, std::size_t people = 8, std::function<void(sim::World&)> before = {},
                 int hosts = 1) {
    return Setup{.world = small_office(hosts, people),
                 .adjust =
                     [=](auto& options) {
                         options.target = lamp::xsi::TargetKind::enterprise;
                         options.subscriptions_per_second = per_second;
                     },
                 .before = std::move(before)};
}

std::string id_of(Harness& h, int extension) {
    for (const auto& [id, user] : h.command("state").at("line_users").as_object())
        if (user.at("extension").to_number<int>() == extension) return id;
    return {};
}

} // namespace

TEST_CASE("enterprise: a gap makes everything stale until it was fetched again") {
    for (std::string kind : {"lose", "hole"}) {
        CAPTURE(kind);
        Harness h(enterprise());
        h.require_truth(5s);
        make_calls(h);
        h.require_truth(2s);
        h.fault("slow", {{"on", "calls"}, {"ms", 300}, {"forever", true}}); // else it is over before we look
        h.fault(kind, {{"count", 1}});
        change_everything(h);
        CHECK(within(4s, [&] { return h.all_stale(); }));
        h.require_truth(6s);
        CHECK(h.report().counters.gaps >= 1);
        CHECK(h.requests("channel") == 1);
    }
}

TEST_CASE("enterprise: doubled, swapped, unknown events") {
    for (std::string kind : {"duplicate", "reorder", "unknown_event", "latin1"}) {
        CAPTURE(kind);
        Harness h(enterprise());
        h.require_truth(5s);
        h.fault(kind, {{"count", 6}});
        make_calls(h);
        h.require_truth(3s);
        change_everything(h);
        h.require_truth(3s);
        CHECK(h.report().counters.gaps == 0);
    }
}

TEST_CASE("enterprise: an event that overtakes a GET is the newer truth") {
    for (std::string on : {"calls", "services"}) {
        CAPTURE(on);
        // Slow answers say what was so when the request came in.
        Harness h(enterprise(10'000, 8, [&](sim::World& world) {
            REQUIRE(world.command("fault", {{"kind", "slow"}, {"ms", 400}, {"on", on}, {"forever", true}}));
        }));
        CHECK(within(3s, [&] { return h.requests(on) >= 8; }));
        make_calls(h);
        for (int i = 0; i < 7; ++i) { // neither concerns a call that is there already
            h.command("dnd", {{"user", std::to_string(2000 + i)}, {"active", true}});
            h.command("forward", {{"user", std::to_string(2000 + i)}, {"active", true}, {"to", "2007"}});
        }
        if (on == "calls") {
            // Whoever has a call is known by its last event, whatever was on its way.
            CHECK(within(3s, [&] { return h.line(id_of(h, 2002)) == "held" && h.line(id_of(h, 2005)) == "ringing"; }));
            // The answers arrive now, and are older than the events; the audit, which would mend it, comes later.
            std::string lied;
            within(900ms, [&] { return !(lied = h.lie(0ms)).empty(); });
            CHECK(lied == "");
        }
        h.require_truth(15s);
        // Once more, with everything known: what the audit fetches must not undo what events said.
        change_everything(h);
        h.require_truth(5s);
    }
}

TEST_CASE("enterprise: live events come at once, long before everybody's first state is in") {
    Harness h(enterprise(10, 60));
    CHECK(within(1s, [&] { return h.report().live == 4; }));
    CHECK(h.report().lines_known < 30);
    auto busy = id_of(h, 2059);
    CHECK(h.line(busy) == "unknown"); // nobody has said so far
    h.command("call", {{"from", "2058"}, {"to", "2059"}});
    CHECK(within(1s, [&] { return h.line(busy) == "ringing"; }));
    h.command("answer", {{"user", "2059"}});
    CHECK(within(1s, [&] { return h.line(busy) == "active"; }));
    CHECK(h.lie(1s).empty());
    // The line that somebody looks at is fetched before the others.
    auto wanted = id_of(h, 2050);
    h.on_loop([&] { return h.platform().prefer(*h.lines().find(wanted)), true; });
    CHECK(within(8s, [&] { return h.on_loop([&] { return h.lines().view(*h.lines().find(wanted)).known; }); }));
    CHECK(h.report().lines_known < 30);
    CHECK(h.busiest_second({{"kind", "calls"}}) + h.busiest_second({{"kind", "services"}}) <= 2 * 13);
}

TEST_CASE("enterprise: the first states of users whom the login may not see do not hold readiness back") {
    for (std::string kind : {"forbidden", "not_found"}) {
        CAPTURE(kind);
        std::string hidden;
        Harness h(enterprise(10'000, 8, [&](sim::World& world) {
            for (const auto& [id, user] : world.command("state")->at("line_users").as_object())
                if (user.at("extension").to_number<int>() == 2003) hidden = id;
            REQUIRE(world.command(
                "fault", {{"kind", kind}, {"on", "actions"}, {"users", json::array{hidden}}, {"forever", true}}));
        }));
        CHECK(within(5s, [&] { return h.report().ready; }));
        CHECK(h.line(hidden) == "unknown");
        // Its events come all the same, and are believed.
        h.command("incoming", {{"to", "2003"}});
        CHECK(within(1s, [&] { return h.line(hidden) == "ringing"; }));
    }
}

TEST_CASE("enterprise: an outage of the actions only, in the middle of fetching") {
    Harness h(enterprise(10'000, 20, [](sim::World& world) {
        REQUIRE(world.command("fault", {{"kind", "error"}, {"status", 500}, {"on", "actions"}, {"forever", true}}));
    }));
    CHECK(within(3s, [&] { return h.report().live == 4; }));
    within(2s, [&] { return false; }); // the trouble lasts
    CHECK(h.report().lines_known == 0);
    auto asked = h.requests("calls");
    CHECK(asked < 200); // each line once a second
    make_calls(h);
    h.command("faults/clear");
    h.require_truth(5s);
}

TEST_CASE("enterprise: a refused package is said, fetched once, and holds nobody back") {
    Harness h(enterprise(10'000, 8, [](sim::World& world) {
        REQUIRE(world.command("fault", {{"kind", "forbidden"}, {"on", "subscribe"}, {"count", 1}}));
    }));
    CHECK(within(5s, [&] { return h.report().ready; }));
    CHECK(h.report().refused == 1);
    bool said = false;
    for (const auto& problem : h.report().problems)
        said |= problem.find("for the whole enterprise") != std::string::npos;
    CHECK(said);
}

TEST_CASE("enterprise: a package that is never granted is fetched again after each outage") {
    std::string kind;
    SUBCASE("refused") {
        kind = "forbidden";
    }
    SUBCASE("failing") {
        kind = "error";
    }
    Harness h(enterprise(40)); // so that audits take their time
    h.require_truth(10s);
    h.fault(kind, {{"on", "subscribe"}, {"status", 500}, {"forever", true}});
    for (int i = 0; i < 2; ++i) {
        h.command("kill_channel", {{"how", "rst"}});
        CHECK(within(4s, [&] { return h.all_stale(); }));
        h.command("dnd", {{"user", "2003"}, {"active", i == 0}});
        h.require_truth(15s);
    }
}

TEST_CASE("enterprise: a front end that knows nothing for a moment takes nothing away that was told") {
    Harness h(enterprise());
    h.require_truth(5s);
    auto person = id_of(h, 2003);
    h.command("dnd", {{"user", "2003"}, {"active", true}});
    h.require_truth(2s);
    for (const char* kind : {"not_found", "forbidden"}) {
        CAPTURE(kind);
        for (const char* on : {"calls", "services"})
            h.fault(kind, {{"on", on}, {"count", 24}});
        h.command("kill_channel", {{"how", "rst"}});
        CHECK(within(2s, [&] { return h.all_stale(); }));
        CHECK_FALSE(within(2s, [&] {
            auto shown = h.lamp(person).line();
            return !shown.stale && (!shown.dnd || shown.state == lamp::presence::LineState::unknown);
        }));
        h.require_truth(15s);
    }
}

TEST_CASE("enterprise: what may not be read but is told stays as it was told") {
    Harness h(enterprise(10'000, 8, [](sim::World& world) {
        REQUIRE(world.command("fault", {{"kind", "forbidden"}, {"on", "services"}, {"forever", true}}));
    }));
    CHECK(within(5s, [&] { return h.report().ready; }));
    auto person = id_of(h, 2003);
    h.command("dnd", {{"user", "2003"}, {"active", true}});
    CHECK(within(2s, [&] { return h.lamp(person).line().dnd; }));
    CHECK_FALSE(within(3s, [&] { return !h.lamp(person).line().dnd || h.lamp(person).line().stale; })); // audits see it
    h.require_truth(2s);
}

TEST_CASE("enterprise: users come while we run; subscriptions that end are asked for anew") {
    Harness h(enterprise());
    h.require_truth(5s);
    h.command("users", {{"add", json::array{{{"id", "fresh@example.net"}}}}});
    h.assign_again();
    h.require_truth(3s);
    h.command("incoming", {{"to", "fresh@example.net"}});
    h.require_truth(2s);
    h.fault("subscription_terminated");
    make_calls(h); // between the end and the new subscription
    h.require_truth(5s);
}

TEST_CASE("enterprise: what the server had kept while no channel was there does not make a lamp older") {
    // One channel is deaf: what it should have brought waits at the server while the next event is in, and answered.
    std::uint64_t held = 0;
    for (bool active : {true, false}) {
        CAPTURE(active);
        Harness h(enterprise(10'000, 8, {}, 2));
        h.require_truth(5s);
        if (!active) h.command("dnd", {{"user", "2004"}, {"active", true}}); // the other channel's turn
        h.require_truth(2s);
        h.command("kill_channel", {{"host", 0}, {"how", "stall"}});
        h.command("dnd", {{"user", "2003"}, {"active", true}});
        h.command("dnd", {{"user", "2003"}, {"active", false}});
        within(300ms, [] { return false; }); // less than a hole is waited for
        held += h.report().counters.reordered;
        h.fault("slow", {{"on", "subscribe"}, {"ms", 500}, {"forever", true}}); // events are there before its answer
        h.command("kill_channel", {{"host", 1}, {"how", "rst"}});
        h.command("kill_channel", {{"host", 0}, {"how", "rst"}});
        CHECK(within(2s, [&] { return h.all_stale(); }));
        within(1s, [] { return false; }); // all that was kept is in
        h.require_truth(4s);
    }
    CHECK(held == 1);
}

TEST_CASE("enterprise: nor does it when the server could not keep all") {
    Harness h(enterprise(100)); // so that audits take their time
    h.require_truth(5s);
    h.command("settings", {{"queue_max", 1}, {"queue_wait_ms", 1000}}); // the lines have been fetched by then
    h.fault("slow", {{"on", "subscribe"}, {"ms", 2500}, {"forever", true}});
    h.fault("unavailable", {{"on", "channel"}, {"count", 1}});
    h.command("kill_channel", {{"how", "rst"}});
    CHECK(within(2s, [&] { return h.all_stale(); }));
    h.command("dnd", {{"user", "2003"}, {"active", true}});
    h.command("dnd", {{"user", "2003"}, {"active", false}});
    CHECK(h.counted("dropped") == 1);
    CHECK(within(8s, [&] { return h.counted("acks") == 5; })); // four ends of old subscriptions, and what was kept
    auto shown = h.lamp(id_of(h, 2003)).line();
    CHECK((shown.stale || !shown.dnd));
    h.require_truth(5s);
}

TEST_CASE("enterprise: what nobody would tell of is not shown as sure") {
    Harness h(enterprise());
    h.require_truth(5s);
    make_calls(h);
    h.require_truth(2s);
    h.fault("unavailable", {{"on", "subscribe"}, {"count", 1}});
    SUBCASE("a subscription that was ended, and is not granted at once") {
        h.fault("subscription_terminated", {{"package", "Do Not Disturb"}});
    }
    SUBCASE("one that is found to be gone when it is refreshed") {
        h.command("settings", {{"expires_forced", 2}});
        h.command("kill_channel", {{"how", "rst"}});
        h.require_truth(8s);
        h.command("settings", {{"expires_forced", 0}});
        h.fault("unavailable", {{"on", "subscribe"}, {"count", 1}});
        h.fault("not_found", {{"on", "subscription_refresh"}, {"count", 1}});
    }
    SUBCASE("a first one that fails") {
        h.command("kill_channel", {{"how", "rst"}});
    }
    auto person = id_of(h, 2003);
    CHECK(within(4s, [&] { return h.lamp(person).line().stale; }));
    h.command("dnd", {{"user", "2003"}, {"active", true}});
    h.command("hangup", {{"user", "2000"}});
    h.require_truth(8s);
}

TEST_CASE("group: its members are followed") {
    // A group administrator sees the group only; who is elsewhere is not known to it, and is not invented.
    Harness h{Setup{.world = small_office(1, 40), .adjust = [](auto& options) {
                        options.target = lamp::xsi::TargetKind::group;
                        options.group = "Amsterdam";
                        options.username = "groupadmin@example.net";
                    }}};
    CHECK(within(5s, [&] { return h.report().ready; }));
    std::vector<std::string> members;
    for (const auto& [id, user] : h.command("state").at("line_users").as_object())
        if (user.at("group").as_string() == "Amsterdam" && user.at("kind").as_string() == "person")
            members.emplace_back(id);
    REQUIRE(members.size() >= 2);
    h.command("call", {{"from", members[0]}, {"to", members[1]}});
    CHECK(within(2s, [&] { return h.line(members[1]) == "ringing" && h.line(members[0]) == "active"; }));
    CHECK(h.lie(2s).empty());
}
