// Order by sequence number (xsi.md 6.4, 12.11): tables of arrivals and what becomes of each.
#include <doctest/doctest.h>

#include "base/limits.hpp"
#include "xsi/sequencer.hpp"

using namespace lamp;
using namespace lamp::xsi;

namespace {

using V = Sequencer::Verdict;
const Steady start{std::chrono::hours(1)};

struct Arrival {
    std::uint32_t sequence;
    V verdict;
    std::string_view then = ""; // what is ready behind it, as "3 4"
};

/// Offers in order to one subscription; returns what `expected` is in the end.
std::uint32_t play(Sequencer& sequencer, std::uint32_t expected, const std::vector<Arrival>& arrivals,
                   std::uint32_t subscription = 7) {
    for (const Arrival& arrival : arrivals) {
        CAPTURE(arrival.sequence);
        auto verdict =
            sequencer.offer(subscription, expected, arrival.sequence, std::to_string(arrival.sequence), start);
        CHECK(static_cast<int>(verdict) == static_cast<int>(arrival.verdict));
        std::string ready;
        for (auto one = sequencer.take_ready(subscription, expected); !one.empty();
             one = sequencer.take_ready(subscription, expected))
            ready += (ready.empty() ? "" : " ") + one;
        CHECK(ready == arrival.then);
    }
    return expected;
}

} // namespace

TEST_CASE("arrivals and deliveries") {
    struct Row {
        std::string_view what;
        std::uint32_t expected;
        std::vector<Arrival> arrivals;
        std::uint32_t expected_after;
        std::size_t holding;
    };
    constexpr auto last = sequence_max;
    const Row rows[] = {
        {"in order", 0, {{1, V::deliver}, {2, V::deliver}, {3, V::deliver}}, 4, 0},
        {"two swapped", 1, {{2, V::held}, {1, V::deliver, "2"}, {3, V::deliver}}, 4, 0},
        {"three turned round", 1, {{3, V::held}, {2, V::held}, {1, V::deliver, "2 3"}}, 4, 0},
        {"a hole that fills late", 5, {{7, V::held}, {8, V::held}, {6, V::held}, {5, V::deliver, "6 7 8"}}, 9, 0},
        {"two holes",
         1,
         {{3, V::held}, {5, V::held}, {1, V::deliver}, {2, V::deliver, "3"}, {4, V::deliver, "5"}},
         6,
         0},
        {"a double (12.11)", 3, {{3, V::deliver}, {3, V::duplicate}, {2, V::duplicate}, {4, V::deliver}}, 5, 0},
        {"a double of one that waits",
         1,
         {{3, V::held}, {3, V::duplicate}, {1, V::deliver}, {2, V::deliver, "3"}, {3, V::duplicate}},
         4,
         0},
        {"over the wrap",
         last - 1,
         {{last - 1, V::deliver}, {last, V::deliver}, {1, V::deliver}, {2, V::deliver}},
         3,
         0},
        {"swapped over the wrap", last, {{1, V::held}, {2, V::held}, {last, V::deliver, "1 2"}}, 3, 0},
        {"a double over the wrap", 2, {{last, V::duplicate}, {1, V::duplicate}, {2, V::deliver}}, 3, 0},
        {"no numbers at all", 0, {{0, V::deliver}, {0, V::deliver}}, 0, 0},
        {"no number once", 4, {{0, V::deliver}, {4, V::deliver}}, 5, 0},
        {"the second event overtakes the initial one", 0, {{2, V::held}, {1, V::deliver, "2"}, {3, V::deliver}}, 4, 0},
        {"joined late: the first number is taken as it comes", 0, {{4711, V::deliver}, {4712, V::deliver}}, 4713, 0},
        {"joined at the wrap", 0, {{last, V::deliver}, {1, V::deliver}}, 2, 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Sequencer sequencer;
        CHECK(play(sequencer, row.expected, row.arrivals) == row.expected_after);
        CHECK(sequencer.holding() == row.holding);
        CHECK(sequencer.take_gaps(start + std::chrono::hours(1)).empty());
    }
}

TEST_CASE("numbers and distances wrap at 2147483647") {
    CHECK(after(1) == 2);
    CHECK(after(sequence_max) == 1);
    CHECK(distance(5, 5) == 0);
    CHECK(distance(5, 8) == 3);
    CHECK(distance(8, 5) == -3);
    CHECK(distance(sequence_max, 1) == 1);
    CHECK(distance(1, sequence_max) == -1);
    CHECK(distance(sequence_max - 2, 3) == 5);
}

TEST_CASE("a hole is a gap after two seconds, not before; what waited is given in order") {
    Sequencer sequencer;
    std::uint32_t expected = 5;
    CHECK(sequencer.offer(7, expected, 9, "nine", start) == V::held);
    CHECK(sequencer.offer(7, expected, 7, "seven", start + milliseconds(500)) == V::held);
    CHECK(sequencer.offer(7, expected, 8, "eight", start + milliseconds(1900)) == V::held);
    CHECK(sequencer.take_gaps(start + milliseconds(1999)).empty());
    auto gaps = sequencer.take_gaps(start + milliseconds(2000));
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].subscription == 7);
    CHECK(gaps[0].documents == std::vector<std::string>{"seven", "eight", "nine"});
    CHECK(gaps[0].next == 10);
    CHECK(sequencer.holding() == 0);
    expected = gaps[0].next;
    CHECK(sequencer.offer(7, expected, 6, "late", start + seconds(3)) == V::duplicate); // too late, and harmless
    CHECK(sequencer.offer(7, expected, 10, "ten", start + seconds(3)) == V::deliver);
}

