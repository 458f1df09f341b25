// What PhoneBridge is told, as form bodies (crm-directory.md A.3 to A.6). A '+' is always %2B, a space %20; times are
// "yyyy-MM-dd HH:mm:ss" in GMT: ISO 8601 is refused over there. Pure.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"

namespace lamp::zoho {

enum class Direction : std::uint8_t { received, dialed };
[[nodiscard]] std::string_view name(Direction direction);

enum class State : std::uint8_t {
    ringing,
    answered,
    ended,
    missed, // received only
    busy,   // this and the rest: dialed only
    invalid,
    blocked,
    notavailable,
    noanswer,
    rejected,
};
inline constexpr std::size_t state_count = 10;
[[nodiscard]] std::string_view name(State state);
[[nodiscard]] std::optional<State> state_named(std::string_view word);
/// Nobody was spoken to, and the call is over.
[[nodiscard]] constexpr bool unattended(State state) {
    return state >= State::missed;
}

/// One `callnotify`.
struct Notice {
    Direction direction{};
    State state{};
    std::string id; // letters and digits; the same for the whole of the call
    std::string from;
    std::string to;
    std::string zohouser{};
    std::string transferred_id{}; // ringing only: the id over there of the call that was handed over
    Wall start{};                 // ended and unattended
    seconds duration{0};          // ended: talked
    bool operator==(const Notice&) const = default;
};
[[nodiscard]] std::string form(const Notice& notice);
/// "2031-04-05 09:07:00".
[[nodiscard]] std::string gmt(Wall time);

/// "a=b&c=d"; pairs without a value are left out.
[[nodiscard]] std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);

/// The value of authorizationparam: one pair, as strict JSON, or the way Zoho's own samples write it, unquoted.
enum class Writing : std::uint8_t { strict, documented };
[[nodiscard]] std::string pair_text(std::string_view name, std::string_view value, Writing writing);

} // namespace lamp::zoho
