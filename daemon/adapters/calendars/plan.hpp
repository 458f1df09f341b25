// What the appointments of all calendars will do, and why some will not: `lamplighter calendar plan`. Pure.
// Lives on the egress loop.
#pragma once
#include <span>

#include "adapters/calendars/agenda.hpp"

namespace lamp::calendars {

enum class PlanState : std::uint8_t {
    diverts, // it will
    diverting,
    ignored,  // it does not speak of calls
    refused,  // it does, but nobody is forwarded there
    conflict, // another calendar wants another number, or somebody comes first; it may come to nothing
};
[[nodiscard]] std::string_view name(PlanState state);

/// One appointment on one line.
struct PlanRow {
    std::string calendar;
    std::string line;
    std::string title;
    Wall from{};
    Wall until{};
    std::string to; // empty: it diverts nothing
    PlanState state = PlanState::ignored;
    std::string reason; // ignored, refused, conflict: why
    bool operator==(const PlanRow&) const = default;
};

inline constexpr std::size_t plan_rows_max = 10'000;

/// What overlaps [now, now + next), in order of time; at most `plan_rows_max` rows, the earliest. `precedence` is
/// [forwarding]'s. `written` is what the configuration calls the line of a calendar that has none (nobody has it).
struct Planned {
    const Agenda& agenda;
    std::string written;
};
[[nodiscard]] std::vector<PlanRow> plan(std::span<const Planned> calendars, const forwarding::Desk& desk,
                                        const std::vector<forwarding::Source>& precedence, Wall now, milliseconds next);

} // namespace lamp::calendars
