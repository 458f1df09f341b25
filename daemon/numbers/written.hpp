// A number's characters, out of what people write around them. No numbering plan. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::numbers {

struct Written {
    std::string characters;        // digits, '*', '#', and '+' before all of them or not at all
    std::string without_zeros;     // the same without any "(0)" behind other digits
    std::vector<std::size_t> gaps; // where blanks or a slash stood between two of `characters`, in that order

    [[nodiscard]] bool plus() const { return characters.starts_with('+'); }
    [[nodiscard]] bool feature_code() const { return characters.find_first_of("*#") != std::string::npos; }
};

/// Ignores blanks of any kind, zero-width and bidi marks, - . / ( ) and typographic dashes; takes digits of any width,
/// Arabic and Persian ones too; "tel:" in front; RFC 3966 parameters behind, of which phone-context counts.
/// Category::invalid: anything else, a second "+", no digit at all.
[[nodiscard]] Result<Written> read_written(std::string_view written);

} // namespace lamp::numbers