TEST_CASE("a gap over the wrap is given in order") {
    Sequencer sequencer;
    std::uint32_t expected = sequence_max - 1;
    CHECK(sequencer.offer(7, expected, 2, "2", start) == V::held);
    CHECK(sequencer.offer(7, expected, sequence_max, "max", start) == V::held);
    CHECK(sequencer.offer(7, expected, 1, "1", start) == V::held);
    auto gaps = sequencer.take_gaps(start + seconds(2));
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].documents == std::vector<std::string>{"max", "1", "2"});
    CHECK(gaps[0].next == 3);
}

TEST_CASE("subscriptions do not wait for each other") {
    Sequencer sequencer;
    std::uint32_t one = 1;
    std::uint32_t two = 1;
    CHECK(sequencer.offer(1, one, 2, "1:2", start) == V::held);
    CHECK(sequencer.offer(2, two, 1, "2:1", start) == V::deliver);
    CHECK(sequencer.offer(2, two, 3, "2:3", start + seconds(1)) == V::held);
    CHECK(sequencer.take_ready(2, two).empty());
    auto gaps = sequencer.take_gaps(start + seconds(2));
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].subscription == 1);
    CHECK(sequencer.holding() == 1);
    sequencer.forget(2);
    CHECK(sequencer.holding() == 0);
    CHECK(sequencer.take_gaps(start + seconds(9)).empty());
}

TEST_CASE("the window is bounded: when it is full, everything held becomes a gap at once") {
    Sequencer sequencer;
    std::vector<std::uint32_t> expected(1000, 1);
    std::size_t offered = 0;
    auto verdict = V::held;
    for (; verdict == V::held && offered < 1000; ++offered)
        verdict = sequencer.offer(static_cast<std::uint32_t>(offered), expected[offered], 2, "two", start);
    CHECK(verdict == V::overflow);
    CHECK(offered == limits::xsi_reorder_events);
    auto gaps = sequencer.take_gaps(start); // no waiting
    CHECK(gaps.size() == limits::xsi_reorder_events);
    CHECK(sequencer.holding() == 0);
    CHECK(sequencer.take_gaps(start + seconds(9)).empty());
}

TEST_CASE("whatever the order within the window, everything is delivered once and in order") {
    std::uint32_t random = 4711;
    for (int round = 0; round < 300; ++round) {
        std::vector<std::uint32_t> numbers;
        std::uint32_t first = round % 2 == 0 ? 1 : sequence_max - 10;
        for (std::uint32_t i = 0, number = first; i < 30; ++i, number = after(number)) {
            numbers.push_back(number);
            if (i % 7 == 0) numbers.push_back(number); // doubles
        }
        for (std::size_t i = numbers.size() - 1; i > 0; --i) {
            random = random * 1664525U + 1013904223U;
            std::swap(numbers[i], numbers[(random >> 8) % (i + 1)]);
        }
        Sequencer sequencer;
        std::uint32_t expected = first;
        std::vector<std::uint32_t> delivered;
        for (auto number : numbers) {
            if (sequencer.offer(1, expected, number, std::to_string(number), start) == V::deliver)
                delivered.push_back(number);
            for (auto one = sequencer.take_ready(1, expected); !one.empty(); one = sequencer.take_ready(1, expected))
                delivered.push_back(static_cast<std::uint32_t>(std::stoul(one)));
        }
        REQUIRE(delivered.size() == 30);
        for (std::size_t i = 1; i < delivered.size(); ++i)
            REQUIRE(delivered[i] == after(delivered[i - 1]));
        REQUIRE(sequencer.holding() == 0);
    }
}
