// The words of a Zoom presence (cloud-apis.md C2): web hooks, REST and chat spell the same thing differently.
// Pure values.
#pragma once
#include <cstdint>
#include <string_view>

namespace lamp::zoom {

enum class State : std::uint8_t {
    unknown, // no word at all, or one that nobody has told us of
    available,
    away,
    offline,
    busy,
    out_of_office,
    do_not_disturb,
    calendar, // an appointment, joined or not
    phone,    // a call of Zoom Phone, which is no meeting
    meeting,
    presenting,
};

/// Any case, "In_Meeting" as well as "In_A_Zoom_Meeting".
[[nodiscard]] State state_named(std::string_view word);
/// As in web hooks, "In_Meeting"; unknown is "Unknown".
[[nodiscard]] std::string_view text(State state);
[[nodiscard]] constexpr bool in_meeting(State state) {
    return state == State::meeting || state == State::presenting;
}

} // namespace lamp::zoom
