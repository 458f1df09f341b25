// One channel, stepped by hand through everything that xsi.md 4.5 and 12 say may happen to it. No sockets, no clock.
#include <array>
#include <doctest/doctest.h>

#include "xsi/channel_machine.hpp"

using namespace lamp;
using namespace lamp::xsi;

namespace {

using Machine = ChannelMachine;
using Action = Machine::Action;
using State = Machine::State;
using End = Machine::End;

const Steady start{std::chrono::hours(1)};

Steady at(double s) {
    return start + milliseconds(static_cast<long>(s * 1000));
}

Machine fresh(milliseconds heartbeat = seconds(15)) {
    Machine::Timing timing;
    timing.heartbeat = heartbeat;
    timing.seed = 5;
    return Machine(timing);
}

/// Open at `start`, the Channel document at once.
Machine up(long expires_s = 86'400, milliseconds heartbeat = seconds(15)) {
    auto machine = fresh(heartbeat);
    REQUIRE(machine.next(start) == Action::open);
    machine.on_channel("c1", expires_s, start);
    REQUIRE(machine.up());
    return machine;
}

/// The first action from `now` on and when it comes, as a loop that sleeps until wake_at() would see it.
struct Due {
    Action action;
    double after_s;
};
Due due(Machine& machine, Steady now) {
    const auto began = now;
    for (int i = 0; i < 1000; ++i) {
        auto action = machine.next(now);
        if (action != Action::nothing) return {action, std::chrono::duration<double>(now - began).count()};
        auto wake = machine.wake_at();
        if (wake == Steady::max() || wake - began > std::chrono::hours(100)) break;
        now = std::max(wake, now + milliseconds(1));
    }
    return {Action::nothing, 1e9};
}

/// Answers everything that is asked until `until`; the stream breathes or not.
std::vector<std::pair<Action, double>> run(Machine& machine, double from_s, double until_s, bool breathing,
                                           bool answering = true) {
    std::vector<std::pair<Action, double>> actions;
    for (auto now = at(from_s); now < at(until_s);) {
        auto action = machine.next(now);
        if (action == Action::nothing) {
            now = std::max(std::min(machine.wake_at(), at(until_s)), now + milliseconds(1));
            continue;
        }
        actions.emplace_back(action, std::chrono::duration<double>(now - start).count());
        if (action == Action::heartbeat && answering) {
            machine.on_heartbeat_answer(true, false, now + milliseconds(20));
            if (breathing) machine.on_stream(now + milliseconds(30));
        }
        if (action == Action::refresh && answering) machine.on_refresh_answer(true, false, std::nullopt, now);
        if (action == Action::abandon) break;
    }
    return actions;
}

} // namespace

TEST_CASE("opens at once, waits 30 s for the Channel document, then drops the connection and tries again (12.3)") {
    auto machine = fresh();
    CHECK(machine.state() == State::waiting);
    CHECK(machine.next(start) == Action::open);
    CHECK(machine.next(start) == Action::nothing); // each action is given once
    CHECK(machine.state() == State::opening);
    CHECK(machine.wake_at() == at(30));
    CHECK(machine.next(at(29.999)) == Action::nothing);
    CHECK(machine.next(at(30)) == Action::abandon);
    CHECK(machine.last_end() == End::no_channel);
    auto again = due(machine, at(30));
    CHECK(again.action == Action::open);
    CHECK(again.after_s <= 1.0);
    machine.on_channel("late", 3600, at(31)); // now one comes
    CHECK(machine.channel_id() == "late");
}

TEST_CASE("without a channel there is no heartbeat and no refresh (12.5)") {
    auto machine = fresh();
    CHECK(machine.next(start) == Action::open);
    for (double s = 0; s < 30; s += 0.5)
        CHECK(machine.next(at(s)) == Action::nothing);
    machine.on_heartbeat_answer(false, true, at(20)); // of another life
    machine.on_refresh_answer(false, true, std::nullopt, at(20));
    CHECK(machine.state() == State::opening);
    machine.on_channel("", 3600, at(21)); // a Channel without an id is none
    CHECK(machine.state() == State::opening);
    CHECK_FALSE(machine.up());
    auto waiting = fresh();
    waiting.on_channel("c9", 3600, start); // nobody asked
    CHECK_FALSE(waiting.up());
}

