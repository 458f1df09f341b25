// Which zone a TZID means: the calendar's own VTIMEZONE, an IANA name, one with a producer's prefix, a Windows name;
// else the line's own zone, with a warning. Pure but for zones that `zones` reads from disk.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "proto/ical/lines.hpp"
#include "proto/ical/rule.hpp"

namespace lamp::ical {

/// A VTIMEZONE with all its changes from 1970 up to `until` (its rules go on for ever); nothing if it has no part that
/// can be used.
[[nodiscard]] std::optional<Zone> zone_of(const Component& vtimezone, Wall until, Budget& budget);

class Tzids {
public:
    Tzids(const Components& components, const Question& question, Zones& zones, Warnings& warnings);
    /// As written on that line of that calendar; empty: floating.
    [[nodiscard]] const Zone& find(std::string_view written, std::size_t calendar, std::size_t line);
    [[nodiscard]] const Zone& of_line() const { return question_.zone; }

private:
    [[nodiscard]] std::optional<Zone> build(const Component& vtimezone);
    [[nodiscard]] std::optional<Zone> own(std::string_view tzid, std::size_t calendar, std::size_t line);
    [[nodiscard]] std::optional<Zone> by_name(std::string_view tzid);

    const Question& question_;
    Zones& zones_;
    Warnings& warnings_;
    Budget budget_;
    using Key = std::pair<std::size_t, std::string>; // calendar, TZID
    std::map<Key, const Component*> written_{};
    std::map<std::string_view, std::optional<Zone>> built_{}; // by the text of the VTIMEZONE
    std::map<Key, Zone> known_{};
};

} // namespace lamp::ical
