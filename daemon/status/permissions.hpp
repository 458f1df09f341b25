// The permission strings (crm-directory D.5) and what the built-in roles hold. Data only.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lamp::status {

/// A set of permissions: bit n is the n-th of `permissions()`.
using Grants = std::uint64_t;

enum class Permission : std::uint8_t {};

[[nodiscard]] std::span<const std::string_view> permissions();
[[nodiscard]] std::optional<Permission> permission_named(std::string_view name);
[[nodiscard]] std::string_view name(Permission permission);
[[nodiscard]] constexpr Grants bit(Permission permission) {
    return Grants{1} << static_cast<unsigned>(permission);
}
struct BuiltInRole {
    std::string_view name;
    Grants grants;
};
/// viewer, operator, administrator, buyer, accountant, technician.
[[nodiscard]] std::span<const BuiltInRole> built_in_roles();

/// "lines.read.fax" counts only for who holds "lines.read", too: removes those that do not count.
[[nodiscard]] Grants without_orphans(Grants grants);

namespace known {
inline constexpr std::string_view all[]{
    "self",
    "presence.read",
    "presence.write",
    "status.read",
    "metrics.read",
    "calls.read",
    "stats.read",
    "dial.self",
    "dial.any",
    "callcontrol.self",
    "callcontrol.any",
    "forwarding.self",
    "forwarding.any",
    "directory.read",
    "directory.write",
    "directory.sync",
    "adapters.configure",
    "integrations.configure",
    "scripts.write",
    "access.manage",
    "audit.read",
    "config.reload",
    "privacy.erase",
    "secrets.read", // opens nothing: secrets are write-only
    "meetings.write",
    "lines.configure",
    "lines.configure.internet",
    "lines.configure.email",
    "lines.configure.fax",
    "lines.configure.fixed",
    "lines.configure.mobile",
    "lines.configure.reception",
    "lines.configure.special",
    "lines.configure.other",
    "lines.read",
    "lines.read.internet",
    "lines.read.email",
    "lines.read.fax",
    "lines.read.fixed",
    "lines.read.mobile",
    "lines.read.reception",
    "lines.read.special",
    "lines.read.other",
    "calls.private", // with whom people talk who do not publish their calls
};
static_assert(std::size(all) <= 64);
} // namespace known

/// For names that stand in our own code: an unknown one does not compile.
[[nodiscard]] consteval Permission permission(std::string_view name) {
    for (std::size_t i = 0; i < std::size(known::all); ++i)
        if (known::all[i] == name) return static_cast<Permission>(i);
    throw "no such permission";
}

} // namespace lamp::status
