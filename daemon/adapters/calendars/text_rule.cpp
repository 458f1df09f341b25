#include "adapters/calendars/text_rule.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

#include "presence/people.hpp"
#include "proto/text/text.hpp"

namespace lamp::calendars {
namespace {

constexpr std::size_t text_bytes_max = 4096; // of a field; the rest is not looked at
constexpr std::size_t digits_max = 18;       // 15 of E.164, 00, and a (0) that people write
constexpr std::size_t shown_max = 60;        // of a name in a reason

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// One character of UTF-8, and how many bytes it has; a byte that belongs to none stands for itself.
struct Character {
    char32_t code;
    std::size_t bytes;
};
Character character_at(std::string_view text) {
    auto first = static_cast<unsigned char>(text.front());
    std::size_t bytes = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (bytes == 1 || bytes > text.size()) return {first, 1};
    char32_t code = first & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0) != 0x80) return {first, 1};
        code = code << 6 | (next & 0x3f);
    }
    return {code, bytes};
}

struct Span {
    char32_t first, last;
};
bool in(std::span<const Span> spans, char32_t code) {
    return std::ranges::any_of(spans, [code](Span span) { return code >= span.first && code <= span.last; });
}
// clang-format off
constexpr std::array blanks{Span{0x09, 0x0d}, Span{0x20, 0x20}, Span{0x85, 0x85}, Span{0xa0, 0xa0}, Span{0x1680, 0x1680},
                            Span{0x2000, 0x200a}, Span{0x2028, 0x2029}, Span{0x202f, 0x202f}, Span{0x205f, 0x205f},
                            Span{0x3000, 0x3000}};
constexpr std::array unseen{Span{0x00, 0x08}, Span{0x0e, 0x1f}, Span{0x7f, 0x7f}, Span{0xad, 0xad}, Span{0x61c, 0x61c},
                            Span{0x180e, 0x180e}, Span{0x200b, 0x200f}, Span{0x202a, 0x202e}, Span{0x2060, 0x2069},
                            Span{0xfe00, 0xfe0f}, Span{0xfeff, 0xfeff}};
constexpr std::array dashes{Span{0x2010, 0x2015}, Span{0x2212, 0x2212}, Span{0xfe58, 0xfe58}, Span{0xfe63, 0xfe63}};
// clang-format on
constexpr Span wide{0xff01, 0xff5e}; // as on a keyboard, but wide
constexpr char32_t wide_distance = 0xfee0;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

bool begins_with_word(std::string_view text, std::string_view lower) {
    return text.size() >= lower.size() && std::ranges::equal(text.substr(0, lower.size()), lower, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b;
           });
}

NumberLook no(std::string_view why) {
    return {false, std::string(why)};
}

NumberLook look_at_code(std::string_view text) {
    bool good = text.size() <= digits_max && std::ranges::any_of(text, is_digit) &&
                std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '*' || c == '#'; });
    return good ? NumberLook{true, std::string(text)} : no("is no telephone number");
}

// --- tags

/// What stands behind the tag when the text begins with it.
std::optional<std::string_view> behind(std::string_view text, const std::string& tag) {
    auto wanted = presence::fold(tidied(tag));
    if (wanted.empty()) return std::nullopt;
    for (std::size_t length = 1; length <= std::min(text.size(), 4 * tag.size()); ++length) {
        auto folded = presence::fold(text.substr(0, length));
        if (folded.size() > wanted.size()) break;
        if (folded != wanted) continue;
        auto rest = text.substr(length);
        bool runs_on = !rest.empty() && is_word(text[length - 1]) && is_word(rest.front());
        return runs_on ? std::nullopt : std::optional(trimmed(rest));
    }
    return std::nullopt;
}

/// The longest tag decides.
std::optional<Said> tagged(std::string_view text, const TextRule& rule, const NumberOf& number_of) {
    std::optional<std::string_view> rest;
    for (const std::string& tag : rule.tags)
        if (auto found = behind(text, tag); found && (!rest || found->size() < rest->size())) rest = found;
    if (!rest) return std::nullopt;
    if (rest->empty()) return Said{Said::What::refused, "nothing stands behind the tag"};
    if (auto look = look_at_number(*rest); look.is_number) return Said{Said::What::divert, std::move(look.text)};
    if (auto number = number_of ? number_of(*rest) : std::nullopt; number && !number->empty())
        return Said{Said::What::divert, *std::move(number)};
    return Said{Said::What::refused,
                fmt::format("nobody, or more than one, is called \"{}\"", text::beginning(*rest, shown_max))};
}

// --- descriptions

