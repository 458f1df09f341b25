// The machine that decides whom to ask when: rounds, pace, trouble, refusals.
#include "adapters/goto_meeting/rounds.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <set>

namespace {

using namespace lamp::goto_meeting;
using namespace std::chrono_literals;
using lamp::milliseconds;
using lamp::Steady;
using What = Rounds::Ask::What;
using Trouble = Rounds::Trouble;

const Steady start = Steady() + 1h;

std::vector<Seat> keys(unsigned count, bool owner = false) {
    std::vector<Seat> seats;
    if (owner) seats.push_back({0, "admin@example.net", true});
    for (unsigned i = 0; i < count; ++i)
        seats.push_back({i + 1, std::to_string(1000 + i), false});
    return seats;
}

/// Plays GoTo: answers each ask after `latency` as `answer` says.
struct Play {
    Rounds rounds;
    Steady now = start;
    milliseconds latency{50};
    std::function<void(Rounds&, const Rounds::Ask&, Steady)> answer = [](Rounds& r, const Rounds::Ask& a, Steady at) {
        r.answered(a, at);
    };
    std::multimap<Steady, Rounds::Ask> flying{};
    std::vector<std::pair<Steady, Rounds::Ask>> asked{};
    unsigned most = 0;

    void run_until(Steady end) {
        while (true) {
            while (auto ask = rounds.next(now)) {
                asked.emplace_back(now, *ask);
                flying.emplace(now + latency, *ask);
                most = std::max(most, rounds.under_way());
            }
            auto due = rounds.due(now);
            if (!flying.empty()) due = std::min(due, flying.begin()->first);
            REQUIRE(due > now - 1ms);
            if (due >= end) break;
            now = std::max(due, now);
            if (!flying.empty() && flying.begin()->first <= now) {
                auto ask = flying.begin()->second;
                flying.erase(flying.begin());
                answer(rounds, ask, now);
            }
        }
        now = end;
    }
    void run(milliseconds time) { run_until(now + time); }
    [[nodiscard]] std::size_t asked_of(std::size_t seat) const {
        return static_cast<std::size_t>(
            std::ranges::count(asked, seat, [](const auto& one) { return one.second.seat; }));
    }
};

} // namespace

TEST_CASE("everybody once a round, the first one at once, the later ones spread") {
    Play play{Rounds(60s, 1200, 1)};
    play.rounds.use(keys(100));
    play.run(59s);
    CHECK(play.asked.size() == 100);
    CHECK(play.asked.back().first - start < 10s); // 20 a second
    CHECK(play.rounds.rounds() == 1);
    play.asked.clear();
    play.run(60s);
    CHECK(play.asked.size() == 100);
    CHECK(play.asked.back().first - play.asked.front().first > 50s);
    for (std::size_t seat = 0; seat < 100; ++seat)
        CHECK(play.asked_of(seat) == 1);
    CHECK(play.rounds.round() == 60s);
}

TEST_CASE("a thousand organisers fit into a minute, within the pace and four at a time") {
    Play play{Rounds(60s, 1200, 1)};
    play.latency = 150ms;
    play.rounds.use(keys(1000));
    play.run(60s);
    CHECK(play.rounds.rounds() == 1);
    CHECK(play.rounds.round_took() < 55s);
    CHECK(play.most <= Rounds::parallel);
    play.asked.clear();
    play.run(60s);
    CHECK(play.asked.size() >= 990);
    CHECK(play.rounds.round() == 60s);
    // Never more than the pace in any second.
    for (std::size_t i = 21; i < play.asked.size(); ++i)
        CHECK(play.asked[i].first - play.asked[i - 21].first >= 1s);
}

TEST_CASE("a round that takes longer than poll is told") {
    Play play{Rounds(10s, 600, 1)};
    play.rounds.use(keys(500));
    CHECK(play.rounds.round() == 50s); // before anything was asked
    play.run(120s);
    CHECK(play.rounds.rounds() >= 2);
    CHECK(play.rounds.round() >= 50s);
    Play slow{Rounds(10s, 1200, 1)};
    slow.latency = 2s;
    slow.rounds.use(keys(100));
    slow.run(120s);
    CHECK(slow.rounds.round() >= 49s); // four at a time
}

