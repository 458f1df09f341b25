// Clock jumps. Nothing in daemon/xsi decides by the wall clock: `grep -n wall_now daemon/xsi/*.cpp` shows `since`,
// `at`, `last_event`, `last_heartbeat` (shown to people) and `retry_after(wall_now())` (an HTTP date, capped by the
// machine). All that waits takes the steady clock as a value, which here jumps as a machine's does that slept.
#include "faults/harness.hpp"
#include "xsi/channel_machine.hpp"
#include "xsi/sequencer.hpp"

using namespace faults;
using lamp::xsi::ChannelMachine;

TEST_CASE("a machine that slept for hours does not trust its channel, and opens one, not many") {
    using Action = ChannelMachine::Action;
    ChannelMachine machine({.heartbeat = 15s, .expires_s = 3600, .seed = 1});
    lamp::Steady now{1000s};
    REQUIRE(machine.next(now) == Action::open);
    machine.on_channel("c1", 3600, now);
    machine.on_stream(now);
    for (auto slept : {3h, 500h}) {
        now += slept;
        CHECK(machine.next(now) == Action::abandon); // silence, whatever else is due too
        CHECK(machine.next(now) == Action::nothing);
        CHECK(machine.wake_at() <= now + 3s);
        now += 3s;
        CHECK(machine.next(now) == Action::open);
        CHECK(machine.next(now) == Action::nothing);
        machine.on_channel("c2", 3600, now);
        CHECK(machine.next(now) == Action::nothing); // no heartbeat for the hours that were missed
        CHECK(machine.next(now + 15s) == Action::heartbeat);
        CHECK(machine.next(now + 15s) == Action::nothing);
        machine.on_stream(now + 15s);
        machine.on_heartbeat_answer(true, false, now + 15s);
        now += 15s;
    }
}

TEST_CASE("a server that wishes us away for a day is asked again within minutes") {
    ChannelMachine machine({.heartbeat = 15s, .expires_s = 3600, .seed = 1});
    lamp::Steady now{1000s};
    REQUIRE(machine.next(now) == ChannelMachine::Action::open);
    machine.on_end(ChannelMachine::End::refused, now, 24h);
    CHECK(machine.wake_at() <= now + 6min);
}

TEST_CASE("a hole that is older than its wait is a gap after any sleep, and time that stands still is none") {
    lamp::xsi::Sequencer sequencer;
    std::uint32_t expected = 5;
    lamp::Steady now{1000s};
    CHECK(sequencer.offer(1, expected, 7, "seven", now) == lamp::xsi::Sequencer::Verdict::held);
    CHECK(sequencer.take_gaps(now).empty());
    auto gaps = sequencer.take_gaps(now + 100h);
    REQUIRE(gaps.size() == 1);
    CHECK(gaps.front().next == 8);
    CHECK(sequencer.take_gaps(now + 200h).empty());
}
