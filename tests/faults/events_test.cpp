// What can go wrong with single events (xsi.md 6, 12.1, 12.8-12.11, 12.15, 12.20, 12.23-12.25): doubled, swapped, lost,
// unknown, unreadable, hostile. Everything is acknowledged, nothing is believed twice, and doubt is shown as doubt.
#include <algorithm>

#include "faults/fleet.hpp"

using namespace faults;

namespace {

struct Row {
    std::string kind;
    std::int64_t count;
    std::chrono::milliseconds right_within;
};

void require_alive(Harness& h, std::int64_t opens = 1) {
    CHECK(h.requests("channel") == opens);
    CHECK(h.channel_state() == "up");
    CHECK(h.counted("non_responsive") == 0);
}

} // namespace

TEST_CASE("12.1, 12.10: every event is acknowledged, whatever it is, and acks that fail are repeated") {
    Harness h{Setup{}};
    h.require_truth(5s);
    h.fault("unknown_event", {{"count", 20}});
    h.fault("duplicate", {{"count", 20}});
    h.fault("error", {{"on", "ack"}, {"status", 500}, {"count", 10}});
    h.fault("reset", {{"on", "ack"}, {"count", 3}});
    make_calls(h);
    change_everything(h);
    h.require_truth(3s);
    CHECK(within(3s, [&] { return h.command("state").at("unacknowledged").to_number<int>() == 0; }));
    require_alive(h);
    // An ack that the server calls nonsense is dropped, and the client goes on.
    h.command("raw",
              {{"bytes", R"(<xsi:Event xmlns:xsi="http://schema.broadsoft.com/xsi" )"
                         R"(xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance" xsi1:type="xsi:SubscriptionEvent">)"
                         R"(<xsi:eventID>nobody-knows-this</xsi:eventID></xsi:Event>)"}});
    CHECK(within(2s, [&] { return h.counted("unknown_acks") == 1; }));
    h.command("hangup", {{"user", "2002"}});
    h.require_truth(2s);
    require_alive(h);
}

TEST_CASE("12.1: acks that are never accepted end the channel, not the daemon, and it does not storm") {
    Harness h{Setup{.before = [](sim::World& world) { REQUIRE(world.command("settings", {{"ack_limit_ms", 1000}})); }}};
    h.require_truth(5s);
    h.fault("error", {{"on", "ack"}, {"status", 500}, {"forever", true}});
    make_calls(h);
    CHECK(within(5s, [&] { return h.counted("non_responsive") >= 1; }));
    within(4s, [&] { return false; }); // the trouble lasts
    CHECK(h.requests("channel") <= 6);
    change_everything(h);
    h.command("faults/clear");
    h.require_truth(5s);
}

TEST_CASE("slow acks pace what is asked for: the server's patience is not overrun") {
    Harness h{Setup{.world = small_office(1, 40), .before = [](sim::World& world) {
                        REQUIRE(world.command("settings", {{"ack_limit_ms", 6000}}));
                        REQUIRE(
                            world.command("fault", {{"kind", "slow"}, {"ms", 500}, {"on", "ack"}, {"forever", true}}));
                    }}};
    h.require_truth(20s); // some 190 first events at 32 acks a second
    make_calls(h);
    h.require_truth(2s);
    CHECK(within(20s,
                 [&] { return h.command("state", {{"detail", false}}).at("unacknowledged").to_number<int>() == 0; }));
    require_alive(h);
    CHECK(h.counted("ack_ms_max") < 4500); // about 2000; 6000 if all of them were asked for at once
}

TEST_CASE("12.11: doubled, swapped and unknown events change nothing that is not so") {
    for (const Row& row : {Row{"duplicate", 30, 2s}, Row{"reorder", 6, 3s}, Row{"unknown_event", 30, 2s},
                           Row{"no_target", 30, 2s}, Row{"latin1", 30, 2s}}) {
        CAPTURE(row.kind);
        Harness h{Setup{}};
        h.require_truth(5s);
        for (int i = 0; i < 3; ++i) {
            h.fault(row.kind, {{"count", row.count}});
            make_calls(h);
            h.require_truth(row.right_within);
            change_everything(h);
            h.require_truth(row.right_within);
            quiet(h);
            h.require_truth(row.right_within);
        }
        require_alive(h);
        auto counters = h.report().counters;
        if (row.kind == "duplicate") {
            CHECK(counters.duplicates >= 30);
            CHECK(h.requests("subscription_refresh") == 0); // known by their ids, they are no reason to ask
        }
        if (row.kind == "unknown_event") CHECK(counters.unknown >= 30);
        CHECK(counters.gaps == 0);
    }
}

