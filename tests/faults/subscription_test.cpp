// Subscriptions that are refused, ended, overtaken, paced; the calls that nobody ends (xsi.md 5, 9.7, 12.12, 12.14,
// 12.18).
#include "faults/fleet.hpp"

using namespace faults;

namespace {

std::string id_of(Harness& h, int extension) {
    for (const auto& [id, user] : h.command("state").at("line_users").as_object())
        if (user.at("extension").to_number<int>() == extension) return id;
    return {};
}

} // namespace

TEST_CASE("the first event may overtake the answer to its subscription") {
    Harness h{Setup{.world = small_office(2), .before = [](sim::World& world) {
                        REQUIRE(world.command("settings", {{"initial_early", true}}));
                        REQUIRE(world.command("fault",
                                              {{"kind", "slow"}, {"ms", 200}, {"on", "subscribe"}, {"forever", true}}));
                    }}};
    h.require_truth(5s);
    CHECK(h.report().counters.parked >= 4 * h.ids().size());
    CHECK(h.requests("subscription_refresh") == 0); // no first event was lost
    make_calls(h);
    h.require_truth(2s);
}

TEST_CASE("12.14: a subscription that is ended is stale, asked for anew, and right") {
    Harness h{Setup{}};
    h.require_truth(5s);
    make_calls(h);
    h.require_truth(2s);
    auto asked = h.requests("subscribe");
    h.fault("subscription_terminated", {{"user", "2000"}});
    CHECK(within(800ms, [&] { return h.lamp(id_of(h, 2000)).line().stale; }));
    change_everything(h);
    h.require_truth(4s);
    CHECK(h.requests("subscribe") == asked + 4);
    // All at once.
    quiet(h);
    h.fault("subscription_terminated");
    CHECK(within(800ms, [&] { return h.all_stale(); }));
    make_calls(h);
    h.require_truth(5s);
    CHECK(h.requests("subscribe") == 2 * asked + 4);
}

TEST_CASE("first events that never come hold nothing else back") {
    Harness h{Setup{.world = small_office(1, 40), .before = [](sim::World& world) {
                        REQUIRE(world.command("fault", {{"kind", "lose"}, {"count", 60}}));
                    }}};
    h.require_truth(25s); // asked for again after 5 s, then 10 s
}

TEST_CASE("12.14: a subscription that went silently is found at its refresh") {
    Harness h{Setup{.before = [](sim::World& world) { REQUIRE(world.command("settings", {{"expires_forced", 4}})); }}};
    h.require_truth(5s);
    for (std::string kind : {"forbidden", "not_found"}) {
        CAPTURE(kind);
        auto asked = h.requests("subscribe");
        h.fault(kind, {{"on", "subscription_refresh"}, {"count", 4}});
        CHECK(within(4s, [&] { return h.requests("subscribe") >= asked + 4; }));
        make_calls(h);
        change_everything(h);
        h.require_truth(4s);
        quiet(h);
    }
}

TEST_CASE("users whom the platform will not tell of are remembered, not hammered, and hold nobody back") {
    for (std::string kind : {"forbidden", "not_found"}) {
        CAPTURE(kind);
        std::string hidden;
        Harness h{Setup{.before = [&](sim::World& world) {
            auto users = world.command("state")->at("line_users").as_object();
            for (const auto& [id, user] : users)
                if (user.at("extension").to_number<int>() == 2003) hidden = id;
            REQUIRE(world.command(
                "fault", {{"kind", kind}, {"on", "subscribe"}, {"users", json::array{hidden}}, {"forever", true}}));
        }}};
        CHECK(within(5s, [&] { return h.report().ready; }));
        auto report = h.report();
        CHECK(report.refused == 4);
        CHECK(report.lines_known == report.lines_total);
        REQUIRE_FALSE(report.problems.empty());
        CHECK(report.problems.front().find("4 subscriptions are refused") != std::string::npos);
        CHECK(h.line(hidden) == "unknown"); // and not a green lamp
        CHECK_FALSE(h.lamp(hidden).line().stale);
        CHECK_FALSE(within(2s, [&] {
            return h.log({{"kind", "subscribe"}, {"contains", hidden.substr(0, hidden.find('@'))}}).size() > 4;
        }));
        // It stays so when the channels were lost meanwhile.
        h.command("kill_channel");
        CHECK(within(5s, [&] { return h.report().ready; }));
        CHECK(h.line(hidden) == "unknown");
        CHECK(h.report().refused == 4);
        make_calls(h);
        h.command("faults/clear");
        CHECK(h.lie(2s).empty());
    }
}

