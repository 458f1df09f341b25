// The rule of a zone for all years to come, as POSIX writes it in TZ and zone files in their footers (RFC 8536, 3.3):
// "CET-1CEST,M3.5.0,M10.5.0/3". Pure.
#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace lamp {

class PosixZone {
public:
    [[nodiscard]] static std::optional<PosixZone> parse(std::string_view text);
    [[nodiscard]] seconds offset(std::chrono::sys_seconds at) const;

private:
    /// A day of the year and a local time of it.
    struct Moment {
        enum class Kind : std::uint8_t { month_week_day, julian, zero_based } kind{};
        int month = 0, week = 0, day = 0;
        seconds time{7200};
        [[nodiscard]] std::chrono::local_seconds in(std::chrono::year year) const;
    };
    struct Cursor;
    seconds standard_{};
    std::optional<seconds> summer_{};
    Moment begins_{}, ends_{};
};

} // namespace lamp
