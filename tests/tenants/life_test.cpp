// A tenant's process, step by step: rows of what happens, what is to be done, and what it is afterwards.
#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "tenants/life.hpp"

using namespace lamp;
using namespace lamp::tenants;
using namespace std::chrono_literals;

namespace {

using Order = Life::Order;

std::string_view name_of(Order order) {
    switch (order) {
    case Order::nothing: return "";
    case Order::spawn: return "spawn";
    case Order::terminate: return "terminate";
    case Order::kill: return "kill";
    case Order::hang_up: return "hang up";
    }
    return "?";
}

/// Waits without jitter would hide what depends on it: rows give times behind the longest of each wait.
struct Row {
    std::chrono::seconds at;
    std::string_view what; // start, stop, restart, reload, ready, fed, trigger, hold, tick, exit N, signal N
    std::string_view order;
    State after;
};

Order happen(Life& life, std::string_view what, Steady now) {
    auto number = [&] { return std::stoi(std::string(what.substr(what.find(' ') + 1))); };
    if (what == "start") return life.start(now);
    if (what == "stop") return life.stop(now);
    if (what == "restart") return life.restart(now);
    if (what == "reload") return life.reload(now);
    if (what == "ready") return life.said_ready(now);
    if (what == "trigger") return life.triggered();
    if (what == "tick") return life.tick(now);
    if (what == "hold") return life.hold(), Order::nothing;
    if (what == "fed") return life.fed(now), Order::nothing;
    if (what.starts_with("exit ")) return life.ended({.status = number(), .signal = 0}, now);
    if (what.starts_with("signal ")) return life.ended({.status = 0, .signal = number()}, now);
    FAIL("no such thing: " << what);
    return Order::nothing;
}

Life play(const std::vector<Row>& rows) {
    Life life(Limits{}, 7);
    for (const Row& row : rows) {
        INFO(row.at.count() << " s: " << row.what);
        CHECK_EQ(name_of(happen(life, row.what, Steady{} + row.at)), row.order);
        CHECK_EQ(name(life.state()), name(row.after));
    }
    return life;
}

} // namespace

// clang-format off
TEST_CASE("a good life: started, ready, reloaded, ended") {
    auto life = play({
        {0s,  "start",  "spawn",     State::starting},
        {0s,  "start",  "",          State::starting},
        {1s,  "ready",  "",          State::ready},
        {2s,  "reload", "hang up",   State::ready},
        {2s,  "ready",  "",          State::ready},    // a reload ends in READY, too
        {20s, "fed",    "",          State::ready},
        {40s, "tick",   "",          State::ready},
        {41s, "stop",   "terminate", State::stopping},
        {42s, "stop",   "",          State::stopping},
        {43s, "exit 0", "",          State::off},
        {99s, "tick",   "",          State::off},
    });
    CHECK(life.failures() == 0);
    CHECK_FALSE(life.due());
}

TEST_CASE("who does not do what is wanted in time is killed, once") {
    play({
        {0s,  "start",    "spawn", State::starting},
        {44s, "tick",     "",      State::starting},
        {45s, "tick",     "kill",  State::starting},
        {90s, "tick",     "",      State::starting},
        {91s, "signal 9", "",      State::waiting},
    });
    auto silent = play({
        {0s,  "start",    "spawn", State::starting},
        {1s,  "ready",    "",      State::ready},
        {25s, "fed",      "",      State::ready},
        {54s, "tick",     "",      State::ready},
        {55s, "tick",     "kill",  State::ready},
        {56s, "tick",     "",      State::ready},
        {56s, "signal 9", "",      State::waiting},
    });
    CHECK(silent.why() == "kept silent for 30s; tried again");
    play({
        {0s,  "start",    "spawn",     State::starting},
        {1s,  "ready",    "",          State::ready},
        {2s,  "stop",     "terminate", State::stopping},
        {13s, "tick",     "",          State::stopping},
        {14s, "tick",     "kill",      State::stopping},
        {15s, "signal 9", "",          State::off},
    });
    play({
        {0s, "start",    "spawn", State::starting},
        {1s, "trigger",  "",      State::starting},
        {1s, "ready",    "",      State::ready},
        {2s, "trigger",  "kill",  State::ready},
        {2s, "trigger",  "",      State::ready},
        {3s, "signal 9", "",      State::waiting},
    });
}

