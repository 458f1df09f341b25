// The two texts that are generated from the section tables: the annotated lamplighter.toml and config/README.md.
#pragma once
#include <string>

#include "config/reader.hpp"

namespace lamp::config {

/// `config reference`: TOML that checks clean as it stands. Keys with a default stand with it; optional keys, and
/// whole sections that are off until somebody wants them, are commented out with "#" directly before the key, so that
/// taking these "#" away gives a complete example (prose has a space after its "#").
[[nodiscard]] std::string reference(const Schema& schema);

/// config/README.md: one table per section.
[[nodiscard]] std::string readme(const Schema& schema);

} // namespace lamp::config
