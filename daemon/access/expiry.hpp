// When a token ends. Pure.
#pragma once
#include <string_view>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp::access {

/// An RFC 3339 time, or a date, "2027-03-31": through the end of that day in UTC. Category::invalid otherwise.
[[nodiscard]] Result<Wall> parse_expiry(std::string_view text);

} // namespace lamp::access
