// What Outlook's calendar says of appointments: a page of calendarView/delta, or one event (cloud-apis.md A11). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp::graph {

/// {"dateTime":"2026-01-05T09:00:00.0000000","timeZone":"UTC"}: a time on the wall of a zone, by its Windows or IANA
/// name.
struct Stamp {
    bool told = false;
    std::chrono::local_time<seconds> local{};
    std::string zone{};
    bool operator==(const Stamp&) const = default;
};

/// What an appointment says. In a delta an occurrence of a series may tell no more than its times: the rest stands in
/// the series' master.
struct Words {
    bool told = false; // `subject` is there, be it empty or null
    std::string subject{};
    std::string body{}; // HTML or text; else the preview
    std::string location{};
    bool all_day = false;
    bool free = false;       // showAs
    bool restricted = false; // sensitivity private or confidential
    bool cancelled = false;
    bool declined = false; // by the mailbox's owner
    bool operator==(const Words&) const = default;
};

struct Appointment {
    enum class Kind : std::uint8_t { single, occurrence, exception, master };

    std::string id;
    bool removed = false; // deleted, or changed outside the window; nothing else is told then
    Kind kind = Kind::single;
    std::string series{}; // the master's id
    Words words{};
    Stamp start{};
    Stamp end{}; // exclusive
    bool operator==(const Appointment&) const = default;
};

struct CalendarPage {
    std::vector<Appointment> appointments;
    std::size_t unreadable = 0; // without an id, or without times that can be read
    std::string next_link{};    // one of the two
    std::string delta_link{};   // on the last page
};

inline constexpr std::size_t appointments_max = 10'000; // of a page

/// A page of calendarView/delta, or the single event of /events/{id}. Errors: protocol for anything but JSON with
/// events, limit for more than `appointments_max`.
[[nodiscard]] Result<CalendarPage> read_appointments(std::string_view body);

/// "/v1.0/users/MAILBOX/calendarView/delta?startDateTime=…&endDateTime=…"
[[nodiscard]] std::string calendar_delta_target(std::string_view mailbox, Wall from, Wall until);
/// "/v1.0/users/MAILBOX/events/ID"
[[nodiscard]] std::string event_target(std::string_view mailbox, std::string_view id);

} // namespace lamp::graph
