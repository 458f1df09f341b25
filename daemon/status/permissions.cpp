#include "status/permissions.hpp"

#include <array>

namespace lamp::status {
namespace {

template <class... Names>
consteval Grants grants(Names... names) {
    return (Grants{0} | ... | bit(permission(names)));
}
consteval Grants beginning_with(std::string_view prefix) {
    Grants all = 0;
    for (std::size_t i = 0; i < std::size(known::all); ++i)
        if (known::all[i].starts_with(prefix)) all |= Grants{1} << i;
    return all;
}

constexpr Grants lines = beginning_with("lines.");
constexpr Grants viewer = grants("self", "presence.read", "status.read", "metrics.read", "directory.read");
constexpr Grants operating =
    viewer | grants("presence.write", "calls.read", "stats.read", "dial.self", "dial.any", "callcontrol.self",
                    "callcontrol.any", "forwarding.self", "forwarding.any", "meetings.write");

// The last four are the rows of crm-directory D.5; what a buyer may do there (orders, quotes) is none of ours.
constexpr std::array<BuiltInRole, 6> roles{{
    {"viewer", viewer},
    {"operator", operating},
    {"administrator", beginning_with("")},
    {"buyer", grants("self")},
    {"accountant", grants("self", "stats.read")},
    {"technician",
     grants("self", "directory.read", "directory.sync", "adapters.configure", "directory.write", "stats.read") | lines},
}};

} // namespace

std::span<const std::string_view> permissions() {
    return known::all;
}

std::optional<Permission> permission_named(std::string_view name) {
    for (std::size_t i = 0; i < std::size(known::all); ++i)
        if (known::all[i] == name) return static_cast<Permission>(i);
    return std::nullopt;
}

std::string_view name(Permission permission) {
    return known::all[static_cast<std::size_t>(permission)];
}

std::span<const BuiltInRole> built_in_roles() {
    return roles;
}

Grants without_orphans(Grants grants) {
    for (std::size_t i = 0; i < std::size(known::all); ++i) {
        auto text = known::all[i];
        auto macro = permission_named(text.substr(0, text.rfind('.')));
        if (macro && text.rfind('.') != std::string_view::npos && (grants & bit(*macro)) == 0)
            grants &= ~(Grants{1} << i);
    }
    return grants;
}

} // namespace lamp::status
