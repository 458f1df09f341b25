// The account that subscribes: how a person logs it in once, elsewhere, with a code (RFC 8628), and where its refresh
// token is kept. Presence subscriptions are for people's tokens alone (cloud-apis.md A7).
#pragma once
#include <functional>
#include <string>

#include "adapters/teams/options.hpp"
#include "loop/loop.hpp"
#include "store/store.hpp"

namespace lamp::teams {

/// The kept refresh token of this tenant and app registration; empty: nobody has logged in.
[[nodiscard]] Task<Result<Secret>> read_login(store::Store& store, std::string tenant, std::string client_id);
/// It replaces the one before. On disk when this returns.
[[nodiscard]] Task<Result<void>> keep_login(store::Store& store, std::string tenant, std::string client_id,
                                            Secret refresh_token);

/// Where a person goes and what is typed there.
struct DevicePrompt {
    std::string address;
    std::string code;
    seconds lasts;
};

/// Asks for a code, shows it, waits until it was used, at most as long as it lasts. Gives the refresh token. Errors are
/// sentences with what to do: unauthorised (declined, expired, not permitted), else as the login host's answers.
[[nodiscard]] Task<Result<Secret>> log_in_elsewhere(Loop& loop, TeamsOptions options,
                                                    std::function<void(const DevicePrompt&)> show);

/// What is missing for subscriptions with this refresh token, as a sentence for a person; empty: nothing. Asks Graph
/// for the account's subscriptions. `replaced` takes the refresh token that Microsoft gives instead, if it does.
[[nodiscard]] Task<std::string> examine_login(Loop& loop, TeamsOptions options, Secret refresh_token,
                                              std::function<Task<>(Secret)> replaced);

} // namespace lamp::teams
