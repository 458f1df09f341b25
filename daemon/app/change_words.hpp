// What a reload has changed, as the audit keeps it: keys with their values, secrets masked. Pure.
#pragma once
#include <string>
#include <vector>

#include "config/reload.hpp"

namespace lamp {

/// `[http] anonymous_role = "viewer"; [token "desk"] secret = "***"`, as `configuration` has them; what it does not
/// have is left out. Cut where it gets too long.
[[nodiscard]] std::string values_of(const config::Configuration& configuration,
                                    const std::vector<config::Change>& changes);

} // namespace lamp
