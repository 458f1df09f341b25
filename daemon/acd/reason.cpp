#include "acd/reason.hpp"

#include <algorithm>

namespace lamp::acd {
namespace {

using presence::TeamsState;

bool holds(Reason reason, TeamsState teams) {
    switch (reason) {
    case Reason::meeting: return teams == TeamsState::in_meeting || teams == TeamsState::presenting;
    case Reason::do_not_disturb: return teams == TeamsState::do_not_disturb;
    case Reason::away: return teams == TeamsState::away;
    case Reason::line_do_not_disturb: break;
    }
    return false;
}

} // namespace

std::string_view name(Reason reason) {
    switch (reason) {
    case Reason::meeting: return "meeting";
    case Reason::do_not_disturb: return "do_not_disturb";
    case Reason::line_do_not_disturb: return "line_do_not_disturb";
    case Reason::away: return "away";
    }
    return "";
}

std::optional<Wish> wish_of(std::span<const Reason> followed, const Seen& seen) {
    bool follows_away = std::ranges::find(followed, Reason::away) != followed.end();
    auto speaks = [&](const std::optional<TeamsState>& teams) {
        return teams && !(follows_away && seen.talking && *teams == TeamsState::away);
    };
    bool follows_teams = false;
    for (Reason reason : followed) {
        if (reason == Reason::line_do_not_disturb) {
            if (seen.dnd) return Wish{true, reason};
            continue;
        }
        follows_teams = true;
        bool so =
            std::ranges::any_of(seen.teams, [&](const auto& teams) { return speaks(teams) && holds(reason, *teams); });
        if (so) return Wish{true, reason};
    }
    if (follows_teams && std::ranges::none_of(seen.teams, speaks)) return std::nullopt;
    return Wish{};
}

} // namespace lamp::acd
