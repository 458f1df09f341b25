// What the tests of this folder share.
#pragma once
#include <doctest/doctest.h>

#include "adapters/calendars/agenda.hpp"

using namespace lamp;
using namespace lamp::calendars;
using namespace std::chrono_literals;

namespace testing {

/// Monday, 30 November 2026, so many minutes after midnight.
inline Wall at(int hours, int minutes = 0) {
    return Wall(std::chrono::sys_days(2026y / 11 / 30)) + std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

inline Occurrence event(std::string key, std::string title, Wall from, Wall until) {
    return {.key = std::move(key), .title = std::move(title), .from = from, .until = until};
}

} // namespace testing
