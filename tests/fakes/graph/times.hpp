// Times as the services write and read them. Milliseconds since 1970, UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sim::graph {

std::string iso_seconds(std::int64_t ms);    // 2026-01-05T09:00:00Z
std::string iso_ticks(std::int64_t ms);      // 2026-01-05T09:00:00.1230000Z
std::string spaced_seconds(std::int64_t ms); // 2026-01-05 09:00:00Z
std::string http_date(std::int64_t ms);
std::optional<std::int64_t> from_iso(std::string_view text);       // with Z or an offset, any number of decimals
std::optional<std::int64_t> duration_of(std::string_view iso8601); // PT15M, P1D, PT1H30M; in ms
std::int64_t system_ms();

} // namespace sim::graph
