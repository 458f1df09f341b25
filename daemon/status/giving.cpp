#include "status/giving.hpp"

#include <array>
#include <fmt/format.h>

namespace lamp::status {
namespace {

struct Pair {
    Permission self;
    Permission any;
};
constexpr std::array<Pair, 3> pairs{{
    {permission("dial.self"), permission("dial.any")},
    {permission("callcontrol.self"), permission("callcontrol.any")},
    {permission("forwarding.self"), permission("forwarding.any")},
}};

/// What somebody has through .self permissions, they have of one person only.
std::optional<Excess> excess_of_person(const Identity& giver, const Identity& given) {
    if (given.person.empty() || given.person == giver.person) return std::nullopt;
    for (auto [self, any] : pairs)
        if (given.may(self) && !giver.may(any))
            return Excess{fmt::format("A token for somebody else's calls needs the permission {}.", name(any)),
                          std::string(name(any))};
    return std::nullopt;
}

} // namespace

std::optional<Excess> excess(const Identity& giver, const Identity& given) {
    if (auto more = given.grants & ~giver.grants)
        for (std::size_t i = 0; i < permissions().size(); ++i)
            if ((more & bit(static_cast<Permission>(i))) != 0)
                return Excess{
                    fmt::format("The role {} holds the permission {}, which you do not.", given.role, permissions()[i]),
                    std::string(permissions()[i])};
    if (!access::covers(giver.scope, given.scope))
        return Excess{
            fmt::format("Your token sees {}; this one would see {}.", to_string(giver.scope), to_string(given.scope)),
            {}};
    if (giver.expires && (!given.expires || *given.expires > *giver.expires))
        return Excess{fmt::format("Your token ends at {}; this one may not outlive it.", rfc3339(*giver.expires)), {}};
    return excess_of_person(giver, given);
}

} // namespace lamp::status
