// Two clocks, never mixed: Steady for waits and ages, Wall (UTC, milliseconds) for what people and peers read.
// Machines take `now` as an argument; only the coroutines around them call these functions.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock::time_point;
using Wall = std::chrono::sys_time<milliseconds>;

[[nodiscard]] inline Steady steady_now() {
    return std::chrono::steady_clock::now();
}
[[nodiscard]] inline Wall wall_now() {
    return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

/// RFC 3339 in UTC with three decimals: "2026-11-22T10:00:00.123Z".
[[nodiscard]] std::string rfc3339(Wall time);
/// Writes the same 24 characters to `out` without allocating; returns the end.
char* write_rfc3339(char* out, Wall time);
/// Reads RFC 3339 with any offset and zero to nine decimals.
[[nodiscard]] Result<Wall> parse_rfc3339(std::string_view text);

} // namespace lamp