TEST_CASE("one package that is refused leaves the others") {
    std::string user;
    Harness h{Setup{.before = [&](sim::World& world) {
        for (const auto& [id, one] : world.command("state")->at("line_users").as_object())
            if (one.at("extension").to_number<int>() == 2001) user = id;
        REQUIRE(world.command(
            "fault", {{"kind", "forbidden"}, {"on", "subscribe"}, {"users", json::array{user}}, {"count", 1}}));
    }}};
    CHECK(within(5s, [&] { return h.report().ready; }));
    CHECK(h.report().refused == 1);
}

TEST_CASE(
    "a front end that answers subscriptions with 503, 429, 500 or a web page is asked gently, then all is right") {
    struct Row {
        std::string kind;
        json::object more;
    };
    auto members = fleet<Row>({{"unavailable", {}},
                               {"unavailable", {{"retry_after", 1}}},
                               {"too_many", {{"retry_after", 1}}},
                               {"error", {{"status", 500}}},
                               {"html", {}},
                               {"empty", {}},
                               {"truncated", {}},
                               {"reset", {}}},
                              [](const Row& row) {
                                  return Setup{.before = [&row](sim::World& world) {
                                      json::object fault{{"kind", row.kind}, {"on", "subscribe"}, {"forever", true}};
                                      for (const auto& [key, value] : row.more)
                                          fault[key] = value;
                                      REQUIRE(world.command("fault", std::move(fault)));
                                  }};
                              });
    auto start = lamp::steady_now();
    within(6s, [&] { return lamp::steady_now() - start > 6s; });
    for (auto& [row, h] : members) {
        CAPTURE(row.kind);
        CHECK(h->all_unknown());
        auto asked = static_cast<std::size_t>(h->requests("subscribe"));
        MESSAGE(row.kind, ": ", asked, " attempts for ", h->ids().size() * 4, " subscriptions in 6 s");
        CHECK(asked <= h->ids().size() * 4 * 4); // each doubles its wait
        make_calls(*h);
        h->command("faults/clear");
    }
    for (auto& [row, h] : members) {
        CAPTURE(row.kind);
        h->require_truth(6s);
        CHECK(h->requests("channel") == 1);
    }
}

TEST_CASE("two hosts: subscriptions that one of them cannot take are given to the other") {
    Harness h{Setup{.world = small_office(2), .before = [](sim::World& world) {
                        REQUIRE(world.command(
                            "fault", {{"kind", "unavailable"}, {"on", "subscribe"}, {"host", 0}, {"forever", true}}));
                    }}};
    h.require_truth(6s);
}

TEST_CASE("12.18: subscriptions are paced, and so are their refreshes") {
    Harness h{Setup{.world = small_office(1, 20),
                    .adjust = [](auto& options) { options.subscriptions_per_second = 20; },
                    .before = [](sim::World& world) { REQUIRE(world.command("settings", {{"expires_forced", 12}})); }}};
    // 24 lines, 96 subscriptions: 5 s less the burst.
    auto start = lamp::steady_now();
    CHECK(within(8s, [&] { return h.report().ready; }));
    CHECK(lamp::steady_now() - start > 3500ms);
    h.require_truth(1s);
    CHECK(h.busiest_second({{"kind", "subscribe"}}) <= 26);
    // Half of 12 s, spread: 16 a second are due, not 96 at once.
    CHECK(within(9s, [&] { return h.requests("subscription_refresh") >= 90; }));
    CHECK(h.busiest_second({{"kind", "subscription_refresh"}}) <= 40);
    h.require_truth(2s);
    CHECK(h.report().counters.gaps == 0);
}

