// When a source is asked, and what is taken of what it says.
#include <doctest/doctest.h>

#include "recognition/accept.hpp"
#include "recognition/schedule.hpp"

using namespace lamp;
using namespace lamp::recognition;
using namespace std::chrono_literals;

namespace {

constexpr Wall midnight{std::chrono::sys_days{std::chrono::year(2026) / 11 / 22}};

std::vector<Record> people(std::size_t count) {
    std::vector<Record> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back({.id = std::to_string(i), .name = "x"});
    return out;
}

} // namespace

TEST_CASE("at the start everything is read, then changes, then everything at night") {
    Schedule schedule(120, 5min, 0);
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
    Schedule schedule(120, 0s, 7);
    schedule.begin(std::nullopt, midnight);
    schedule.failed(true, midnight);
    auto first = schedule.next() - midnight;
    CHECK(first >= 20s);
    CHECK(first <= 30s);
    for (int i = 0; i < 20; ++i)
        schedule.failed(true, midnight);
    CHECK(schedule.next() - midnight > 20min);
    CHECK(schedule.next() - midnight <= 30min);
    CHECK(minutes_of("23:59") == 1439);
    for (const char* none : {"24:00", "1:00", "12:60", "ab:cd", ""})
        CHECK_FALSE(minutes_of(none));
}

TEST_CASE("a source that lost its contacts is not believed") {
    auto before = people(100);
    CHECK(accept(before, {.records = people(80)}, false)->size() == 80);
    CHECK(accept(before, {.records = people(79)}, false).error().category == Category::conflict);
    CHECK_FALSE(accept(before, {}, false));
    CHECK_FALSE(accept({}, {}, false));
    CHECK(accept(before, {}, true)->empty());
    CHECK(accept(before, {.whole = false, .records = people(1), .gone = {"5"}}, false)->size() == 99);
    std::vector<std::string> many;
    for (int i = 0; i < 50; ++i)
        many.push_back(std::to_string(i));
    CHECK_FALSE(accept(before, {.whole = false, .gone = many}, false));
}
