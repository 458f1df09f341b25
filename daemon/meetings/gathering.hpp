// Who is in a meeting that Teams knows nothing of: what Zoom, GoTo and others tell, as the table's source `meetings`.
// A machine: no clock, no socket. Lives on the egress loop, the only writer of that source.
#pragma once
#include <array>
#include <set>
#include <unordered_map>
#include <vector>

#include "meetings/news.hpp"

namespace lamp::meetings {

class Gathering {
public:
    struct Change {
        presence::Slot slot;
        bool in_meeting;
        bool operator==(const Change&) const = default;
    };

    /// Whose meetings count (`[presence] meetings`); Teams has a source of its own and is ignored.
    explicit Gathering(const std::set<Source>& counted) : counted_(counted) {}

    /// Only live meetings count, and what calendars say that are asked for nothing else; what is older than what is
    /// known is ignored.
    void heard(const News& news, Steady now);
    void lost(Source source);
    /// What has changed since the last call, freshness included.
    [[nodiscard]] std::vector<Change> changes(Steady now);
    [[nodiscard]] Steady wake_at() const { return expiries_.empty() ? Steady::max() : expiries_.begin()->first; }

private:
    struct Told {
        bool live = false;
        Wall happened = Wall::min();
        Steady fresh_until{};
    };
    struct Person {
        std::array<Told, source_count> told{};
        bool shown = false;
    };
    [[nodiscard]] static bool in_meeting(const Person& person, Steady now);

    std::set<Source> counted_;
    std::unordered_map<presence::Slot, Person> people_;
    std::set<std::pair<Steady, presence::Slot>> expiries_; // of live ones; outdated entries are looked at in vain
    std::set<presence::Slot> touched_;
};

} // namespace lamp::meetings
