// Views of several platforms as one. Pure.
#pragma once
#include <vector>

#include "status/ports.hpp"

namespace lamp::status {

/// Counts and problems added up; names and channels left empty.
[[nodiscard]] PlatformView sum_of(const std::vector<PlatformView>& platforms);

} // namespace lamp::status
