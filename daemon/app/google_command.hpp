// `lamplighter google login|logout`: a person's consent to read a calendar is asked for in a browser and kept in the
// state database, or given back. Runs on the command's own loop.
#pragma once
#include "cli/arguments.hpp"
#include "config/reader.hpp"

namespace lamp {

/// Gives the exit code. A running daemon finds the login, or its end, within half a minute.
[[nodiscard]] int google_command(const cli::Arguments& arguments, const config::Configuration& configuration);

} // namespace lamp
