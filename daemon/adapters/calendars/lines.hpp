// Whose lines a calendar diverts: what `[[calendar]] line` and `person` mean among the lines that people have.
// Lives on the egress loop.
#pragma once
#include <memory>
#include <span>

#include "adapters/calendars/options.hpp"
#include "base/errors.hpp"
#include "fanout/adapter.hpp"

namespace lamp::calendars {

/// BroadWorks user ids, each once, in the order of the roster; else a sentence: nobody has that line, several lines
/// have that number, the person is unknown or has no line. A line is known by its user id (in any case), by the number
/// in any written form, or by what else the roster calls it (its extension).
[[nodiscard]] Result<std::vector<std::string>> lines_of(const CalendarOptions& calendar, const presence::People& people,
                                                        std::span<const fanout::LineName> names);

} // namespace lamp::calendars
