#include "proto/csta/identities.hpp"

#include <algorithm>

#include "proto/text/text.hpp"

namespace lamp::csta {
namespace {

bool take(std::string_view& text, std::string_view scheme) {
    if (!text::same_letters(text.substr(0, scheme.size()), scheme)) return false;
    text.remove_prefix(scheme.size());
    return true;
}

/// Up to the first of the characters.
std::string_view before(std::string_view text, std::string_view stops) {
    return text.substr(0, text.find_first_of(stops));
}

std::string decoded(std::string_view text) {
    return text::percent_decoded(text).value_or(std::string(text));
}

std::string without_separators(std::string_view number) {
    std::string out;
    std::ranges::copy_if(number, std::back_inserter(out),
                         [](char c) { return std::string_view("-.() ").find(c) == std::string_view::npos; });
    return out;
}

/// Of what stands behind "sip:": user, and "@host" if there is one.
std::pair<std::string, std::string> sip_parts(std::string_view rest) {
    rest = before(rest, "?");
    const auto at = rest.rfind('@');
    if (at == std::string_view::npos) return {decoded(before(rest, ";")), {}};
    return {decoded(before(rest.substr(0, at), ";:")), std::string(before(rest.substr(at), ";:>"))};
}

/// "N<digits>name": one letter of ECMA-269's switching function representation, then what can be dialled.
std::string_view within_angles(std::string_view text) {
    const auto begin = text.find('<');
    const auto end = text.find('>', begin);
    if (begin > 1 || end == std::string_view::npos) return {}; // none at all is beyond 1, too
    return text.substr(begin + 1, end - begin - 1);
}

std::string part(std::string_view raw, bool with_host) {
    auto text = text::trim(raw);
    if (const auto inner = within_angles(text); !inner.empty()) text = text::trim(inner);
    if (take(text, "tel:")) return without_separators(before(text, ";"));
    if (take(text, "sips:") || take(text, "sip:")) {
        const auto [user, host] = sip_parts(text);
        return with_host ? user + host : user;
    }
    return std::string(text::trim(before(text, ";:")));
}

} // namespace

std::string dialable(std::string_view raw) {
    return part(raw, false);
}

std::string address(std::string_view raw) {
    return part(raw, true);
}

} // namespace lamp::csta
