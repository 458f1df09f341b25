// One mailbox's calendar in Outlook: what to ask next, and what its appointments are to us (cloud-apis.md A11). In a
// delta an occurrence of a series may tell no more than its times; its words are the master's. A machine.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/calendars/mirror.hpp"
#include "base/zones.hpp"
#include "proto/graph/calendar.hpp"

namespace lamp::calendars {

class GraphMirror final : public Mirror {
public:
    static constexpr std::size_t masters_at_once = 64;

    /// `zone` is the line's: whole days belong there.
    GraphMirror(std::string mailbox, Zone zone);

    /// The target of the next request: of Graph, or a link of its own.
    [[nodiscard]] std::string target() const;
    /// True: that was the last page; `finish` ends the reading. Errors: limit, for too many pages or appointments.
    [[nodiscard]] Result<bool> take(graph::CalendarPage page);
    /// Masters whose words occurrences want and nobody has told, at most masters_at_once. They are to be asked for and
    /// told to `learn` before `finish`; occurrences of the others are hidden until the next reading.
    [[nodiscard]] std::vector<std::string> missing() const;
    void learn(const std::string& master, graph::Words words);
    /// What the pages told is known now.
    void finish();

    [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; } // items that were passed over

private:
    struct Bare { // an occurrence without words
        std::string master;
        graph::Appointment times;
    };

    void take(graph::Appointment appointment);
    [[nodiscard]] Zone zone_of(const graph::Stamp& stamp);
    [[nodiscard]] Wall instant(const graph::Stamp& stamp);
    [[nodiscard]] Wall midnight(const graph::Stamp& stamp);
    [[nodiscard]] Occurrence occurrence(const graph::Appointment& appointment, const graph::Words& words);

    std::string mailbox_;
    Zone zone_;
    Zones zones_; // that appointments name
    std::map<std::string, graph::Words, std::less<>> masters_{};
    std::map<std::string, Bare, std::less<>> bare_{};
    std::string delta_link_;
    bool doubtful_ = false; // a series is gone: what became of its occurrences a listing tells
    std::uint64_t unreadable_ = 0;
};

} // namespace lamp::calendars
