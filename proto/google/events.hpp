// What Google Calendar says of appointments (cloud-apis.md F2). Pure.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp::google {

using LocalTime = std::chrono::local_time<seconds>;

/// When an event begins or ends.
struct Moment {
    enum class Kind : std::uint8_t {
        none,
        instant,  // `at`
        floating, // `local`, in `zone` if the event names one
        date,     // `local` is a midnight, of whose zone the reader decides
    };
    Kind kind = Kind::none;
    Wall at{};
    LocalTime local{};
    std::string zone{};
    bool operator==(const Moment&) const = default;
};

struct Event {
    std::string id;         // unique in the calendar; an instance of a series has its own
    bool cancelled = false; // then there may be nothing else
    bool titled = false;    // a summary is told
    std::string summary{};
    std::string description{}; // may be HTML
    std::string location{};
    Moment start{};
    Moment end{}; // exclusive; none when it is not told
    bool transparent = false;
    bool restricted = false; // visibility private or confidential
    bool declined = false;   // by the calendar's owner
    bool appointment = true; // false: a place of work, a birthday
    bool operator==(const Event&) const = default;
};

struct Page {
    std::string zone;       // of the calendar, IANA; may be empty
    bool busy_only = false; // the reader may see when, not what
    std::vector<Event> events;
    std::size_t unreadable = 0; // items without an id, or that are not cancelled and have no beginning
    std::string next_page;      // a token; empty on the last page
    std::string next_sync;      // on the last page alone, and not always there
};

inline constexpr std::size_t page_events_max = 10'000;

/// The answer of events.list. Errors: protocol for anything but a JSON object, limit for more than page_events_max
/// items.
[[nodiscard]] Result<Page> read_events(std::string_view body);

} // namespace lamp::google