TEST_CASE("whatever fails, whenever: heartbeat and refresh are for the channel that was granted last (12.5)") {
    // A seeded walk through failed opens, grants without an id, late answers of channels that are gone, and good times.
    std::uint32_t dice = 7;
    auto roll = [&](std::uint32_t sides) { return (dice = dice * 1'664'525U + 1'013'904'223U) / 65'536U % sides; };
    constexpr std::array ends{End::connection, End::silence, End::no_channel,     End::refused, End::unavailable,
                              End::html,       End::gone,    End::heartbeat_lost, End::expired, End::login};
    auto machine = fresh();
    std::string granted; // what the server knows; empty while there is no channel
    bool opening = false;
    int opens = 0, grants = 0, beats = 0;
    auto over = [&] { granted.clear(), opening = false; };
    auto now = start;
    for (int step = 0; step < 200'000; ++step) {
        CAPTURE(step);
        switch (machine.next(now)) {
        case Action::nothing: break;
        case Action::open:
            REQUIRE(granted.empty());
            opening = true;
            ++opens;
            break;
        case Action::heartbeat:
        case Action::refresh:
            ++beats;
            REQUIRE_FALSE(granted.empty());
            REQUIRE(machine.channel_id() == granted);
            break;
        case Action::abandon: over(); break;
        }
        switch (roll(8)) {
        case 0: // the server grants: only what was asked for, and only with an id
        {
            auto id = roll(3) == 0 ? std::string() : "c" + std::to_string(step);
            machine.on_channel(id, 1 + roll(600), now);
            if (opening && !id.empty()) granted = id, opening = false, ++grants;
            break;
        }
        case 1:
            if (roll(4) != 0 || (granted.empty() && !opening)) break;
            machine.on_end(ends.at(roll(ends.size())), now);
            over();
            break;
        case 2: machine.on_heartbeat_answer(roll(4) != 0, false, now); break; // perhaps of another life
        case 3: machine.on_refresh_answer(roll(4) != 0, false, 300, now); break;
        case 4:
            if (!granted.empty()) machine.on_stream(now);
            break;
        default: now += milliseconds(roll(8'000)); break;
        }
        if (machine.state() == State::stopped && roll(20) == 0) machine.retry_now(now);
        REQUIRE(machine.up() == !granted.empty());
    }
    CHECK(opens > 500);
    CHECK(grants > 500);
    CHECK(beats > 1000);
}

TEST_CASE("heartbeats: every 15 s, one at a time; the stream answers, nothing else happens") {
    auto machine = up();
    auto actions = run(machine, 0, 600, true);
    CHECK(actions.size() == 39);
    for (std::size_t i = 0; i < actions.size(); ++i) {
        CHECK(actions[i].first == Action::heartbeat);
        CHECK(actions[i].second == doctest::Approx(15.0 * static_cast<double>(i + 1)).epsilon(0.01));
    }
    CHECK(machine.up());
    SUBCASE("an unanswered one is not followed by another") {
        auto waiting = up();
        CHECK(waiting.next(at(15)) == Action::heartbeat);
        waiting.on_stream(at(16));
        CHECK(waiting.next(at(29)) == Action::nothing);
    }
    SUBCASE("any period of the configuration") {
        for (long s : {1, 5, 25}) {
            auto other = up(86'400, seconds(s));
            auto first = due(other, start);
            CHECK(first.action == Action::heartbeat);
            CHECK(first.after_s == doctest::Approx(static_cast<double>(s)));
        }
    }
}

TEST_CASE("silence although heartbeats are answered: the stream is dead after about 40 s (12.2, 12.22)") {
    auto machine = up();
    auto actions = run(machine, 0, 100, false);
    REQUIRE(actions.size() == 3);
    CHECK(actions[2].first == Action::abandon);
    CHECK(actions[2].second == doctest::Approx(40));
    CHECK(machine.last_end() == End::silence);
    CHECK(due(machine, at(actions[2].second)).after_s <= 0.5); // and opened again at once
}

TEST_CASE("events alone keep the stream alive") {
    auto machine = up();
    for (int s = 0; s < 300; s += 5) {
        machine.on_stream(at(s));
        auto action = machine.next(at(s));
        if (action == Action::heartbeat) machine.on_heartbeat_answer(true, false, at(s));
        CHECK(action != Action::abandon);
    }
    CHECK(machine.up());
}

TEST_CASE("heartbeats that fail: sooner again, and after 30 s the channel is given up") {
    auto machine = up();
    CHECK(machine.next(at(15)) == Action::heartbeat);
    machine.on_heartbeat_answer(false, false, at(16));
    auto second = due(machine, at(16));
    CHECK(second.action == Action::heartbeat);
    CHECK(second.after_s == doctest::Approx(9)); // ten seconds after the one that failed, not 15
    machine.on_stream(at(27));
    machine.on_heartbeat_answer(false, false, at(27));
    auto end = due(machine, at(27));
    CHECK(end.action == Action::abandon);
    CHECK(end.after_s == doctest::Approx(3));
    CHECK(machine.last_end() == End::heartbeat_lost);
    SUBCASE("one lost answer does not cost the channel") {
        auto other = up();
        CHECK(other.next(at(15)) == Action::heartbeat);
        other.on_heartbeat_answer(false, false, at(23));
        other.on_stream(at(24));
        CHECK(due(other, at(24)).action == Action::heartbeat);
        other.on_heartbeat_answer(true, false, at(26));
        other.on_stream(at(26));
        CHECK(due(other, at(26)).action == Action::heartbeat);
        CHECK(other.up());
    }
}

TEST_CASE("heartbeat 404: the channel is gone, a new one is opened (12.4)") {
    auto machine = up();
    CHECK(machine.next(at(15)) == Action::heartbeat);
    machine.on_heartbeat_answer(false, true, at(15.1));
    CHECK_FALSE(machine.up());
    CHECK(machine.last_end() == End::gone);
    CHECK(machine.channel_id().empty());
    auto again = due(machine, at(15.1));
    CHECK(again.action == Action::open);
    CHECK(again.after_s <= 0.5);
}

TEST_CASE("refresh at half of what the server returned, whatever was asked (12.7)") {
    struct Row {
        long expires_s;
        double refresh_s;
    };
    for (const Row& row : {Row{3600, 1800}, Row{86'400, 43'200}, Row{120, 60}, Row{7200, 3600}}) {
        CAPTURE(row.expires_s);
        auto machine = up(row.expires_s);
        double refreshed = 0;
        for (auto [action, when] : run(machine, 0, row.refresh_s + 1, true))
            if (action == Action::refresh) refreshed = when;
        CHECK(refreshed == doctest::Approx(row.refresh_s).epsilon(0.001));
    }
    auto never = up(2147483647);
    for (auto [action, when] : run(never, 0, 100'000, true))
        CHECK(action == Action::heartbeat);
}

TEST_CASE("refresh: the answer's expiry counts for the next one") {
    auto machine = up(200);
    auto first = run(machine, 0, 100.5, true); // refreshed at 100 with an answer that says nothing: 3600
    CHECK(first.back().first == Action::refresh);
    auto next = run(machine, 100.5, 2000, true);
    CHECK(next.back().first == Action::heartbeat);
    double refreshed = 0;
    for (auto [action, when] : next)
        if (action == Action::refresh) refreshed = when;
    CHECK(refreshed == doctest::Approx(1900).epsilon(0.01));

    auto other = up(200);
    run(other, 0, 99.5, true);
    CHECK(due(other, at(99.5)).action == Action::refresh);
    other.on_refresh_answer(true, false, 60, at(100)); // clamped down by policy
    other.on_stream(at(101));
    auto again = run(other, 101, 131, true);
    CHECK(again.back().first == Action::refresh);
    CHECK(again.back().second == doctest::Approx(130).epsilon(0.01));
}

TEST_CASE("refresh that fails is tried again before the channel expires; one that is refused ends it") {
    auto machine = up(3600);
    run(machine, 0, 1799, true);
    Steady now = at(1799);
    int refreshes = 0;
    while (machine.up() && now < at(4000)) {
        auto action = machine.next(now);
        if (action == Action::refresh) ++refreshes, machine.on_refresh_answer(false, false, std::nullopt, now);
        if (action == Action::heartbeat) machine.on_heartbeat_answer(true, false, now), machine.on_stream(now);
        if (action == Action::nothing) now += milliseconds(500);
    }
    CHECK(refreshes >= 25); // about each minute
    CHECK(machine.last_end() == End::expired);
    CHECK(now <= at(3601));

    auto gone = up(120);
    run(gone, 0, 59, true);
    CHECK(due(gone, at(59)).action == Action::refresh);
    gone.on_refresh_answer(false, true, std::nullopt, at(60));
    CHECK(gone.last_end() == End::gone);
    CHECK(gone.state() == State::waiting);
}

TEST_CASE("terminated: all six reasons of xsi.md 4.5, and ones that nobody knows") {
    struct Row {
        std::string_view reason;
        End end;
        State state;
        double again_s_min, again_s_max;
    };
    const Row rows[] = {
        {"DuplicateChannelSet", End::duplicate_channel_set, State::stopped, 300, 600}, // 12.13: no fighting
        {"UserDeleted", End::user_deleted, State::stopped, 300, 600},
        {"NonResponsiveChannel", End::non_responsive, State::waiting, 0, 0.5},
        {"ExplicitDelete", End::explicit_delete, State::waiting, 0, 0.5},
        {"Expired", End::expired, State::waiting, 0, 0.5},
        {"UnknownChannel", End::unknown_channel, State::waiting, 0, 0.5},
        {"SomethingNew", End::connection, State::waiting, 0, 0.5},
        {"", End::connection, State::waiting, 0, 0.5}, // before R19
    };
    for (const Row& row : rows) {
        CAPTURE(row.reason);
        auto machine = up();
        machine.on_terminated(row.reason, at(5));
        CHECK(machine.last_end() == row.end);
        CHECK(machine.state() == row.state);
        CHECK_FALSE(text(machine.last_end()).empty());
        machine.on_end(End::connection, at(5.1)); // the end of the stream follows: it changes nothing
        CHECK(machine.last_end() == row.end);
        auto again = due(machine, at(5));
        CHECK(again.action == Action::open);
        CHECK(again.after_s >= row.again_s_min);
        CHECK(again.after_s <= row.again_s_max);
    }
}

TEST_CASE("a refused login stops: wrong passwords lock accounts (12.6)") {
    auto machine = fresh();
    CHECK(machine.next(start) == Action::open);
    machine.on_end(End::login, at(1));
    CHECK(machine.state() == State::stopped);
    CHECK(due(machine, at(1)).after_s >= 300);
    SUBCASE("until somebody says that it is mended") {
        auto other = fresh();
        static_cast<void>(other.next(start));
        other.on_end(End::login, at(1));
        other.retry_now(at(2));
        CHECK(due(other, at(2)).after_s == 0);
    }
}

TEST_CASE("nobody there for ten minutes: a knock every three seconds at most, and never further apart") {
    auto machine = fresh();
    auto now = start;
    int knocks = 0;
    auto last = start;
    while (now < at(600)) {
        auto next = due(machine, now);
        REQUIRE(next.action == Action::open);
        now += milliseconds(static_cast<long>(next.after_s * 1000));
        CHECK(now - last <= seconds(3)); // back within five seconds, a connection included
        last = now;
        ++knocks;
        machine.on_end(End::connection, now);
    }
    CHECK(knocks >= 200);
    CHECK(knocks <= 290); // no storm
}

TEST_CASE("somebody who answers no: ever slower up to a minute; Retry-After is honoured, within reason") {
    for (End why : {End::refused, End::html}) {
        auto machine = fresh();
        auto now = start;
        double last = 0;
        for (int i = 0; i < 10; ++i) {
            auto next = due(machine, now);
            REQUIRE(next.action == Action::open);
            last = next.after_s;
            now += milliseconds(static_cast<long>(next.after_s * 1000));
            machine.on_end(why, now);
        }
        CHECK(last >= 45);
        CHECK(last <= 60);
    }
    struct Row {
        long retry_after_s;
        double at_least, at_most;
    };
    for (const Row& row : {Row{0, 0.75, 1}, Row{20, 20, 20}, Row{120, 120, 120}, Row{4'000'000'000, 60, 600}}) {
        CAPTURE(row.retry_after_s);
        auto machine = fresh();
        static_cast<void>(machine.next(start));
        machine.on_end(End::refused, at(1), seconds(row.retry_after_s));
        auto next = due(machine, at(1));
        CHECK(next.after_s >= row.at_least);
        CHECK(next.after_s <= row.at_most);
    }
}

TEST_CASE("a front end whose servers are away (502, 503, 504): as short a way back as from nobody, Retry-After kept") {
    auto machine = fresh();
    auto now = start;
    for (int i = 0; i < 50; ++i) {
        auto next = due(machine, now);
        CHECK(next.after_s <= 3);
        now += milliseconds(static_cast<long>(next.after_s * 1000));
        machine.on_end(End::unavailable, now);
    }
    machine.retry_now(now);
    static_cast<void>(machine.next(now));
    machine.on_end(End::unavailable, now, seconds(30));
    CHECK(due(machine, now).after_s == doctest::Approx(30));
}

TEST_CASE("end of stream and reset: opened again at once; a channel that flaps is slowed down, a stable one forgiven") {
    auto machine = up();
    machine.on_end(End::connection, at(10));
    CHECK(due(machine, at(10)).after_s <= 0.5);
    auto flapping = fresh();
    auto now = start;
    for (int i = 0; i < 6; ++i) {
        now += milliseconds(static_cast<long>(due(flapping, now).after_s * 1000));
        flapping.on_channel("c" + std::to_string(i), 3600, now);
        now += seconds(1);
        flapping.on_end(End::connection, now);
    }
    CHECK(due(flapping, now).after_s >= 2);
}

TEST_CASE("a minute of life clears the back-off") {
    auto machine = fresh();
    auto now = start;
    for (int i = 0; i < 6; ++i) {
        now += milliseconds(static_cast<long>(due(machine, now).after_s * 1000));
        machine.on_end(End::connection, now);
    }
    now += milliseconds(static_cast<long>(due(machine, now).after_s * 1000));
    machine.on_channel("c", 3600, now);
    auto alive = std::chrono::duration<double>(now - start).count();
    run(machine, alive, alive + 90, true);
    machine.on_end(End::connection, at(alive + 90));
    CHECK(due(machine, at(alive + 90)).after_s <= 0.5);
}

TEST_CASE("shut down: nothing more is asked for") {
    auto machine = up();
    machine.shut_down();
    CHECK(machine.state() == State::ended);
    machine.on_end(End::connection, at(1));
    machine.retry_now(at(1));
    CHECK(due(machine, at(2)).action == Action::nothing);
    CHECK(machine.wake_at() == Steady::max());
}

TEST_CASE("names and sentences for every end and state") {
    for (int end = static_cast<int>(End::connection); end <= static_cast<int>(End::shutdown); ++end)
        CHECK(text(static_cast<End>(end)).size() > 10);
    CHECK(name(State::up) == "up");
    CHECK(name(State::stopped) == "stopped");
    CHECK(name(State::waiting) == "down");
}
