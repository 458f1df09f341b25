// See search.hpp.
#include <algorithm>
#include <array>

#include "recognition/rest/search.hpp"

namespace lamp::recognition::rest {
namespace {

constexpr std::size_t e164_digits_min = 7;
constexpr std::size_t e164_digits_max = 15;

/// Country codes of two digits (ITU-T E.164 annex); 1 and 7 have one, all others three.
constexpr std::array<std::string_view, 44> of_two{"20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41",
                                                  "43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54",
                                                  "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
                                                  "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"};

std::size_t country_digits(std::string_view digits) {
    if (digits[0] == '1' || digits[0] == '7') return 1;
    return std::ranges::find(of_two, digits.substr(0, 2)) != of_two.end() ? 2 : 3;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

Forms forms_of(std::string_view e164, std::string national) {
    Forms made;
    auto digits = e164.starts_with('+') ? e164.substr(1) : std::string_view();
    if (digits.size() < e164_digits_min || digits.size() > e164_digits_max || !std::ranges::all_of(digits, is_digit))
        return made;
    made.e164 = e164;
    made.digits = digits;
    made.nsn = digits.substr(country_digits(digits));
    made.national = national.empty() ? made.nsn : std::move(national);
    return made;
}

std::string shaped(std::string_view mask, const Forms& forms) {
    auto first = mask.find('#');
    if (first == std::string_view::npos || static_cast<std::size_t>(std::ranges::count(mask, '#')) != forms.nsn.size())
        return {};
    // "+33 #…" is of France alone.
    if (mask.starts_with('+')) {
        std::string code;
        for (char c : mask.substr(1, first - 1))
            if (is_digit(c)) code += c;
        if (code != std::string_view(forms.digits).substr(0, forms.digits.size() - forms.nsn.size())) return {};
    }
    std::string made;
    std::size_t at = 0;
    for (char c : mask)
        made += c == '#' ? forms.nsn[at++] : c;
    return made;
}

} // namespace lamp::recognition::rest
