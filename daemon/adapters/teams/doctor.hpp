// `lamplighter doctor` and `lamplighter teams check`: looks at the tenant step by step, as the daemon would use it, and
// says for each step what to do when it fails. Changes nothing there.
#pragma once
#include "adapters/teams/options.hpp"
#include "http/examine.hpp"

namespace lamp::teams {

/// The application permissions that these options need: "Presence.ReadWrite.All" …
[[nodiscard]] std::vector<std::string> needed_permissions(const TeamsOptions& options);
/// Where an administrator grants them to the app registration.
[[nodiscard]] std::string consent_url(const TeamsOptions& options);
/// The `requiredResourceAccess` of the app registration's manifest: what to paste in the portal. JSON.
[[nodiscard]] std::string manifest(const TeamsOptions& options);

/// True if every step passed.
[[nodiscard]] Task<bool> examine(Loop& loop, TeamsOptions options, http::Tell tell);
/// The bot alone; true, too, where there is none.
[[nodiscard]] Task<bool> examine_bot(Loop& loop, TeamsOptions options, http::Tell tell);

} // namespace lamp::teams
