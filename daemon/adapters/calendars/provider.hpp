// What every provider of calendars (Google, Graph, CalDAV, ICS) is to the rest: it is asked for a window of time and
// gives all that is in it. How it saves traffic (tokens, ETags, deltas) is its own business. Egress loop.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "loop/loop.hpp"

namespace lamp::calendars {

/// One appointment as it takes place once: recurrences are expanded, moved and excepted ones stand where they are.
struct Occurrence {
    std::string key; // stable over edits, unique within the calendar: UID and original start
    std::string title{};
    std::string description{};
    std::string location{};
    Wall from{};
    Wall until{}; // exclusive; all-day ones from midnight to midnight in the line's zone
    bool all_day = false;
    bool cancelled = false; // such ones, and declined ones, may also be left out
    bool declined = false;  // by the calendar's owner
    bool free = false;      // marked as free: it diverts all the same (interface 7.16)
    bool hidden = false;    // private or free/busy only: there is no title to read
    bool operator==(const Occurrence&) const = default;
};

struct Window {
    Wall from{};
    Wall until{}; // exclusive; what overlaps the window is in it
};

class Provider {
public:
    Provider() = default;
    virtual ~Provider() = default;
    Provider(const Provider&) = delete;
    Provider& operator=(const Provider&) = delete;

    /// All that overlaps the window, by start; nothing: as at the last reading of the same window. Errors: unauthorised
    /// and forbidden (a person must act), not_found (no such calendar), throttled (and no request is sent until the
    /// wait is over), protocol (200 with HTML and the like), network, timeout, unavailable. A failed reading leaves
    /// what is known; the next one heals.
    [[nodiscard]] virtual Task<Result<std::optional<std::vector<Occurrence>>>> read(Window window) = 0;
    /// Whether another login than that of the last reading is to be used from now on, or none. Asks nobody outside.
    [[nodiscard]] virtual Task<bool> login_changed() { co_return false; }
    /// Ends what is under way as cancelled.
    virtual void close() {}
};

} // namespace lamp::calendars
