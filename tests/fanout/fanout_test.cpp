// Hop 5: no mark is lost while others mark and drain, a sink is woken at most once between two drains, and whoever
// drains reads the latest state. The hammers are bounded by counts and made for ThreadSanitizer.
#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "fanout/fanout.hpp"

using namespace lamp;
using namespace lamp::fanout;
using lamp::presence::Slot;

namespace {

std::multiset<std::uint32_t> drained(auto& from) {
    std::multiset<std::uint32_t> slots;
    from.drain([&](std::uint32_t slot) { slots.insert(slot); });
    return slots;
}

} // namespace

TEST_CASE("a dirty set gives each marked slot once, whatever word and summary it lies in") {
    struct Row {
        std::size_t capacity;
        std::vector<std::uint32_t> marks;
        std::multiset<std::uint32_t> visited;
    };
    const Row rows[] = {
        {0, {}, {}},
        {1, {0}, {0}},
        {1, {0, 0, 0}, {0}},
        {64, {0, 63}, {0, 63}},
        {65, {64}, {64}},
        {4096, {4095, 0, 64, 63, 4095}, {0, 63, 64, 4095}},
        {4097, {4096, 4095}, {4095, 4096}}, // the second summary word
        {1 << 20, {(1 << 20) - 1, 524'288, 1}, {1, 524'288, (1 << 20) - 1}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.capacity);
        DirtySet set(row.capacity);
        for (auto slot : row.marks)
            set.mark(slot);
        CHECK(drained(set) == row.visited);
        CHECK(drained(set).empty());
        for (auto slot : row.marks) // and again: an emptied word announces itself anew
            set.mark(slot);
        CHECK(drained(set) == row.visited);
    }
}

TEST_CASE("a mark made while its own slot is being visited is kept for the next drain") {
    DirtySet set(200);
    set.mark(7);
    set.mark(130);
    std::vector<std::uint32_t> visited;
    set.drain([&](std::uint32_t slot) {
        visited.push_back(slot);
        set.mark(7);
    });
    CHECK(visited == std::vector<std::uint32_t>{7, 130});
    CHECK(drained(set) == std::multiset<std::uint32_t>{7});
}

TEST_CASE("a sink is woken once until it drains") {
    int woken = 0;
    Sink sink("sse", 100, [&] { ++woken; });
    CHECK(sink.name() == "sse");
    sink.mark(1);
    sink.mark(2);
    sink.mark(1);
    CHECK(woken == 1);
    CHECK(drained(sink) == std::multiset<std::uint32_t>{1, 2});
    CHECK(woken == 1);
    sink.mark(3);
    CHECK(woken == 2);
    sink.drain([&](Slot) { sink.mark(4); }); // while it drains: it must come again
    CHECK(woken == 3);
    CHECK(drained(sink) == std::multiset<std::uint32_t>{4});
}

TEST_CASE("every sink hears of every slot, each at its own pace") {
    Fanout fanout;
    int fast_woken = 0;
    int slow_woken = 0;
    Sink& fast = fanout.add("fast", 10, [&] { ++fast_woken; });
    Sink& slow = fanout.add("slow", 10, [&] { ++slow_woken; });
    for (Slot slot : {3U, 4U, 3U}) {
        fanout.publish(slot);
        drained(fast);
    }
    CHECK(fast_woken == 3);
    CHECK(slow_woken == 1); // the slow one coalesces by nature
    CHECK(drained(slow) == std::multiset<std::uint32_t>{3, 4});
}

TEST_CASE("hammer: with two writers the sink sees the last state of every slot, and sleeps in between") {
    constexpr Slot slots = 300;
    constexpr std::uint64_t rounds = 200;
    std::vector<std::atomic<std::uint64_t>> state(std::size_t{slots} * 2); // one per slot and writer, as cells are
    std::mutex mutex;
    std::condition_variable bell;
    bool awake = false;
    std::atomic<int> double_wakes{0};
    Sink sink("one", slots, [&] {
        std::lock_guard lock(mutex);
        if (std::exchange(awake, true)) ++double_wakes;
        bell.notify_one();
    });
    std::atomic<int> writing{2};
    std::vector<std::uint64_t> seen(std::size_t{slots} * 2);
    std::atomic<int> backwards{0};
    auto write = [&](std::size_t who) {
        for (std::uint64_t round = 1; round <= rounds; ++round)
            for (Slot slot = 0; slot < slots; ++slot) {
                state[slot * 2 + who].store(round, std::memory_order_release); // publishes first, then marks
                sink.mark(slot);
            }
        if (--writing == 0) { // nothing may be needed behind the last wake but this: the sink must not sleep on
            std::lock_guard lock(mutex);
            bell.notify_one();
        }
    };
    {
        std::jthread one([&] { write(0); });
        std::jthread two([&] { write(1); });
        std::jthread reader([&] {
            bool last = false;
            while (!last) {
                {
                    std::unique_lock lock(mutex);
                    bell.wait(lock, [&] { return awake || writing == 0; });
                    last = writing == 0 && !awake; // nobody marks any more, and no wake is due
                    awake = false;
                }
                if (last) break; // whoever marked without waking has lost its mark
                sink.drain([&](Slot slot) {
                    for (std::size_t who : {0U, 1U}) {
                        auto now = state[slot * 2 + who].load(std::memory_order_acquire);
                        if (now < seen[slot * 2 + who]) ++backwards;
                        seen[slot * 2 + who] = now;
                    }
                });
            }
        });
    }
    CHECK(double_wakes == 0);
    CHECK(backwards == 0);
    CHECK(std::ranges::all_of(seen, [](std::uint64_t value) { return value == rounds; }));
}
