// Because of what an agent is to be unavailable: words of `[acd] follow`, and whether one of them holds. The agent's
// own state is no input, so nothing that we write comes back as a wish. Pure.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "presence/words.hpp"

namespace lamp::acd {

enum class Reason : std::uint8_t {
    meeting,             // in a meeting or a call of Teams, presenting included
    do_not_disturb,      // in Teams
    line_do_not_disturb, // of the line itself
    away,                // in Teams: away, be right back
};
[[nodiscard]] std::string_view name(Reason reason);

struct Wish {
    bool away = false;
    Reason why = Reason::meeting; // while away
    bool operator==(const Wish&) const = default;
};

/// What is known of a line and of the persons whose line it is.
struct Seen {
    bool dnd = false;     // of the line
    bool talking = false; // a call is answered or dialled: that nobody touches the PC says nothing then
    /// By person; nothing: Teams says nothing, or nothing fresh.
    std::span<const std::optional<presence::TeamsState>> teams{};
};

/// The first of `followed` that holds; nothing while Teams is to be followed and says nothing of anybody.
[[nodiscard]] std::optional<Wish> wish_of(std::span<const Reason> followed, const Seen& seen);

} // namespace lamp::acd
