// A token that was made at run time, as it is kept. Values only.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "access/hashed.hpp"
#include "access/scope.hpp"
#include "base/clock.hpp"

namespace lamp::access {

struct IssuedToken {
    std::string name;
    Digest digest{};
    std::string role;
    std::string person{};
    Scope scope{};
    Wall created{};
    std::string created_by{}; // a token's name
    std::optional<Wall> expires{};
    std::optional<Wall> last_used{};
    bool operator==(const IssuedToken&) const = default;
};

/// When a token of that name was used.
using Use = std::pair<std::string, Wall>;

inline constexpr std::size_t issued_tokens_max = 1000;

} // namespace lamp::access
