// `lamplighter people template|export|import|restore`: the people file ([people] file) as spreadsheets take it, and
// another one in its place: first what it would change, then within limits, whole or not at all, with a way back.
#pragma once
#include <string>

#include "cli/arguments.hpp"

namespace lamp {

/// Gives the exit code. `config_file` needs to be right but for the people file that it names, which may be missing or
/// broken: `import` mends that. A running daemon follows at its next reload.
[[nodiscard]] int people_command(const cli::Arguments& arguments, const std::string& config_file);

} // namespace lamp