TEST_CASE("who is named by an address has the key looked up once, then is asked by it") {
    Play play{Rounds(10s, 1200, 1)};
    play.rounds.use({{1, "bob@example.net", false}, {2, "77", false}, {0, "admin@example.net", true}});
    play.answer = [](Rounds& r, const Rounds::Ask& ask, Steady at) {
        if (ask.what == What::key)
            r.found_key(ask, "42", at);
        else
            r.answered(ask, at);
    };
    play.run(9s);
    std::vector<std::string> seen;
    for (const auto& [at, ask] : play.asked)
        seen.push_back((ask.what == What::key ? "key of " : "meetings of ") + std::to_string(ask.seat) + ":" + ask.key);
    CHECK(seen == std::vector<std::string>{"key of 0:", "meetings of 1:77", "meetings of 2:", "meetings of 0:42"});
    play.asked.clear();
    play.run(10s);
    CHECK(play.asked.size() == 3);
    CHECK(play.asked[0].second.key == "42");
    // It is known still when others come.
    play.rounds.use({{3, "88", false}, {1, "bob@example.net", false}});
    play.asked.clear();
    play.run(5s);
    REQUIRE(play.asked.size() == 2);
    CHECK(play.asked[1].second.key == "42");
}

TEST_CASE("answers of before the people changed are nobody's") {
    Rounds rounds(10s, 60'000, 1);
    rounds.use(keys(2));
    auto ask = rounds.next(start);
    REQUIRE(ask);
    rounds.use(keys(3));
    CHECK(rounds.seat(*ask) == nullptr);
    rounds.answered(*ask, start);
    CHECK(rounds.under_way() == 0);
    rounds.failed(*ask, Trouble::outage, 60s, start);
    CHECK(rounds.next(start + 1s).has_value());
    // The same people are no change.
    auto second = rounds.next(start + 2s);
    REQUIRE(second);
    rounds.use(keys(3));
    CHECK(rounds.seat(*second) != nullptr);
}

TEST_CASE("a service that is away is asked seldom, and the round goes on when it is back") {
    Play play{Rounds(10s, 1200, 1)};
    play.rounds.use(keys(20));
    bool away = true;
    play.answer = [&](Rounds& r, const Rounds::Ask& ask, Steady at) {
        away ? r.failed(ask, Trouble::outage, 0ms, at) : r.answered(ask, at);
    };
    play.run(10min);
    CHECK(play.asked.size() < 40);
    away = false;
    play.asked.clear();
    auto before = play.rounds.rounds();
    while (play.rounds.rounds() == before)
        play.run(100ms);
    CHECK(play.rounds.round() < 60s); // ten minutes of outage make nobody wait longer
    play.run(2min);
    std::set<std::size_t> seats;
    for (const auto& [at, ask] : play.asked)
        seats.insert(ask.seat);
    CHECK(seats.size() == 20);
}

TEST_CASE("one organiser whom the service fails holds nobody up") {
    Play play{Rounds(10s, 1200, 1)};
    play.rounds.use(keys(10));
    play.answer = [](Rounds& r, const Rounds::Ask& ask, Steady at) {
        ask.seat == 3 ? r.failed(ask, Trouble::outage, 0ms, at) : r.answered(ask, at);
    };
    play.run(100s);
    CHECK(play.rounds.rounds() >= 8);
    CHECK(play.asked_of(4) >= 8);
    CHECK(play.asked_of(3) <= 2 * play.asked_of(4) + 2);
}

TEST_CASE("silence that is asked for is kept, and the pace is halved until a round goes without") {
    Play play{Rounds(10s, 1200, 1)};
    play.rounds.use(keys(5));
    bool once = true;
    play.answer = [&](Rounds& r, const Rounds::Ask& ask, Steady at) {
        if (std::exchange(once, false))
            r.failed(ask, Trouble::throttled, 30s, at);
        else
            r.answered(ask, at);
    };
    play.run(29s);
    CHECK(play.asked.size() <= Rounds::parallel);
    CHECK(play.rounds.per_minute() == 600);
    play.run(20s);
    CHECK(play.asked_of(0) >= 2); // the one who was refused, too
    play.run(120s);
    CHECK(play.rounds.per_minute() == 1200);
}

TEST_CASE("a date of a clock that is wrong does not make us mute for a day") {
    Rounds rounds(10s, 1200, 1);
    rounds.use(keys(1));
    auto ask = rounds.next(start);
    REQUIRE(ask);
    rounds.failed(*ask, Trouble::throttled, 24h, start);
    CHECK(rounds.due(start) <= start + Rounds::silence_longest);
    CHECK(rounds.next(start + Rounds::silence_longest).has_value());
}

TEST_CASE("whom nobody knows is left out, ever longer, and looked up anew") {
    Play play{Rounds(10s, 1200, 1)};
    play.rounds.use({{1, "bob@example.net", false}, {2, "77", false}});
    play.answer = [](Rounds& r, const Rounds::Ask& ask, Steady at) {
        ask.seat == 0 ? r.not_there(ask, at) : r.answered(ask, at);
    };
    play.run(1h);
    CHECK(play.asked_of(0) >= 3);
    CHECK(play.asked_of(0) <= 5);
    CHECK(play.rounds.left_out(0));
    CHECK(!play.rounds.left_out(1));
    play.answer = [](Rounds& r, const Rounds::Ask& ask, Steady at) {
        ask.what == What::key ? r.found_key(ask, "42", at) : r.answered(ask, at);
    };
    play.run(2h);
    CHECK(!play.rounds.left_out(0));
}

TEST_CASE("who is no administrator: the owner's meetings go on, others are tried one at a time") {
    Play play{Rounds(10s, 1200, 1)};
    play.rounds.use(keys(50, true));
    bool refused = true;
    play.answer = [&](Rounds& r, const Rounds::Ask& ask, Steady at) {
        refused&& ask.seat != 0 ? r.forbidden(ask, at) : r.answered(ask, at);
    };
    play.run(10s);
    CHECK(play.rounds.others_refused());
    CHECK(play.asked.size() <= 1 + 3 + Rounds::parallel);
    play.asked.clear();
    play.run(10min);
    CHECK(play.asked_of(0) >= 58);
    auto tries = play.asked.size() - play.asked_of(0);
    CHECK(tries >= 3);
    CHECK(tries <= 12);
    std::set<std::size_t> tried;
    for (const auto& [at, ask] : play.asked)
        if (ask.seat != 0) tried.insert(ask.seat);
    CHECK(tried.size() == tries); // each time another one
    refused = false;
    play.asked.clear();
    play.run(32min);
    CHECK(!play.rounds.others_refused());
    for (std::size_t seat = 1; seat <= 50; ++seat)
        CHECK(play.asked_of(seat) >= 1);
}

TEST_CASE("one organiser of another account who is refused is left out alone") {
    Play play{Rounds(10s, 1200, 1)};
    play.rounds.use(keys(10, true));
    play.answer = [](Rounds& r, const Rounds::Ask& ask, Steady at) {
        ask.seat == 1 || ask.seat == 2 ? r.forbidden(ask, at) : r.answered(ask, at);
    };
    play.run(2min);
    CHECK(!play.rounds.others_refused());
    CHECK(play.asked_of(1) == 1);
    CHECK(play.asked_of(3) >= 11);
}

TEST_CASE("nobody to ask: nothing is due") {
    Rounds rounds(10s, 1200, 1);
    CHECK(!rounds.next(start));
    CHECK(rounds.due(start) == Steady::max());
    rounds.use(keys(1));
    CHECK(rounds.next(start).has_value());
    rounds.use({});
    CHECK(rounds.due(start) == Steady::max());
}
