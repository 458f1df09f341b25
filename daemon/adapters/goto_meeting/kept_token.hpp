// The refresh token as GoTo last gave it: each use may replace it, and then the configuration's is worthless. Kept
// under the configured one's fingerprint, so that a new one in the configuration wins over what is on disk.
#pragma once
#include <string>

#include "adapters/goto_meeting/options.hpp"
#include "loop/loop.hpp"
#include "store/store.hpp"

namespace lamp::goto_meeting {

/// "goto/CLIENT/FINGERPRINT/refresh_token": the row of `secret`.
[[nodiscard]] std::string kept_name(const GoToOptions& options);
/// Empty: none was kept for this configuration.
[[nodiscard]] Task<Result<Secret>> read_kept(store::Store& store, std::string name);
/// On disk when it returns without an error. Those of earlier configurations of this client go.
[[nodiscard]] Task<Result<void>> keep(store::Store& store, std::string name, Secret refresh_token);

} // namespace lamp::goto_meeting
