// `lamplighter doctor` for BroadWorks: looks at one login step by step, as the daemon would use it, and says for each
// step what to do when it fails. Changes nothing on the platform but a channel of its own, which it deletes.
#pragma once
#include <string>

#include "http/examine.hpp"
#include "xsi/options.hpp"

namespace lamp::xsi {

/// Calls `tell` for each step as it is done; a step that makes the next ones senseless ends its host. `line` is a user
/// to try a subscription with; empty: the login itself. True if every step passed.
[[nodiscard]] Task<bool> examine(http::Client client, BroadworksOptions options, std::string line, http::Tell tell);

} // namespace lamp::xsi