TEST_CASE("a lost event is noticed by its successor: stale until a snapshot has come, then right") {
    for (std::string kind : {"lose", "hole"}) {
        CAPTURE(kind);
        Harness h{Setup{}};
        h.require_truth(5s);
        h.command("call", {{"from", "2000"}, {"to", "2001"}});
        h.command("answer", {{"user", "2001"}});
        h.require_truth(2s);
        h.fault("unavailable", {{"on", "subscription_refresh"}, {"count", 2}}); // the first attempts to mend it
        h.fault(kind, {{"count", 3}});
        h.command("hangup", {{"user", "2000"}});               // some of this is lost
        h.command("call", {{"from", "2000"}, {"to", "2001"}}); // this shows the hole
        CHECK(within(4s, [&] { return !h.none_stale(); }));
        h.require_truth(6s);
        auto counters = h.report().counters;
        CHECK(counters.gaps >= 1);
        CHECK(h.requests("subscription_refresh") >= 1);
        CHECK(h.requests("subscription_refresh") <= 12); // only those that had a hole
        require_alive(h);
    }
}

TEST_CASE("a lost service event, and the loss of the snapshot that was to mend it") {
    Harness h{Setup{}};
    h.require_truth(5s);
    h.fault("lose", {{"count", 1}});
    h.command("dnd", {{"user", "2003"}, {"active", true}});
    h.command("dnd", {{"user", "2003"}, {"active", false}});
    h.fault("lose", {{"count", 1}}); // the next one: the answer to our refresh
    CHECK(within(4s, [&] { return h.report().counters.gaps >= 1; }));
    CHECK(within(2s, [&] { return !h.none_stale(); }));
    h.require_truth(15s);
}

TEST_CASE("12.12: a lost first event is asked for again, even when others come in between") {
    Harness h{
        Setup{.before = [](sim::World& world) { REQUIRE(world.command("fault", {{"kind", "lose"}, {"count", 8}})); }}};
    CHECK(within(5s, [&] { return h.report().lines_known + 8 >= h.report().lines_total; }));
    make_calls(h);
    CHECK(h.lie(2s).empty());
    h.require_truth(15s);
    CHECK(h.report().ready);
    require_alive(h);
}

TEST_CASE("sequence numbers wrap, jump, and start anew without an event being lost") {
    Harness h{Setup{
        .before = [](sim::World& world) { REQUIRE(world.command("settings", {{"first_sequence", 2147483645}})); }}};
    h.require_truth(5s);
    make_calls(h);
    change_everything(h);
    h.require_truth(2s);
    quiet(h);
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    h.require_truth(2s);
    CHECK(h.report().counters.gaps == 0); // the wrap is no gap
    quiet(h);
    h.require_truth(2s);
    // A server that counts from elsewhere after a failover: the number lies behind, the event is new all the same.
    h.fault("near_wrap");
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    h.command("dnd", {{"user", "2007"}, {"active", true}});
    h.require_truth(4s);
    h.command("answer", {{"user", "2001"}});
    h.require_truth(4s);
    require_alive(h);

    Harness jump{Setup{}};
    jump.require_truth(5s);
    make_calls(jump);
    jump.require_truth(2s);
    jump.fault("near_wrap");
    change_everything(jump);
    jump.require_truth(4s);
    quiet(jump);
    make_calls(jump);
    jump.require_truth(4s);
}

