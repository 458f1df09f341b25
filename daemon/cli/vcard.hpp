// vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), as far as names, numbers and e-mail addresses go. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::cli {

struct VCard {
    int line = 0; // where it begins, from 1
    std::string first_name{};
    std::string last_name{};
    std::string shown{}; // FN
    std::vector<std::string> numbers{};
    std::vector<std::string> emails{};
    bool operator==(const VCard&) const = default;
};

/// Properties that are not asked for, and cards within cards, are passed over. invalid: a card without an end; limit:
/// more cards than that.
[[nodiscard]] Result<std::vector<VCard>> read_vcards(std::string_view text, std::size_t most);

} // namespace lamp::cli
