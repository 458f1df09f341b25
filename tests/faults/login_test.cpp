// Logins: a refused one is not hammered, lest the platform lock the account; two clients that share an application id
// do not fight (xsi.md 3, 4.1, 12.6, 12.13).
#include <algorithm>

#include "faults/fleet.hpp"

using namespace faults;

TEST_CASE("12.6: a wrong password stops everything after a few requests, and works again once it is right") {
    Harness h{Setup{.world = small_office(2), .before = [](sim::World& world) {
                        REQUIRE(world.command("settings", {{"lock_after", 5}}));
                        REQUIRE(
                            world.command("password", {{"login", "ctiadmin@example.net"}, {"password", "changed"}}));
                    }}};
    CHECK(within(2s, [&] { return h.channel_state(0) == "stopped" && h.channel_state(1) == "stopped"; }));
    auto asked = h.requests_in_all();
    CHECK(asked <= 4);
    CHECK_FALSE(within(2s, [&] { return h.requests_in_all() > asked; }));
    CHECK(h.all_unknown());
    REQUIRE_FALSE(h.report().problems.empty());
    CHECK(h.report().problems.front().find("refused") != std::string::npos);
    h.command("password", {{"login", "ctiadmin@example.net"}, {"password", "secret"}});
    h.retry_now();
    h.require_truth(5s); // not locked
}

TEST_CASE("12.6: a password that is changed while all is well ends the channel once, without a storm of 401") {
    for (auto target : {lamp::xsi::TargetKind::user, lamp::xsi::TargetKind::enterprise}) {
        CAPTURE(static_cast<int>(target));
        Harness h{Setup{.world = small_office(2), .adjust = [&](auto& options) { options.target = target; }}};
        h.require_truth(5s);
        make_calls(h);
        h.require_truth(2s);
        h.fault("unauthorised", {{"forever", true}});
        constexpr std::size_t events = 80; // so that there is much to acknowledge
        for (std::size_t i = 0; i < events; ++i) {
            h.command("dnd", {{"user", "2007"}, {"active", i % 2 == 0}});
        }
        CHECK(within(
            4s, [&] { return h.all_stale() && h.channel_state(0) == "stopped" && h.channel_state(1) == "stopped"; }));
        // Those that were on their way: of either channel what it acknowledges at a time, and what it asks for beside
        // that (heartbeat, subscriptions of users and of queues, calls).
        auto refused = h.log({{"status", 401}}).size();
        auto acknowledgements = h.log({{"status", 401}, {"contains", "EventResponse"}}).size();
        CHECK(acknowledgements <= 2 * 16);
        CHECK(refused - acknowledgements <= 2 * 4);
        auto asked = h.requests_in_all();
        CHECK_FALSE(within(1500ms, [&] { return h.requests_in_all() > asked; }));
        change_everything(h);
        h.command("faults/clear");
        h.retry_now();
        h.require_truth(5s);
    }
}

TEST_CASE("12.6: one server's 401 does not cost the other server's channel") {
    Harness h{Setup{.world = small_office(2)}};
    h.require_truth(5s);
    h.fault("unauthorised", {{"on", "heartbeat"}, {"host", 0}});
    CHECK(within(3s, [&] { return h.channel_state(0) == "stopped"; }));
    make_calls(h);
    h.require_truth(2s);
    CHECK(h.channel_state(1) == "up");
    CHECK(h.none_stale());
    // New subscriptions are still asked for, by the server that accepts us.
    h.fault("subscription_terminated", {{"package", "Advanced Call"}});
    h.require_truth(5s);
}

TEST_CASE("12.6: a login token is fetched, used, and fetched anew when the platform forgets it") {
    // Administrators are no users and get no token (xsi.md 3): here a user watches its own line.
    auto world = std::make_shared<sim::World>(small_office());
    world->start();
    std::string self;
    for (const auto& [id, user] : world->command("state")->at("line_users").as_object())
        if (user.at("extension").to_number<int>() == 2000) self = id;
    REQUIRE_FALSE(self.empty());
    Harness h{Setup{.adjust =
                        [&](auto& options) {
                            options.authentication = lamp::xsi::Authentication::login_token;
                            options.username = self;
                        },
                    .shared = world}};
    CHECK(within(5s, [&] { return h.line(self) == "idle"; }));
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    CHECK(within(2s, [&] { return h.line(self) == "active"; }));
    // A token that is forgotten before its first use is a refused login: the second one has to wait for that.
    auto accepted = [&] { return h.log({{"contains", "EventResponse"}, {"status", 200}}).size(); };
    h.command("revoke");
    auto before = accepted();
    h.command("hangup", {{"user", "2000"}});
    CHECK(within(5s, [&] { return h.line(self) == "idle" && h.report().ready && !h.lamp(self).line().stale; }));
    CHECK(h.log({{"contains", "LoginToken"}}).size() <= 3);
    CHECK(within(5s, [&] { return accepted() > before; }));
    h.command("revoke");
    h.command("kill_channel", {{"how", "rst"}});
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    CHECK(within(5s, [&] { return h.line(self) == "active" && !h.lamp(self).line().stale; }));
}

TEST_CASE("12.13: the second client with the same application id ends the first, which stops and alarms") {
    for (int xsps : {1, 2}) {
        CAPTURE(xsps);
        Harness first{Setup{.world = small_office(xsps)}};
        first.require_truth(5s);
        make_calls(first);
        if (xsps == 2) { // a channel that is down just now must not come back to fight either
            first.fault("unavailable", {{"on", "channel"}, {"host", 1}, {"count", 2}});
            first.command("kill_channel", {{"host", 1}, {"how", "rst"}});
        }
        Harness second{Setup{.world = small_office(xsps), .shared = first.world()}};
        second.require_truth(5s);
        CHECK(within(2s, [&] { return first.all_stale(); }));
        for (int i = 0; i < xsps; ++i)
            CHECK(within(4s, [&] { return first.channel_state(static_cast<std::size_t>(i)) == "stopped"; }));
        CHECK(first.report().problems.front().find("application_id") != std::string::npos);
        CHECK(within(8s, [&] {
            auto report = second.report();
            return std::ranges::all_of(report.channels, [](const auto& channel) { return channel.state == "up"; });
        }));
        auto opened = first.requests("channel");
        CHECK_FALSE(within(4s, [&] { return first.requests("channel") > opened; }));
        change_everything(first);
        second.require_truth(2s);
    }
}
