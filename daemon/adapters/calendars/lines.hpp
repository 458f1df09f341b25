// Whose lines calendars divert: what `[[calendar]] line` and `person` mean among the lines that people have.
// Pure. Lives on the egress loop.
#pragma once
#include <span>

#include "adapters/calendars/options.hpp"
#include "base/errors.hpp"
#include "fanout/adapter.hpp"

namespace lamp::calendars {

/// For each calendar BroadWorks user ids, each once, in the order of the roster; else a sentence: nobody has that
/// line, several lines have that number, the person is unknown or has none. A line is known by its user id (in any
/// case, with or without its domain), and by the numbers and extensions that the roster gives behind it.
[[nodiscard]] std::vector<Result<std::vector<std::string>>> lines_of(std::span<const CalendarOptions* const> calendars,
                                                                     const presence::People& people,
                                                                     std::span<const fanout::LineName> names);

} // namespace lamp::calendars
