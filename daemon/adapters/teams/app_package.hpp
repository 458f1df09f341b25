// The app that an administrator uploads to Teams so that people search and call there: manifest, icons, and the archive
// of them ("Teams app manifest", schema 1.17). Pure.
#pragma once
#include <string>
#include <string_view>

#include "adapters/teams/options.hpp"

namespace lamp::teams {

inline constexpr std::string_view bot_path = "/hooks/teams/messages"; // at [http] public_url

/// JSON; `version` is the daemon's, by which Teams knows a newer package. Needs a bot and a public_url.
[[nodiscard]] std::string app_manifest(const TeamsOptions& options, std::string_view version);
/// A ZIP archive of manifest and icons.
[[nodiscard]] std::string app_package(const TeamsOptions& options, std::string_view version);

/// PNG: 192x192, and 32x32 in white on nothing.
[[nodiscard]] std::string_view color_icon();
[[nodiscard]] std::string_view outline_icon();

} // namespace lamp::teams
