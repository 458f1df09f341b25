// `config show`: the values in force, secrets masked, each with where it came from.
#pragma once
#include <string>

#include "config/reader.hpp"

namespace lamp::config {

/// TOML in the order of the schema; every line ends with its origin as a comment: `# FILE:LINE:COL`, `# default`,
/// `# env:NAME, FILE:LINE:COL`. Keys that are not set and sections that are off stand as comments.
[[nodiscard]] std::string show(const Configuration& configuration);

} // namespace lamp::config
