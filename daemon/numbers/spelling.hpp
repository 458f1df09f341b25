// How a number is written for people and for other systems: scripts, mails, CRM searches. Any loop, several at once.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "numbers/public_network.hpp"

namespace lamp::numbers {

/// "+31612345678" is, in this order: "0612345678", "+31612345678", "31612345678", "0031612345678", "612345678",
/// "06 12345678", as it came, and whatever the mask says.
enum class Spelling : std::uint8_t { national, e164, digits, international, nsn, pretty_national, asis, mask };

struct Style {
    Spelling spelling = Spelling::national;
    /// Spelling::mask: each '#' takes the next digit of the national significant number, as in "(###) ###-####". A
    /// number of another length is written as `national`.
    std::string mask{};
    bool operator==(const Style&) const = default;
};
/// "national", "e164", "e164_digits" and "digits" (the same), "international" and "idd" (the same), "nsn",
/// "pretty_national", "asis", or a mask: anything with a '#'. Nothing: none of these.
[[nodiscard]] std::optional<Style> style_named(std::string_view word);

/// National is the number's own country's form. What is no number of the public network (an extension, a feature code,
/// a sip: URI) stays as it is.
[[nodiscard]] std::string spelled(const PublicNetwork& network, std::string_view number, const Style& style);

} // namespace lamp::numbers