constexpr std::array<std::string_view, 6> breaking{"br", "p", "div", "li", "tr", "h"};
struct Entity {
    std::string_view name;
    char text;
};
constexpr std::array entities{Entity{"nbsp", ' '}, Entity{"#160", ' '}, Entity{"amp", '&'}, Entity{"lt", '<'},
                              Entity{"gt", '>'},   Entity{"quot", '"'}, Entity{"#43", '+'}, Entity{"#39", '\''}};

/// Lines of a text that may be HTML: marks are gone, those of a new line begin one.
std::vector<std::string> lines_of_text(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        char c = text.front();
        auto end = c == '<' ? text.find('>') : c == '&' ? text.substr(0, 8).find(';') : std::string_view::npos;
        if (end == std::string_view::npos) {
            plain += c;
            text.remove_prefix(1);
            continue;
        }
        auto inner = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (c == '<') {
            if (inner.starts_with('/')) inner.remove_prefix(1);
            bool breaks = std::ranges::any_of(breaking, [&](auto word) { return begins_with_word(inner, word); });
            if (breaks) plain += '\n';
        } else if (const auto* known = std::ranges::find(entities, inner, &Entity::name); known != entities.end()) {
            plain += known->text;
        } else {
            plain.append("&").append(inner).append(";");
        }
    }
    std::vector<std::string> lines;
    for (std::string_view rest = plain; !rest.empty();) {
        auto end = std::min(rest.find('\n'), rest.size());
        if (auto line = tidied(rest.substr(0, end)); !line.empty()) lines.push_back(std::move(line));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return lines;
}

// --- fields

std::vector<std::string> lines_of_field(const Occurrence& occurrence, std::string_view field) {
    if (field == "description") return lines_of_text(text::beginning(occurrence.description, text_bytes_max));
    auto text = tidied(text::beginning(field == "location" ? occurrence.location : occurrence.title, text_bytes_max));
    return text.empty() ? std::vector<std::string>() : std::vector{std::move(text)};
}

Said say(const Occurrence& occurrence, std::string_view field, const TextRule& rule, const NumberOf& number_of) {
    auto lines = lines_of_field(occurrence, field);
    for (const std::string& line : lines)
        if (auto said = tagged(line, rule, number_of)) return *std::move(said);
    if (lines.empty()) return {Said::What::ignored, fmt::format("the {} is empty", field)};
    if (lines.size() > 1) return {Said::What::ignored, fmt::format("the {} is no telephone number", field)};
    auto look = look_at_number(lines.front());
    if (look.is_number) return {Said::What::divert, std::move(look.text)};
    return {Said::What::ignored, fmt::format("the {} {}", field, look.text)};
}

} // namespace

std::string tidied(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        auto [code, bytes] = character_at(text);
        if (in(blanks, code)) {
            if (!out.empty() && out.back() != ' ') out += ' ';
        } else if (in(dashes, code)) {
            out += '-';
        } else if (code >= wide.first && code <= wide.last) {
            out += static_cast<char>(code - wide_distance);
        } else if (!in(unseen, code)) {
            out += text.substr(0, bytes);
        }
        text.remove_prefix(bytes);
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

NumberLook look_at_number(std::string_view text) {
    if (begins_with_word(text, "tel:")) text = trimmed(text.substr(4));
    if (text.starts_with('*') || text.starts_with('#')) return look_at_code(text);
    std::size_t digits = 0;
    bool plus = false;
    for (char c : text) {
        if (is_digit(c)) {
            ++digits;
        } else if (c == '+') {
            if (digits > 0 || plus) return no("holds more than one number");
            plus = true;
        } else if (std::string_view(" .-/()").find(c) == std::string_view::npos) {
            return no("is no telephone number");
        }
    }
    if (digits == 0) return no("is no telephone number");
    if (digits > digits_max) return no("is too long for one telephone number");
    return {true, std::string(text)};
}

Said judge(const Occurrence& occurrence, const TextRule& rule, const NumberOf& number_of) {
    auto ignored = [](std::string_view why) { return Said{Said::What::ignored, std::string(why)}; };
    if (occurrence.cancelled) return ignored("it is cancelled");
    if (occurrence.declined) return ignored("it is declined");
    if (occurrence.until <= occurrence.from) return ignored("it ends when it begins");
    if (occurrence.hidden) return ignored("it is private: its title cannot be read");
    std::optional<Said> first;
    for (const std::string& field : rule.fields) {
        auto said = say(occurrence, field, rule, number_of);
        if (said.what != Said::What::ignored) return said;
        if (!first) first = std::move(said);
    }
    return first.value_or(ignored("no field of it is looked at"));
}

} // namespace lamp::calendars
