// Calendars and their events as Google keeps them: numbered changes, series and their exceptions (cloud-apis.md F2).
// Told what to change, knows no wire. Lives on the simulator's loop.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::google {

struct When {
    bool day = false;    // a whole day
    std::int64_t ms = 0; // since 1970, UTC; of a day its midnight as if the calendar were in UTC
    bool operator==(const When&) const = default;
};

struct Exception { // of one instance of a series
    bool cancelled = false;
    std::optional<When> start{};
    std::optional<When> end{};
    std::optional<std::string> summary{};
    std::uint64_t seq = 0;
};

struct Event {
    std::string id{};
    std::string summary{};
    std::string description{};
    std::string location{};
    When start{};
    When end{};
    std::int64_t every_ms = 0; // 0: no series. Steps are of absolute time: a series does not follow DST
    std::int64_t count = 1;
    bool cancelled = false;
    bool transparent = false;
    bool declined = false;
    std::string visibility = "default";
    std::string type = "default";
    std::uint64_t seq = 0;
    std::map<std::string, Exception> exceptions{}; // by instance id
};

// An event, a master, or one instance of a series as it takes place.
struct Item {
    std::string id;
    const Event* event = nullptr;
    When original{};
    When start{};
    When end{};
    std::string summary{};
    bool instance = false;
    bool cancelled = false;
    std::uint64_t seq = 0;
};

struct Calendar {
    std::string id{};
    std::string zone = "Europe/Amsterdam";
    std::int64_t offset_min = 60;                 // how times are written, and when days begin
    std::map<std::string, std::string> readers{}; // address -> "reader" or "freeBusyReader"
    std::map<std::string, Event> events{};
    std::uint64_t seq = 0;
    std::uint64_t named = 0; // for ids

    std::vector<Item> items(bool single) const;
    // Below: false when there is no such event or instance. A series' instance gets an exception.
    bool change(const std::string& id, const Exception& what, const Event* fresh);
    bool remove(const std::string& id);
    Event& add(Event event); // makes an id where there is none
    // Instants, for the overlap with a window.
    std::int64_t instant(const When& when) const { return when.ms - (when.day ? offset_min * 60'000 : 0); }
    const Event* master_of(std::string_view id) const;
};

std::string instance_id(const Event& event, const When& original);

} // namespace sim::google
