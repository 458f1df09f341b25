// A refresh token as a service last gave it: each use may replace it, and then the configuration's is worthless. Kept
// under the configured one's fingerprint, so that a new one in the configuration wins over what is on disk.
#pragma once
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "loop/loop.hpp"
#include "store/store.hpp"

namespace lamp::store {

/// "goto/CLIENT" -> "goto/CLIENT/FINGERPRINT/refresh_token": the row of `secret`.
[[nodiscard]] std::string kept_name(std::string_view whose, const Secret& configured);
/// Empty: none was kept for this configuration.
[[nodiscard]] Task<Result<Secret>> read_kept(Store& store, std::string name);
/// On disk when it returns without an error. Those of earlier configurations of `whose` go.
[[nodiscard]] Task<Result<void>> keep(Store& store, std::string name, Secret refresh_token);

} // namespace lamp::store