TEST_CASE("12.15, 12.20: names in Latin-1 are read as such, and a hidden caller is still a call") {
    Harness h{Setup{}};
    h.require_truth(5s);
    h.fault("latin1", {{"count", 50}});
    h.command("incoming", {{"to", "2003"}, {"number", "+31201112222"}, {"name", "Jürgen Müller"}});
    h.require_truth(2s);
    auto names = [&] {
        return h.on_loop([&] {
            std::vector<std::string> all;
            h.lines().for_each_in_use([&](auto, const lamp::xsi::Ledger& ledger) {
                for (const auto& leg : ledger.legs())
                    all.push_back(leg.remote_name + "|" + leg.remote_number);
            });
            return all;
        });
    };
    REQUIRE(names().size() == 1);
    CHECK(names().front() == "Jürgen Müller|+31201112222");
    h.command("faults/clear");
    h.command("decline", {{"user", "2003"}});
    h.require_truth(2s);
    h.command("incoming", {{"to", "2004"}, {"number", ""}, {"privacy", true}});
    h.require_truth(2s);
    CHECK(h.line(h.command("state").at("calls").at(0).at("user").as_string().c_str()) == "ringing");
    CHECK(names() == std::vector<std::string>{"|"});
}

TEST_CASE("12.23: a platform whose clock is wrong by a day shows the same lamps, and our own times") {
    // Nothing in daemon/xsi decides by the wall clock: `grep wall_now daemon/xsi` finds what is shown (since, at) and
    // Retry-After dates only; all waits take `steady_now`. A jump of our own clock therefore has no way in.
    for (std::int64_t offset : {-86'400'000, 86'400'000}) {
        CAPTURE(offset);
        Harness h{Setup{
            .before = [&](sim::World& world) { REQUIRE(world.command("settings", {{"clock_offset_ms", offset}})); }}};
        h.require_truth(5s);
        make_calls(h);
        h.require_truth(2s);
        auto age =
            lamp::wall_now() - h.lamp(h.command("state").at("calls").at(0).at("user").as_string().c_str()).line().at;
        CHECK(age > -5s);
        CHECK(age < 20s);
        change_everything(h);
        h.require_truth(2s);
    }
}

TEST_CASE("12.24: a consultative transfer leaves the two who stay in a call") {
    Harness h{Setup{}};
    h.require_truth(5s);
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    h.command("answer", {{"user", "2001"}});
    h.command("transfer", {{"user", "2001"}, {"to", "2002"}, {"kind", "consult"}});
    h.require_truth(2s);
    h.command("answer", {{"user", "2002"}});
    h.require_truth(2s);
    h.command("transfer", {{"user", "2001"}, {"kind", "consult"}});
    h.require_truth(2s);
    // They talk to each other now, and not to the one who has left.
    CHECK(within(1s, [&] {
        auto state = h.command("state");
        const auto& calls = state.at("calls").as_array();
        return calls.size() == 2 && std::ranges::all_of(calls, [&](const auto& call) {
                   auto user = std::string(call.at("user").as_string());
                   auto remote = lamp::xsi::number_of(std::string_view(call.at("remote").as_string()));
                   return h.on_loop([&] {
                       auto legs = h.lines().ledger(*h.lines().find(user)).legs();
                       return legs.size() == 1 && legs.front().remote_number == remote;
                   });
               });
    }));
    h.command("hangup", {{"user", "2000"}});
    h.require_truth(2s);
}

TEST_CASE("12.25: a redirected call, which is told in a list of calls, does not stay on the lamp") {
    Harness h{Setup{
        .before = [](sim::World& world) { REQUIRE(world.command("settings", {{"redirected_on_forward", true}})); }}};
    h.require_truth(5s);
    h.command("forward", {{"user", "2001"}, {"kind", "always"}, {"active", true}, {"to", "2002"}});
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    h.require_truth(2s);
    h.command("transfer", {{"user", "2002"}, {"to", "2003"}}); // deflected before the answer
    h.require_truth(2s);
    h.command("answer", {{"user", "2003"}});
    h.require_truth(2s);
    h.command("voicemail", {{"user", "2003"}});
    h.require_truth(2s);
}

TEST_CASE("12.19: queues and hunt groups have lamps of their own and do not disturb the people's") {
    Harness h{Setup{.world = small_office(1, 20)}};
    h.require_truth(5s);
    h.command("incoming", {{"to", "1900"}, {"number", "+31201112222"}});
    h.require_truth(2s);
    h.command("incoming", {{"to", "1901"}, {"number", "+31201112223"}});
    h.require_truth(3s);
}
