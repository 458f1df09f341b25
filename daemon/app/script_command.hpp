// `lamplighter script list|render|check`: what scripts make of a call, without a daemon.
#pragma once
#include "cli/arguments.hpp"
#include "config/reader.hpp"

namespace lamp {

/// Gives the exit code.
[[nodiscard]] int script_command(const cli::Arguments& arguments, const config::Configuration& configuration);

} // namespace lamp
