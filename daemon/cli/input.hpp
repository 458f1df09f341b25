// Files that are given to commands, and how much may go because of them.
#pragma once
#include <string>

#include "base/errors.hpp"
#include "cli/arguments.hpp"
#include "contacts/plan.hpp"

namespace lamp::cli {

/// At most `most` bytes and one: whoever gets more knows that it is too long. "-" is standard input. The error says
/// why, without the path.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t most);

/// --max-delete; without it the usual ones. Category::invalid, with the option's name.
[[nodiscard]] Result<contacts::ImportLimits> limits_of(const Arguments& arguments);

} // namespace lamp::cli
