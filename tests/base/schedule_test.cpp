// When something is asked for what it holds, and times of day.
#include <doctest/doctest.h>

#include "base/schedule.hpp"

using namespace lamp;
using namespace std::chrono_literals;

namespace {

constexpr Wall midnight{std::chrono::sys_days{std::chrono::year(2026) / 11 / 22}};

} // namespace

TEST_CASE("at the start everything is read, then changes, then everything at night") {
    Schedule schedule(2h, 5min, 0);
    schedule.begin(std::nullopt, midnight + 12h);
    CHECK(schedule.due(midnight + 12h) == Schedule::Due::full);
    schedule.succeeded(true, midnight + 12h);
    CHECK(schedule.due(midnight + 12h) == Schedule::Due::nothing);
    CHECK(schedule.next() == midnight + 12h + 5min);
    CHECK(schedule.due(midnight + 12h + 5min) == Schedule::Due::delta);
    schedule.succeeded(false, midnight + 12h + 5min);
    CHECK(schedule.due(midnight + 26h - 1s) == Schedule::Due::delta);
    CHECK(schedule.due(midnight + 26h) == Schedule::Due::full);
    schedule.begin(midnight + 1h, midnight + 1h + 30min); // the night is to come
    CHECK(schedule.due(midnight + 2h) == Schedule::Due::full);
    CHECK(schedule.due(midnight + 2h - 1s) == Schedule::Due::delta);
}

TEST_CASE("failures are tried again, later each time") {
    Schedule schedule(2h, 0s, 7);
    schedule.begin(std::nullopt, midnight);
    schedule.failed(true, midnight);
    auto first = schedule.next() - midnight;
    CHECK(first >= 20s);
    CHECK(first <= 30s);
    for (int i = 0; i < 20; ++i)
        schedule.failed(true, midnight);
    CHECK(schedule.next() - midnight > 20min);
    CHECK(schedule.next() - midnight <= 30min);
}

TEST_CASE("times of day") {
    CHECK(minutes_of("18:00") == 1080min);
    CHECK(minutes_of("00:00") == 0min);
    CHECK(minutes_of("23:59") == 1439min);
    for (const char* wrong :
         {"", "24:00", "18:60", "12:60", "1800", "1:00", "18:0", "18.00", "-1:00", "18:00 ", "ab:cd"})
        CHECK_FALSE(minutes_of(wrong));
}
