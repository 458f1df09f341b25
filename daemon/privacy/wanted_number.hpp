// One telephone number in every form in which people and platforms write it, and where texts mention it. Pure; any
// loop, several at once.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::privacy {

class WantedNumber {
public:
    /// "+31 (0)20 123 00 02", "0201230002", "tel:+31201230002", "2101". `country` (ISO 3166): where numbers that are
    /// written nationally belong. Category::invalid: no number, and why.
    [[nodiscard]] static Result<WantedNumber> read(std::string_view written, const std::string& country);

    /// "+31201230002"; an extension or feature code as it is.
    [[nodiscard]] const std::string& text() const { return text_; }
    /// The whole of `number` is it: as it is written, behind tel: or sip:, before a host.
    [[nodiscard]] bool is(std::string_view number) const;
    /// It occurs in a text: with blanks, dashes, dots, brackets and slashes between its digits, or encoded for a URL;
    /// not as a part of a longer number. Of an extension only where nothing stands around that makes it part of a
    /// date, a user id or another number.
    [[nodiscard]] bool occurs_in(std::string_view text) const;
    /// The text with `instead` in each such place.
    [[nodiscard]] std::string replaced(std::string_view text, std::string_view instead) const;

private:
    struct Place {
        std::size_t begin;
        std::size_t end;
    };
    [[nodiscard]] std::vector<Place> places(std::string_view text, std::size_t most) const;

    std::string text_;
    std::vector<std::string> forms_; // digits, and '+' before them; the longest first
    std::string bare_;               // without any prefix; empty: nobody writes it so
    bool is_short_ = false;          // an extension or feature code
};

/// What stands where a number was.
inline constexpr std::string_view erased_word = "(erased)";

} // namespace lamp::privacy
