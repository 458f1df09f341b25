// What waits to be told: order, repetition, limits (crm-directory.md A.8).
#include <doctest/doctest.h>

#include "adapters/zoho/outgoing.hpp"
#include "adapters/zoho/token_gate.hpp"

using namespace lamp::zoho;
using lamp::Steady;
using lamp::Wall;
using namespace std::chrono_literals;

namespace {

struct Bench {
    Outgoing outgoing;
    Steady now{1h};
    Wall wall{1'000'000s};
    std::int64_t serial = 0;

    std::int64_t add(const char* call, State state) {
        Notice notice;
        notice.id = call;
        notice.state = state;
        outgoing.add({++serial, notice, wall, 0}, now, wall);
        return serial;
    }
    std::int64_t next() {
        auto kept = outgoing.next(now, wall);
        return kept ? kept->id : 0;
    }
    void pass(std::chrono::milliseconds time) {
        now += time;
        wall += time;
    }
};

} // namespace

TEST_CASE("the states of one call go in order, those of others beside it, four at a time") {
    Bench bench;
    auto a1 = bench.add("a", State::ringing);
    auto a2 = bench.add("a", State::answered);
    auto b = bench.add("b", State::ringing);
    CHECK(bench.next() == a1);
    CHECK(bench.next() == b);
    CHECK(bench.next() == 0);
    bench.outgoing.done(a1);
    CHECK(bench.next() == a2);
    for (const char* call : {"c", "d", "e", "f"})
        bench.add(call, State::ringing);
    CHECK(bench.next() != 0);
    CHECK(bench.next() != 0);
    CHECK(bench.outgoing.under_way() == Outgoing::parallel);
    CHECK(bench.next() == 0);
}

TEST_CASE("a ringing that is over is not told, unless it is on its way") {
    Bench bench;
    bench.add("a", State::ringing);
    auto end = bench.add("a", State::missed);
    CHECK(bench.next() == end);
    CHECK(bench.outgoing.take_gone().size() == 1);
    auto ring = bench.add("b", State::ringing);
    CHECK(bench.next() == ring);
    auto over = bench.add("b", State::missed);
    CHECK(bench.next() == 0);
    CHECK(!bench.outgoing.failed(ring, 0ms, bench.now, bench.wall)); // over by now: not tried again
    CHECK(bench.next() == over);
    CHECK(bench.outgoing.dropped(Outgoing::Dropped::over) == 2);
}

TEST_CASE("six attempts within ten minutes, ever more slowly, then it is given up") {
    Bench bench;
    auto id = bench.add("a", State::answered);
    auto begun = bench.now;
    int attempts = 0;
    while (bench.outgoing.waiting() > 0) {
        REQUIRE(bench.next() == id);
        ++attempts;
        CHECK(bench.next() == 0);
        if (!bench.outgoing.failed(id, 0ms, bench.now, bench.wall)) break;
        auto due = bench.outgoing.due();
        CHECK(due > bench.now);
        bench.pass(std::chrono::ceil<std::chrono::milliseconds>(due - bench.now));
    }
    CHECK(attempts == Outgoing::attempts_max);
    CHECK(bench.now - begun < Outgoing::life);
    CHECK(bench.outgoing.dropped(Outgoing::Dropped::tried) == 1);
    CHECK(bench.outgoing.waiting() == 0);
}

TEST_CASE("what waited for longer than ten minutes is old; a peer's Retry-After is kept") {
    Bench bench;
    bench.add("a", State::ended);
    bench.pass(Outgoing::life + 1ms);
    CHECK(bench.next() == 0);
    CHECK(bench.outgoing.dropped(Outgoing::Dropped::old) == 1);
    auto id = bench.add("b", State::ended);
    REQUIRE(bench.next() == id);
    CHECK(bench.outgoing.failed(id, 90s, bench.now, bench.wall));
    CHECK(bench.outgoing.due() == bench.now + 90s);
    bench.outgoing.hold_until(bench.now + 200s);
    CHECK(bench.outgoing.due() == bench.now + 200s);
    bench.outgoing.release();
    bench.pass(90s);
    CHECK(bench.next() == id);
}

TEST_CASE("another state in its place goes at once and does not count as an attempt") {
    Bench bench;
    auto id = bench.add("a", State::missed);
    REQUIRE(bench.next() == id);
    Notice instead;
    instead.id = "a";
    instead.state = State::ended;
    bench.outgoing.replace(id, instead, bench.now);
    auto again = bench.outgoing.next(bench.now, bench.wall);
    REQUIRE(again);
    CHECK(again->notice.state == State::ended);
    CHECK(again->attempts == 1);
}

TEST_CASE("the queue has a limit") {
    Bench bench;
    for (std::size_t i = 0; i < Outgoing::waiting_max; ++i)
        bench.add("a", State::answered);
    CHECK(bench.outgoing.take_gone().empty());
    auto id = bench.add("a", State::ended);
    CHECK(bench.outgoing.dropped(Outgoing::Dropped::full) == 1);
    CHECK(bench.outgoing.take_gone() == std::vector<std::int64_t>{id});
}

TEST_CASE("the gate of tokens stays below Zoho's limit, over restarts, and survives a clock that is set back") {
    Wall now(2'000'000s);
    TokenGate gate;
    for (std::size_t i = 0; i < TokenGate::most; ++i) {
        CHECK(gate.open(now));
        gate.note(now);
        now += 1s;
    }
    CHECK(!gate.open(now));
    TokenGate later;
    later.load(gate.text());
    CHECK(!later.open(now));
    CHECK(later.opens(now) == Wall(2'000'000s) + TokenGate::window);
    CHECK(later.open(later.opens(now)));
    CHECK(gate.open(now - 1h));
}
