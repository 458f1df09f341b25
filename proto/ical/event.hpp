// A VEVENT's properties as one value: when, how long, how often, what. Odd ones are mended with a warning. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "proto/ical/expand.hpp"
#include "proto/ical/lines.hpp"
#include "proto/ical/rule.hpp"
#include "proto/ical/tzids.hpp"

namespace lamp::ical {

/// A time on the wall of a zone; a date is that day's midnight in the line's zone.
struct Moment {
    Local time{};
    bool date = false;
    Zone zone{};
    [[nodiscard]] Wall instant() const { return zone.instant(time); }
    [[nodiscard]] Day day() const { return std::chrono::floor<std::chrono::days>(time); }
};

struct ExtraDate {
    Moment at{};
    std::optional<Length> length{}; // of a PERIOD
};

struct Event {
    std::size_t line = 0;
    std::int64_t sequence = 0;
    Wall stamp{}; // DTSTAMP
    Moment start{};
    Length length{};
    std::vector<Rule> rules{}, excluding{}; // RRULE, EXRULE
    std::vector<ExtraDate> extra{};         // RDATE
    std::vector<Moment> except{};           // EXDATE
    std::optional<Moment> instead_of{};     // RECURRENCE-ID
    bool and_following = false;             // RANGE=THISANDFUTURE
    Occurrence told{};                      // all but times
};

/// When what begins at `start` and has that length ends: days on the wall, then time by the clock.
[[nodiscard]] Wall end_of(const Moment& start, const Length& length);

struct EventReading {
    const Question& question;
    Tzids& tzids;
    Warnings& warnings;
    bool cancels = false; // METHOD:CANCEL
};
/// Nothing, and a warning, when it has no usable DTSTART.
[[nodiscard]] std::optional<Event> read_event(const Component& component, EventReading& reading);

} // namespace lamp::ical