TEST_CASE("a wrong configuration is tried once a minute, and at once after a reload") {
    auto life = play({
        {0s,   "start",   "spawn", State::starting},
        {1s,   "exit 78", "",      State::waiting},
        {60s,  "tick",    "",      State::waiting},
        {61s,  "tick",    "spawn", State::starting},
        {62s,  "exit 78", "",      State::waiting},
        {63s,  "reload",  "spawn", State::starting},
        {64s,  "exit 78", "",      State::waiting},
    });
    CHECK(life.settled());
    CHECK(life.why() == "its configuration is wrong; tried again");
}

TEST_CASE("a reload while it starts is passed on when it can listen") {
    play({
        {0s, "start",  "spawn",   State::starting},
        {1s, "reload", "",        State::starting},
        {2s, "ready",  "hang up", State::ready},
        {3s, "ready",  "",        State::ready},
    });
}

TEST_CASE("changed: ended, then started, whatever it is doing") {
    play({
        {0s, "start",   "spawn",     State::starting},
        {1s, "restart", "terminate", State::stopping},
        {2s, "exit 0",  "spawn",     State::starting},
        {3s, "exit 1",  "",          State::waiting},
        {3s, "restart", "spawn",     State::starting},
        {4s, "restart", "terminate", State::stopping},
        {4s, "stop",    "",          State::stopping}, // no longer wanted
        {5s, "exit 0",  "",          State::off},
    });
    play({
        {0s, "start",  "spawn",     State::starting},
        {1s, "stop",   "terminate", State::stopping},
        {2s, "start",  "",          State::stopping},
        {3s, "exit 0", "spawn",     State::starting},
    });
}

TEST_CASE("held: not before a reload") {
    auto life = play({
        {0s,   "hold",   "",      State::held},
        {100s, "tick",   "",      State::held},
        {101s, "reload", "spawn", State::starting},
        {102s, "hold",   "",      State::starting}, // what runs is left alone
        {103s, "stop",   "terminate", State::stopping},
    });
    CHECK(life.settled());
}
// clang-format on

TEST_CASE(
    "crashes: the waits double from 1 s to 60 s, shortened by up to a quarter, and begin anew after 10 calm minutes") {
    Life life(Limits{}, 11);
    auto now = Steady{};
    REQUIRE(life.start(now) == Order::spawn);
    for (auto longest : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        INFO(longest.count());
        static_cast<void>(life.said_ready(now));
        CHECK(life.ended({.status = 1, .signal = 0}, now) == Order::nothing);
        REQUIRE(life.due());
        CHECK(*life.due() - now <= longest);
        CHECK(*life.due() - now >= longest * 3 / 4);
        now = *life.due();
        CHECK(life.tick(now) == Order::spawn);
    }
    CHECK(life.failures() == 8);
    static_cast<void>(life.said_ready(now));
    for (int minute = 0; minute < 10; ++minute) {
        now += 20s;
        life.fed(now);
        now += 20s;
        life.fed(now);
        now += 20s;
        life.fed(now);
        CHECK(life.tick(now) == Order::nothing);
    }
    static_cast<void>(life.ended({.status = 0, .signal = SIGSEGV}, now));
    CHECK(*life.due() - now <= 1s);
    CHECK(life.why() == "ended by SIGSEGV; tried again");
}

TEST_CASE("nobody waits for who has failed once") {
    Life life(Limits{}, 3);
    CHECK_FALSE(life.settled());
    static_cast<void>(life.start(Steady{}));
    CHECK_FALSE(life.settled());
    CHECK(life.why() == "starts");
    static_cast<void>(life.ended({.status = 1, .signal = 0}, Steady{}));
    CHECK(life.settled());
    static_cast<void>(life.tick(Steady{} + 1s));
    CHECK(life.settled());
    CHECK(life.why() == "starts again (ended with status 1)");
}
