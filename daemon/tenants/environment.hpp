// What a tenant's process sees of the environment: nothing of its neighbours'. Pure.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "config/sources.hpp"
#include "tenants/house.hpp"

namespace lamp::tenants {

using Environment = std::map<std::string, std::string>;

/// The variable that says whose process it is; its log lines name it.
inline constexpr std::string_view tenant_variable = "LAMPLIGHTER_TENANT";

/// Whether such a variable is made for each tenant and cannot be passed on.
[[nodiscard]] bool is_kept_for_us(std::string_view variable);

/// PATH, LANG, TZ and the like, what `env` names, and where the tenant's credentials are:
/// `$CREDENTIALS_DIRECTORY/NAME`, or those of its files that begin with `secrets_NAME_` (what LoadCredential= makes of
/// the folder secrets/NAME); without systemd `secrets/NAME` beside the house file; else nothing, and `secrets` beside
/// the tenant's file is taken.
[[nodiscard]] Environment environment_of(const TenantOptions& tenant, const std::filesystem::path& house,
                                         const config::Sources& machine);

/// The machine as this tenant sees it: files as they are, the environment as above.
[[nodiscard]] config::Sources sources_of(Environment environment, const config::Sources& machine);

} // namespace lamp::tenants
