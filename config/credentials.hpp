// How credentials of a systemd unit are divided among those who share it.
#pragma once
#include <string_view>

namespace lamp::config {

/// The environment variable that narrows `credential:NAME` to files of $CREDENTIALS_DIRECTORY whose names begin with
/// its value: "secrets_acme_" makes `credential:teams` the file secrets_acme_teams, and no other is looked at.
inline constexpr std::string_view credentials_prefix = "LAMPLIGHTER_CREDENTIALS_PREFIX";

} // namespace lamp::config
