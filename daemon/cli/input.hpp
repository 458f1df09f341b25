// Files that are given to commands.
#pragma once
#include <string>

#include "base/errors.hpp"

namespace lamp::cli {

/// At most `most` bytes and one: whoever gets more knows that it is too long. "-" is standard input. The error says
/// why, without the path.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t most);

} // namespace lamp::cli
