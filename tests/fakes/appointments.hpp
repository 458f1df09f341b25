// What control commands say of an appointment, for every fake that has calendars.
#pragma once

#include "arguments.hpp"
#include "google/calendars.hpp"
#include "graph/times.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sim::appointments {

// "2026-01-05" is a whole day, "2026-01-05T09:00:00Z" an instant, a number seconds from now.
inline std::optional<google::When> when(Arguments& a, std::string_view member) {
    const auto* value = a.find(member);
    if (value == nullptr) return std::nullopt;
    if (value->is_number())
        return google::When{false, graph::system_ms() + static_cast<std::int64_t>(value->to_number<double>() * 1000)};
    const std::string text(value->is_string() ? value->as_string() : boost::json::string());
    const bool day = text.size() == 10;
    const auto ms = graph::from_iso(day ? text + "T00:00:00Z" : text);
    if (!ms) throw CommandError(std::string(member) + " must be a date, a time with an offset, or seconds from now");
    return google::When{day, *ms};
}

// Start, end and the series.
inline void take_times(Arguments& a, google::Event& event) {
    event.start = when(a, "start").value_or(event.start);
    event.end = when(a, "end").value_or(event.end);
    event.count = a.number("count", event.count);
    const std::string every = a.text("every", "");
    if (!every.empty() && every != "day" && every != "week") throw CommandError("every must be day or week");
    if (!every.empty()) event.every_ms = (every == "day" ? 1 : 7) * std::int64_t{86'400'000};
    if (event.count < 1 || event.count > 1000) throw CommandError("count must be from 1 to 1000");
    if (event.start.day != event.end.day || event.start.ms > event.end.ms)
        throw CommandError("start and end do not fit");
}

} // namespace sim::appointments
