// The values of iCalendar properties (RFC 5545 3.3): dates and times, durations, offsets, text. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/zone.hpp"

namespace lamp::ical {

/// A DATE or DATE-TIME as it is written: on which wall its time is shown is said elsewhere.
struct Stamp {
    enum class Kind : std::uint8_t { date, local, utc } kind = Kind::local;
    Local time{};
    bool operator==(const Stamp&) const = default;
};

/// "20260310", "20260310T090000", "20260310T090000Z"; seconds may be missing, 60 is 59. Nothing when there is no such
/// day or time.
[[nodiscard]] std::optional<Stamp> parse_stamp(std::string_view text);

/// How long: days on the wall, then time by the clock (RFC 5545 3.3.6).
struct Length {
    std::chrono::days days{};
    seconds time{};
    bool operator==(const Length&) const = default;
};
/// "P1D", "-PT15M", "P2W", "P1DT2H30M". Nothing beyond ten digits.
[[nodiscard]] std::optional<Length> parse_length(std::string_view text);

/// "+0100", "-023045".
[[nodiscard]] std::optional<seconds> parse_offset(std::string_view text);

/// \n, \, \; \\ undone; control characters dropped; bytes that are no UTF-8 taken as windows-1252; cut to `bytes_max`
/// at a character's end.
[[nodiscard]] std::string plain_text(std::string_view value, std::size_t bytes_max);

} // namespace lamp::ical
