// iCalendar texts as the occurrences that calendars are made of here. Pure but for the time zones on disk.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/calendars/provider.hpp"
#include "adapters/calendars/providers.hpp"
#include "base/log.hpp"
#include "base/zones.hpp"
#include "proto/ical/expand.hpp"

namespace lamp::calendars {

/// How one calendar's texts are read.
struct Rules {
    Zone zone{};                       // of the line
    std::vector<std::string> owners{}; // addresses whose refusal counts
    Zones zones{};                     // that events name
    std::string calendar{};            // its configured name, for the log
};
/// Category::invalid when the line's zone is none.
[[nodiscard]] Result<Rules> rules_of(const ProviderParts& parts);

struct Reading {
    std::vector<Occurrence> occurrences{}; // by start, keys unique
    std::optional<milliseconds> refresh{}; // how long the feed wants to be left alone
    std::size_t steps = 0;                 // work that its rules took
};
/// What of `text` overlaps the window. Errors: protocol (no iCalendar, or cut off), limit.
[[nodiscard]] Result<Reading> read_calendar(std::string_view text, Window window, Rules& rules,
                                            const ical::Limits& limits = {});

/// By start; keys that stand twice get something behind them, always the same for the same appointments.
void settle(std::vector<Occurrence>& occurrences);

} // namespace lamp::calendars