TEST_CASE("12.18: the line that somebody looks at comes first") {
    Harness h{
        Setup{.world = small_office(1, 60), .adjust = [](auto& options) { options.subscriptions_per_second = 10; }}};
    auto last = id_of(h, 2059);
    h.on_loop([&] { return h.platform().prefer(*h.lines().find(last)), true; });
    CHECK(within(3s, [&] {
        return h.line(last) == "idle" && h.on_loop([&] { return h.lines().view(*h.lines().find(last)).known; });
    }));
    CHECK(h.report().lines_known < 10);
}

TEST_CASE("12.18: after an outage those who were in a call come first") {
    Harness h{Setup{.world = small_office(1, 40)}};
    h.require_truth(5s);
    h.command("call", {{"from", "2038"}, {"to", "2039"}});
    h.require_truth(2s);
    h.command("log", {{"clear", true}});
    h.command("kill_channel");
    // Until the end of the channel is noticed the lamps are still right: the new subscriptions are what we wait for.
    REQUIRE(within(5s, [&] { return h.log({{"kind", "subscribe"}}).size() > 16; }));
    h.require_truth(5s);
    auto asked = h.log({{"kind", "subscribe"}});
    std::size_t found = 0;
    for (std::size_t i = 0; i < 16; ++i)
        for (int extension : {2038, 2039})
            if (asked[i].at("target").as_string().find(id_of(h, extension).substr(0, id_of(h, extension).find('@'))) !=
                json::string::npos)
                ++found;
    CHECK(found >= 2);
}

TEST_CASE("12.12: after a failover of the application server no call stays on a lamp") {
    for (std::string kind : {"resync", "snapshot"}) {
        CAPTURE(kind);
        Harness h{Setup{}};
        h.require_truth(5s);
        make_calls(h);
        h.require_truth(2s);
        h.command("failover", {{"kind", kind}});
        h.require_truth(3s);
    }
}

TEST_CASE("12.12: without a word from the failover the audits find the stuck calls") {
    for (auto target : {lamp::xsi::TargetKind::user, lamp::xsi::TargetKind::enterprise}) {
        CAPTURE(static_cast<int>(target));
        // By their age…
        Harness h{Setup{.adjust = [&](auto& options) { options.target = target; },
                        .patience = {.ringing = 1s, .talking = 2s, .ask_again = 1s}}};
        h.require_truth(5s);
        make_calls(h);
        h.require_truth(2s);
        h.command("failover", {{"kind", "none"}});
        CHECK_FALSE(h.difference().empty()); // nobody could know
        h.require_truth(8s);
        quiet(h);
        make_calls(h);
        h.require_truth(2s);
    }
    // … and, whatever their age, by the refresh of each subscription.
    Harness h{Setup{.before = [](sim::World& world) { REQUIRE(world.command("settings", {{"expires_forced", 6}})); }}};
    h.require_truth(5s);
    make_calls(h);
    h.require_truth(2s);
    h.command("failover", {{"kind", "none"}});
    h.require_truth(6s);
}

TEST_CASE("users come and go while we run") {
    Harness h{Setup{}};
    h.require_truth(5s);
    h.command("users", {{"add", json::array{{{"id", "fresh@example.net"}}}}});
    h.assign_again();
    h.require_truth(2s);
    h.command("incoming", {{"to", "fresh@example.net"}});
    h.require_truth(2s);
    CHECK(h.line("fresh@example.net") == "ringing");
    h.command("users", {{"remove", json::array{"fresh@example.net"}}});
    CHECK(within(3s,
                 [&] { return h.line("fresh@example.net") != "ringing" || h.lamp("fresh@example.net").line().stale; }));
    h.assign_again();
    h.require_truth(2s);
    CHECK(h.report().lines_total == h.report().lines_known);
}

TEST_CASE("a directory whose server refuses paging is read all the same") {
    Harness h{Setup{.world = small_office(1, 60),
                    .before = [](sim::World& world) { REQUIRE(world.command("fault", {{"kind", "no_paging"}})); }}};
    h.require_truth(5s);
    std::atomic<std::size_t> found = 0;
    h.on_loop([&] { return h.platform().discover([&](auto entries) { found = entries.size(); }), true; });
    CHECK(within(5s, [&] { return found >= 60; }));
    CHECK(h.report().discovered);
}
