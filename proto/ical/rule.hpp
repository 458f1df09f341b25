// One recurrence rule (RFC 5545 3.3.10): its text as a value, and the local times that it makes. All work is counted
// and ends at a limit; a rule without COUNT starts near the window, however long ago the series began. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "proto/ical/values.hpp"

namespace lamp::ical {

enum class Frequency : std::uint8_t { secondly, minutely, hourly, daily, weekly, monthly, yearly };

/// "MO", "2TU", "-1FR"; `nth` 0 is every one.
struct NthWeekday {
    int nth = 0;
    std::chrono::weekday weekday{};
    bool operator==(const NthWeekday&) const = default;
};

struct Rule {
    Frequency frequency{};
    int interval = 1;
    std::optional<std::uint64_t> count{};
    std::optional<Stamp> until{}; // inclusive
    std::chrono::weekday week_start = std::chrono::Monday;
    std::vector<int> seconds{}, minutes{}, hours{}, month_days{}, year_days{}, weeks{}, positions{};
    std::vector<NthWeekday> days{};
    std::array<bool, 13> months{}; // [0]: there is a BYMONTH
    bool operator==(const Rule&) const = default;
};

/// Any case, any order; parts that begin with X- are ignored. Category::protocol: a part that we do not know or that
/// is out of range, in words that continue "the rule …".
[[nodiscard]] Result<Rule> parse_rule(std::string_view text);

/// Which times of a rule are wanted.
struct Reach {
    Local start{}; // of the series: it counts as the rule's first time, whether it matches or not
    Local from{};
    Local until{};               // exclusive
    std::optional<Local> last{}; // UNTIL, as a local time; inclusive
    bool start_too = false;      // make `start` as well, if it matches
    bool whole_days = false;     // BYHOUR and smaller parts have no meaning
};

/// What is left to spend; a step is a day or a time that was looked at.
struct Budget {
    std::size_t steps = 0;
    std::size_t spent = 0;
    [[nodiscard]] bool spend(std::size_t count = 1) {
        spent += count;
        return spent <= steps;
    }
};

/// Appends the rule's times within reach and after `start`, in order. False: the budget ended before the reach did.
[[nodiscard]] bool append_times(const Rule& rule, const Reach& reach, Budget& budget, std::vector<Local>& times);

} // namespace lamp::ical
