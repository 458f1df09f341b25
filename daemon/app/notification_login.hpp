// `lamplighter teams login --notifications`, and what `doctor` says about notifications: the account that subscribes,
// and the address that Microsoft delivers to. Runs on the command's own loop.
#pragma once
#include "adapters/teams/options.hpp"
#include "config/reader.hpp"
#include "http/examine.hpp"
#include "loop/loop.hpp"

namespace lamp {

/// Prints where to go and what to type, waits, keeps the refresh token in the state database. The running daemon
/// finds it there within half a minute. Gives the exit code.
[[nodiscard]] int log_in_for_notifications(const config::Configuration& configuration,
                                           const teams::TeamsOptions& options);

/// True if every step passed. Nothing to examine without `notifications`.
[[nodiscard]] Task<bool> examine_notifications(Loop& loop, const config::Configuration& configuration,
                                               teams::TeamsOptions options, http::Tell tell);

} // namespace lamp
