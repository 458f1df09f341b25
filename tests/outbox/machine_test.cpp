// The queue of one receiver, stepped by hand: order, back-off, what becomes of a letter.
#include "outbox/queue_machine.hpp"

#include <doctest/doctest.h>

#include "events.hpp"

using namespace testing;
using namespace lamp::outbox;
using Fate = QueueMachine::Fate;
using Kind = Verdict::Kind;

namespace {

const Steady start{10h};
const Verdict good{Kind::delivered};
const Verdict later{Kind::retry, std::nullopt, "It was silent."};

Letter letter(unsigned attempts, milliseconds age) {
    return {.id = 1, .webhook = "crm", .key = "k", .event = "call.ringing", .made = noon - age, .attempts = attempts};
}

} // namespace

TEST_CASE("what becomes of a letter") {
    struct Row {
        Verdict verdict;
        unsigned attempts;
        milliseconds age;
        Fate fate;
    };
    const Row rows[] = {
        {good, 1, 0s, Fate::remove},
        {good, 9, 48h, Fate::remove},
        {later, 1, 0s, Fate::keep},
        {later, 99, 24h - 1ms, Fate::keep},
        {later, 3, 24h, Fate::bury},
        {later, 1, 48h, Fate::keep}, // it stood behind another one all the time
        {later, 2, 48h, Fate::keep},
        {later, 3, 48h, Fate::bury},
        {{Kind::refused, {}, "404"}, 1, 0s, Fate::bury},
        {{Kind::gone, {}, "410"}, 1, 0s, Fate::disable},
    };
    for (const Row& row : rows) {
        CAPTURE(row.attempts);
        CAPTURE(row.age.count());
        QueueMachine machine(24h, 20, 1);
        CHECK(machine.settle(row.verdict, letter(row.attempts, row.age), noon, start) == row.fate);
    }
}

TEST_CASE("pauses double up to five minutes, each shortened by a quarter at most, and end with a success") {
    QueueMachine machine(24h, 1000, 7);
    auto now = start;
    REQUIRE(machine.wait(now) == 0ms);
    milliseconds wanted = 1s;
    for (int i = 0; i < 12; ++i) {
        CHECK(machine.settle(later, letter(1, 0s), noon, now) == Fate::keep);
        CHECK(machine.failing());
        auto pause = machine.wait(now);
        CHECK(pause <= wanted);
        CHECK(pause >= wanted * 3 / 4);
        CHECK(machine.next_attempt() == now + pause);
        CHECK(machine.wait(now + pause - 1ms) == 1ms);
        now += pause;
        REQUIRE(machine.wait(now) == 0ms);
        wanted = std::min<milliseconds>(wanted * 2, 5min);
    }
    CHECK(machine.settle(good, letter(1, 0s), noon, now) == Fate::remove);
    CHECK_FALSE(machine.failing());
    CHECK_FALSE(machine.next_attempt());
    CHECK(machine.wait(now) == 0ms);
    CHECK(machine.settle(later, letter(1, 0s), noon, now) == Fate::keep);
    CHECK(machine.wait(now) <= 1s);
}

TEST_CASE("Retry-After is kept, where it is longer") {
    QueueMachine machine(24h, 20, 1);
    auto busy = later;
    busy.after = 40s;
    static_cast<void>(machine.settle(busy, letter(1, 0s), noon, start));
    CHECK(machine.wait(start) == 40s);
    busy.after = 1ms;
    static_cast<void>(machine.settle(busy, letter(2, 0s), noon, start + 40s));
    CHECK(machine.wait(start + 40s) >= 1500ms);
}

TEST_CASE("the one behind a letter that is given up starts anew") {
    QueueMachine machine(24h, 20, 1);
    for (int i = 0; i < 9; ++i)
        static_cast<void>(machine.settle(later, letter(1, 0s), noon, start));
    CHECK(machine.wait(start) > 3min);
    CHECK(machine.settle(later, letter(10, 24h), noon, start) == Fate::bury);
    CHECK(machine.wait(start) <= 1s);
    CHECK(machine.wait(start) >= 750ms); // and yet nobody is hammered
}

TEST_CASE("catching up is paced") {
    QueueMachine machine(24h, 10, 1);
    unsigned sent = 0;
    for (auto now = start; now < start + 10s; now += 1ms) {
        if (machine.wait(now) > 0ms) continue;
        ++sent;
        static_cast<void>(machine.settle(good, letter(1, 0s), noon, now));
    }
    CHECK(sent >= 105);
    CHECK(sent <= 111); // ten at once, then ten a second
}

TEST_CASE("hurry ends a pause") {
    QueueMachine machine(24h, 20, 1);
    static_cast<void>(machine.settle(later, letter(1, 0s), noon, start));
    CHECK(machine.wait(start) > 0ms);
    machine.hurry();
    CHECK(machine.wait(start) == 0ms);
}
