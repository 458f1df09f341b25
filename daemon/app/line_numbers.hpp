// The lines whose numbers and extensions are known, as the dial plan wants them. Pure.
#pragma once
#include <span>
#include <vector>

#include "numbers/dial_plan.hpp"
#include "roster/roster.hpp"

namespace lamp {

/// Everybody of the platforms' directories, and the watched lines that stand in none, which have no group. `formats`:
/// of each platform. Groups of several platforms stay apart.
[[nodiscard]] std::vector<numbers::Line> line_numbers(const roster::Roster& roster,
                                                      std::span<const roster::PlatformInfo> platforms,
                                                      std::span<const numbers::Format> formats);

} // namespace lamp
