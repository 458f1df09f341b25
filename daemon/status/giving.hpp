// Nobody gives more than they hold: which tokens somebody may make or end. Pure.
#pragma once
#include <optional>
#include <string>

#include "status/access.hpp"

namespace lamp::status {

struct Excess {
    std::string detail;  // a whole sentence
    std::string missing; // the permission that the giver does not hold; may be empty
};
/// Nothing: `giver` holds all that `given` would.
[[nodiscard]] std::optional<Excess> excess(const Identity& giver, const Identity& given);

} // namespace lamp::status
