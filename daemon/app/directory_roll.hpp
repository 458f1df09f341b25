// The people and the platforms' directories as items of the directory (interface 7.9): sources "people" (the file) and
// "broadworks" (everybody else). Pure.
#pragma once
#include <memory>
#include <span>
#include <unordered_set>
#include <vector>

#include "directory/roll.hpp"
#include "numbers/dial_plan.hpp"
#include "presence/people.hpp"
#include "roster/roster.hpp"
#include "sip/names.hpp"

namespace lamp {

/// `of_file`: ids of the people whom the file names. `whole`: no directory is awaited.
[[nodiscard]] std::shared_ptr<const directory::Roll>
directory_roll(const std::shared_ptr<const presence::People>& people, std::span<const sip::LineRow> lines,
               std::span<const roster::PlatformInfo> platforms, const std::unordered_set<std::string>& of_file,
               const numbers::DialPlan& plan, bool whole);

} // namespace lamp
