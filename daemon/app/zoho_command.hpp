// `lamplighter zoho login|logout`: a person's consent to PhoneBridge is asked for in a browser and kept in the state
// database, or forgotten; and what `doctor` says of Zoho. Runs on the command's own loop.
#pragma once
#include "cli/arguments.hpp"
#include "config/reader.hpp"
#include "http/examine.hpp"
#include "loop/loop.hpp"

namespace lamp {

/// Gives the exit code. A running daemon that has no login, or whose login is refused, finds it within ten seconds.
[[nodiscard]] int zoho_command(const cli::Arguments& arguments, const config::Configuration& configuration);

/// For `doctor`: true if all steps passed, or there is no [zoho].
[[nodiscard]] Task<bool> examine_zoho(Loop& loop, const config::Configuration& configuration, http::Tell tell);

} // namespace lamp
