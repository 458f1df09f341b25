// The words of presence: what sources report and what the rules conclude. States are enums; texts are for people.
// No loop: values only.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lamp::presence {

/// Dense index of a presentity; never moves, never re-used for somebody else while the daemon runs.
using Slot = std::uint32_t;

enum class Source : std::uint8_t { telephony, teams, meetings, publication };
inline constexpr std::size_t source_count = 4;

enum class LineState : std::uint8_t { unknown, idle, active, held, ringing }; // ascending urgency
enum class Forwarding : std::uint8_t { none, always, busy, no_answer, not_reachable, selective, multiple };
enum class AgentState : std::uint8_t { none, sign_in, available, unavailable, wrap_up, sign_out };

/// What Teams' many words come down to for the rules (interface 7.7).
enum class TeamsState : std::uint8_t {
    unknown,
    offline,
    available,
    away,
    busy,
    in_meeting,
    do_not_disturb,
    presenting
};

/// What the board, SSE, SIP and CSTA show (interface 6).
enum class Status : std::uint8_t {
    unknown,
    offline,
    available,
    away,
    busy,
    in_meeting,
    on_call,
    do_not_disturb,
    held,
    ringing,
};
inline constexpr std::size_t status_count = 10;

[[nodiscard]] std::string_view name(Source source);
[[nodiscard]] std::string_view name(LineState state);
[[nodiscard]] std::string_view name(Forwarding forwarding);
[[nodiscard]] std::string_view name(AgentState state);
[[nodiscard]] std::string_view name(TeamsState state);
[[nodiscard]] std::string_view name(Status status);
[[nodiscard]] std::string_view colour(Status status);
[[nodiscard]] bool blinking(Status status);

[[nodiscard]] std::optional<Status> status_named(std::string_view text);

} // namespace lamp::presence
