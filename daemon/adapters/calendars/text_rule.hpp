// What the text of an appointment says about calls: a number, or somebody of the directory behind a tag (issue: the
// whole title must be a number; tags and fields are configurable). Pure.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/calendars/provider.hpp"

namespace lamp::calendars {

struct TextRule {
    std::vector<std::string> tags;            // "fwd:"; compared without case and accents
    std::vector<std::string> fields{"title"}; // title, location, description, in the order in which they are looked at
    bool operator==(const TextRule&) const = default;
};

/// What an appointment comes to.
struct Said {
    enum class What : std::uint8_t {
        divert,  // to `text`: digits with what people write between them, or a feature code
        ignored, // it does not speak of calls; `text` says why
        refused, // it does, but in vain; `text` says why
    };
    What what = What::ignored;
    std::string text;
    bool operator==(const Said&) const = default;
};

/// The number of somebody by a whole name or id; nothing when nobody, or several, are called so.
using NumberOf = std::function<std::optional<std::string>(std::string_view name)>;

/// Cancelled, declined and private appointments are ignored; free ones are not. Of several fields the first that
/// speaks of calls counts. Whether a number exists and may be called is for others to judge.
[[nodiscard]] Said judge(const Occurrence& occurrence, const TextRule& rule, const NumberOf& number_of);

/// White space of any kind becomes one blank, none stands at the ends; marks that nobody sees (zero-width, bidi) are
/// gone; wide digits and the many dashes are as on a keyboard.
[[nodiscard]] std::string tidied(std::string_view text);

/// Whether a tidied text is one number in any written form: digits with blanks and . - / ( ) between them, one leading
/// + or 00, "tel:", or a feature code ("*21"). Else why not, as the rest of a sentence.
struct NumberLook {
    bool is_number = false;
    std::string text; // the number without "tel:", or why it is none
};
[[nodiscard]] NumberLook look_at_number(std::string_view tidied);

} // namespace lamp::calendars
