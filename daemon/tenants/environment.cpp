#include "tenants/environment.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "config/credentials.hpp"

namespace lamp::tenants {
namespace {

constexpr std::string_view credentials_directory = "CREDENTIALS_DIRECTORY";

constexpr std::array<std::string_view, 13> passed_on{
    "PATH",    "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES",   "LC_NUMERIC",
    "LC_TIME", "TZ",   "TZDIR",    "HOME",   "TMPDIR",   "SSL_CERT_FILE",
};

constexpr std::array<std::string_view, 9> kept{
    credentials_directory, config::credentials_prefix,
    tenant_variable,       "NOTIFY_SOCKET",
    "WATCHDOG_USEC",       "WATCHDOG_PID",
    "LISTEN_FDS",          "LISTEN_PID",
    "LISTEN_FDNAMES",
};

void add_credentials(Environment& made, const std::string& name, const std::filesystem::path& house,
                     const config::Sources& machine) {
    auto given = machine.environment(std::string(credentials_directory)).value_or("");
    auto folder = given.empty() ? house.parent_path() / "secrets" : std::filesystem::path(given);
    if (machine.kind(folder / name) == config::FileKind::folder) {
        made.emplace(credentials_directory, (folder / name).string());
    } else if (!given.empty()) {
        made.emplace(credentials_directory, given);
        made.emplace(config::credentials_prefix, fmt::format("secrets_{}_", name));
    }
}

} // namespace

bool is_kept_for_us(std::string_view variable) {
    return std::ranges::find(kept, variable) != kept.end();
}

Environment environment_of(const TenantOptions& tenant, const std::filesystem::path& house,
                           const config::Sources& machine) {
    Environment made;
    auto pass = [&](const std::string& name) {
        if (auto value = machine.environment(name)) made.emplace(name, *value);
    };
    for (std::string_view name : passed_on)
        pass(std::string(name));
    for (const std::string& name : tenant.env)
        pass(name);
    made.emplace(tenant_variable, tenant.name);
    add_credentials(made, tenant.name, house, machine);
    return made;
}

config::Sources sources_of(Environment environment, const config::Sources& machine) {
    auto sources = machine;
    sources.environment = [environment = std::move(environment)](const std::string& name) {
        auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    return sources;
}

} // namespace lamp::tenants
