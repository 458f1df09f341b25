// iCalendar (RFC 5545, 7986) into what takes place in a window of time: series expanded, moved and excepted ones in
// their places. Pure but for time zones that `zones` reads from disk; tolerant of what calendars in the field write.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/zones.hpp"

namespace lamp::ical {

/// One event as it takes place once.
struct Occurrence {
    std::string uid{};
    /// Which one of a series: when it would have begun, had nobody moved it: "20260310T080000Z" (UTC) or, of all-day
    /// series, "20260310". Empty: not one of a series. With `uid` it is stable over edits and unique.
    std::string original{};
    std::string title{};
    std::string description{};
    std::string location{};
    Wall from{};
    Wall until{}; // exclusive; the same as `from` when the event has no length
    bool all_day = false;
    bool cancelled = false; // such ones are told, too
    bool declined = false;  // by one of the owners
    bool tentative = false;
    bool free = false;          // TRANSP:TRANSPARENT, or Outlook's FREE
    bool private_event = false; // CLASS:PRIVATE or CONFIDENTIAL; the title is here if the calendar gave one
    bool operator==(const Occurrence&) const = default;
};

/// Something that was read otherwise than it is written, or not at all.
struct Warning {
    std::size_t line = 0; // of the text, from 1
    std::string uid{};    // of the event, if it has one
    std::string text{};   // a whole sentence; no titles, no names of people
    bool operator==(const Warning&) const = default;
};

struct Limits {
    std::size_t bytes = 16 << 20;
    std::size_t depth = 16;             // components in components
    std::size_t events = 100'000;       // VEVENTs
    std::size_t text_bytes = 8 << 10;   // of a title, description or location; the rest is cut off
    std::size_t per_series = 400;       // occurrences of one series in the window; the rest is left out
    std::size_t occurrences = 20'000;   // of all; beyond it the most frequent series are left out, whole
    std::size_t series_steps = 200'000; // work on one series' rules: days and times looked at, 35 ns each
    std::size_t all_steps = 20'000'000; // on all; the cheapest series first, so that a hostile one takes none away
    std::size_t warnings = 100;         // the rest is only counted
};

struct Question {
    Wall from{};
    Wall until{}; // exclusive; what overlaps the window is told. What has no length overlaps from its start on
    Zone zone{};  // of the line: floating and all-day events belong there
    /// Addresses of whose calendar it is, without "mailto:": whether one of them has declined.
    std::vector<std::string> owners{};
    Limits limits{};
};

struct Answer {
    std::vector<Occurrence> occurrences{}; // by start, then uid, then original
    std::vector<Warning> warnings{};       // by line
    std::size_t warned = 0;                // with those beyond the limit
    std::size_t events = 0;                // VEVENTs read, in the window or not
    std::size_t steps = 0;                 // work spent on rules
    std::optional<milliseconds> refresh{}; // REFRESH-INTERVAL or X-PUBLISHED-TTL
};

/// All events of one or several VCALENDARs, one after the other. What is wrong with an event or a line of it is a
/// warning and costs no other event; an event that cannot be placed in time is left out with one.
/// Category::protocol: this is no iCalendar at all (HTML, nothing, a VCALENDAR cut off in the middle: then what is
/// missing would look deleted). Category::limit: larger than `bytes`, `depth` or `events`.
[[nodiscard]] Result<Answer> expand(std::string_view bytes, const Question& question, Zones& zones);

} // namespace lamp::ical
