// A channel that cannot be opened. Until it can, no lamp claims anything, the platform is not hammered, and no
// heartbeat is sent for a channel that is not there.
#include "faults/fleet.hpp"

using namespace faults;

namespace {

struct Row {
    std::string kind;
    json::object more;
    std::int64_t attempts_max;              // in three seconds
    std::chrono::milliseconds right_within; // after the fault's end
    std::string reason;                     // what a person reads
};

} // namespace

TEST_CASE("12.3, 12.5, 12.17: while the channel cannot be opened nothing is claimed and nobody is hammered") {
    auto members =
        fleet<Row>({{"unavailable", {{"retry_after", 2}}, 3, 5s, "503"},
                    {"unavailable", {}, 6, 5s, "503"},
                    {"html", {}, 4, 8s, "web page"},
                    {"forbidden", {}, 4, 8s, "403"},
                    {"not_found", {}, 4, 8s, "404"},
                    {"error", {{"status", 500}}, 4, 8s, "500"},
                    {"no_channel_document", {}, 4, 8s, "never sent its Channel document"},
                    {"empty", {}, 6, 5s, "ended"},
                    {"truncated", {}, 6, 5s, "ended"},
                    {"reset", {}, 6, 5s, ""},
                    {"close", {}, 6, 5s, ""}},
                   [](const Row& row) {
                       return Setup{.patience = {.first_channel = 1400ms}, .before = [&row](sim::World& world) {
                                        json::object fault{{"kind", row.kind}, {"on", "channel"}, {"forever", true}};
                                        for (const auto& [key, value] : row.more)
                                            fault[key] = value;
                                        REQUIRE(world.command("fault", std::move(fault)));
                                    }};
                   });
    auto start = lamp::steady_now();
    for (auto& [row, h] : members) {
        CAPTURE(row.kind);
        CHECK(within(2s, [&] { return h->channel_reason().find(row.reason) != std::string::npos; }));
    }
    // Three seconds in all, during which every attempt counts.
    within(3s, [&] { return lamp::steady_now() - start > 3s; });
    for (auto& [row, h] : members) {
        CAPTURE(row.kind);
        CHECK(h->all_unknown());
        CHECK_FALSE(h->report().ready);
        CHECK(h->requests("channel") >= 1);
        CHECK(h->requests("channel") <= row.attempts_max);
        CHECK(h->requests("heartbeat") == 0);
        CHECK(h->requests("subscribe") == 0);
        h->command("faults/clear");
        make_calls(*h);
    }
    for (auto& [row, h] : members) {
        CAPTURE(row.kind);
        h->require_truth(row.right_within);
        CHECK(h->log({{"contains", "channel//heartbeat"}}).empty());
    }
}

TEST_CASE("12.16: a redirected channel is posted again to the other server; a stranger is not followed") {
    Harness h{Setup{
        .world = small_office(2), .before = [](sim::World& world) {
            REQUIRE(world.command("fault", {{"kind", "redirect"}, {"on", "channel"}, {"host", 0}, {"forever", true}}));
            REQUIRE(
                world.command("fault", {{"kind", "redirect"}, {"on", "subscribe"}, {"host", 0}, {"forever", true}}));
        }}};
    h.require_truth(5s);
    auto sent = h.log({{"kind", "channel"}});
    CHECK(sent.size() == 3); // one to each, and the first once more where it was sent
    for (const auto& one : sent)
        CHECK(one.at("method").as_string() == "POST");
    auto report = h.report();
    CHECK(report.channels.at(0).state == "up");
    CHECK(report.channels.at(1).state == "up");

    Harness astray{Setup{.before = [](sim::World& world) {
        REQUIRE(world.command(
            "fault",
            {{"kind", "redirect"}, {"on", "channel"}, {"to", "http://portal.example.org:8080"}, {"forever", true}}));
    }}};
    CHECK(within(2s, [&] { return astray.channel_reason().find("portal.example.org") != std::string::npos; }));
    CHECK(astray.all_unknown());
    astray.command("faults/clear");
    astray.require_truth(5s);
}

TEST_CASE("a slow platform is waited for") {
    Harness h{Setup{.before = [](sim::World& world) {
        REQUIRE(world.command("fault", {{"kind", "slow"}, {"ms", 700}, {"on", "channel"}, {"forever", true}}));
        REQUIRE(world.command("fault", {{"kind", "slow"}, {"ms", 300}, {"on", "subscribe"}, {"forever", true}}));
    }}};
    h.require_truth(8s);
    CHECK(h.requests("channel") == 1);
}

TEST_CASE("two hosts: while one of them fails nothing is stale and nothing is lost") {
    struct Way {
        std::string how;
    };
    auto members = fleet<Way>({{"eof"}, {"rst"}, {"stall"}, {"away"}, {"UnknownChannel"}}, [](const Way&) {
        return Setup{.world = small_office(2),
                     .before = [](sim::World& world) { REQUIRE(world.command("settings", {{"ack_limit_ms", 1000}})); }};
    });
    for (auto& [way, h] : members) {
        CAPTURE(way.how);
        h->require_truth(5s);
        CHECK(within(
            3s, [&] { return h->report().channels.at(0).state == "up" && h->report().channels.at(1).state == "up"; }));
        make_calls(*h);
        h->require_truth(2s);
    }
    for (auto& [way, h] : members) {
        CAPTURE(way.how);
        if (way.how == "away") h->command("away", {{"seconds", 60}, {"host", 0}});
        h->command("kill_channel", {{"host", 0}, {"how", way.how == "away" ? std::string("rst") : way.how}});
        change_everything(*h);
    }
    for (auto& [way, h] : members) {
        CAPTURE(way.how);
        // A stalled server swallows events, which its successors show; they come again by the other one when their
        // time to be answered is over.
        bool doubted = false;
        CHECK(within(way.how == "stall" ? 5s : 2s, [&] {
            doubted |= way.how == "stall" ? h->all_stale() : !h->none_stale();
            return h->difference().empty();
        }));
        CHECK_FALSE(doubted);
        CHECK(h->requests("subscribe") == static_cast<std::int64_t>(h->ids().size() * 4)); // the set lived on
        CHECK(h->report().ready);
    }
}

TEST_CASE("two hosts: when both fail everything is stale at once, and right within 5 s of their return") {
    Harness h{Setup{.world = small_office(2)}};
    h.require_truth(5s);
    make_calls(h);
    h.require_truth(2s);
    h.command("away", {{"seconds", 2}});
    h.command("kill_channel", {{"how", "rst"}});
    CHECK(within(300ms, [&] { return h.all_stale(); }));
    change_everything(h);
    CHECK_FALSE(h.report().ready);
    h.require_truth(2s + 5s);
}
