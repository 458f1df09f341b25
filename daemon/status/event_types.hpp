// The kinds of events of /v1/events (interface 4). Values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace lamp::status {

enum class EventType : std::uint8_t { presence, call, missed, forwarding, acd, gap, heartbeat };
inline constexpr std::size_t event_type_count = 7;

[[nodiscard]] std::string_view name(EventType type);
[[nodiscard]] std::optional<EventType> event_type_named(std::string_view word);

/// Of calls that are not published there are two events: one for the person and who holds calls.private, and one for
/// the others.
enum class Audience : std::uint8_t { everybody, insiders, outsiders };

/// A set of them.
using EventTypes = std::uint8_t;
[[nodiscard]] constexpr EventTypes bit(EventType type) {
    return static_cast<EventTypes>(1U << static_cast<unsigned>(type));
}
inline constexpr EventTypes every_event_type = (1U << event_type_count) - 1;

} // namespace lamp::status
