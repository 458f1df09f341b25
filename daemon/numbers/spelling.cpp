#include "numbers/spelling.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "numbers/written.hpp"

namespace lamp::numbers {
namespace {

constexpr std::size_t mask_max = 40;
constexpr std::size_t extension_max = 7; // digits; what is longer may be a number of the public network

/// The number in E.164; nothing where it is none.
std::optional<std::string> e164_of(const PublicNetwork& network, std::string_view number) {
    auto written = read_written(number);
    if (!written || written->feature_code()) return std::nullopt;
    const bool may_be_extension = !written->plus() && written->characters.size() <= extension_max;
    if (may_be_extension) return std::nullopt;
    for (const std::string* characters : {&written->characters, &written->without_zeros})
        if (auto found = network.find(*characters); found && (found->valid || written->plus())) return found->e164;
    if (auto found = network.find(written->characters)) return found->e164;
    return std::nullopt;
}

std::string national_of(const std::string& e164) {
    auto written = PublicNetwork::pretty_national(e164);
    std::erase_if(written, [](char c) { return c < '0' || c > '9'; });
    return written;
}

std::string masked(const std::string& e164, const std::string& mask) {
    const auto digits = PublicNetwork::significant(e164);
    if (static_cast<std::size_t>(std::ranges::count(mask, '#')) != digits.size()) return national_of(e164);
    std::string out;
    auto next = digits.begin();
    for (char c : mask)
        out += c == '#' ? *next++ : c;
    return out;
}

} // namespace

std::optional<Style> style_named(std::string_view word) {
    static constexpr std::array<std::pair<std::string_view, Spelling>, 9> words{{
        {"national", Spelling::national},
        {"e164", Spelling::e164},
        {"e164_digits", Spelling::digits},
        {"digits", Spelling::digits},
        {"international", Spelling::international},
        {"idd", Spelling::international},
        {"nsn", Spelling::nsn},
        {"pretty_national", Spelling::pretty_national},
        {"asis", Spelling::asis},
    }};
    for (const auto& [name, spelling] : words)
        if (name == word) return Style{spelling, {}};
    if (word.find('#') == std::string_view::npos || word.size() > mask_max) return std::nullopt;
    return Style{Spelling::mask, std::string(word)};
}

std::string spelled(const PublicNetwork& network, std::string_view number, const Style& style) {
    auto e164 = style.spelling == Spelling::asis ? std::nullopt : e164_of(network, number);
    if (!e164) return std::string(number);
    switch (style.spelling) {
    case Spelling::national: return national_of(*e164);
    case Spelling::e164: return *e164;
    case Spelling::digits: return e164->substr(1);
    case Spelling::international: return "00" + e164->substr(1);
    case Spelling::nsn: return PublicNetwork::significant(*e164);
    case Spelling::pretty_national: return PublicNetwork::pretty_national(*e164);
    case Spelling::mask: return masked(*e164, style.mask);
    case Spelling::asis: break;
    }
    return std::string(number);
}

} // namespace lamp::numbers
