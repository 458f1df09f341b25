#include "privacy/pseudonyms.hpp"

#include <algorithm>
#include <array>

#include "privacy/keyed_hash.hpp"
#include "privacy/wanted_number.hpp"

namespace lamp::privacy {
namespace {

constexpr std::array<std::string_view, 7> somebody{"line", "person", "user", "who", "number", "caller", "watcher"};
constexpr std::ptrdiff_t digits_least = 7;

bool digit(char c) {
    return c >= '0' && c <= '9';
}
/// What an address or a number is made of.
bool of_token(char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("+@._-*#").find(c) != std::string_view::npos;
}

std::string hash_of(const Secret& key, const std::string& country, std::string_view token) {
    auto number = WantedNumber::read(token, country);
    return keyed_hash(key, number ? number->text() : std::string(token));
}

bool names_somebody(std::string_view token) {
    if (auto at = token.find('@'); at != std::string_view::npos && at > 0) return true;
    bool number = std::ranges::all_of(token, [](char c) { return digit(c) || c == '+' || c == '-' || c == '.'; });
    return number && std::ranges::count_if(token, digit) >= digits_least;
}

} // namespace

std::string pseudonym(const Secret& key, const std::string& country, std::string_view field, std::string_view value) {
    if (value.empty()) return {};
    if (std::ranges::find(somebody, field) != somebody.end()) return hash_of(key, country, value);
    std::string out;
    while (!value.empty()) {
        auto length = static_cast<std::size_t>(std::ranges::find_if_not(value, of_token) - value.begin());
        auto token = value.substr(0, length);
        if (names_somebody(token))
            out += hash_of(key, country, token);
        else
            out += token;
        value.remove_prefix(length);
        if (value.empty()) break;
        out += value.front();
        value.remove_prefix(1);
    }
    return out;
}

} // namespace lamp::privacy
