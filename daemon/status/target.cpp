#include "status/target.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proto/text/text.hpp"

namespace lamp::status {
namespace {

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

} // namespace

bool percent_decode(std::string_view text, std::string& out, bool plus_is_space) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%') {
            int high = i + 2 < text.size() ? text::hex_digit(text[i + 1]) : -1;
            int low = i + 2 < text.size() ? text::hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        out += c;
    }
    return true;
}

void percent_encode(std::string_view text, std::string& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char c : text) {
        if (unreserved(c)) {
            out += c;
            continue;
        }
        auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
}

Result<Query> Query::parse(std::string_view text, std::initializer_list<std::string_view> allowed,
                           std::string_view repeated) {
    Query query;
    while (!text.empty()) {
        auto pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        auto equals = std::min(pair.find('='), pair.size());
        Parameter one;
        if (!percent_decode(pair.substr(0, equals), one.name, true) ||
            !percent_decode(pair.substr(std::min(equals + 1, pair.size())), one.value, true))
            return fail(Category::invalid, "The query holds a % that is not followed by two hexadecimal digits.");
        if (std::ranges::find(allowed, one.name) == allowed.end())
            return fail(Category::invalid, allowed.size() == 0
                                               ? "This path takes no query parameters."
                                               : fmt::format("The query parameter is not known; allowed are {}.",
                                                             fmt::join(allowed, ", ")));
        if (one.name != repeated && query.find(one.name))
            return fail(Category::invalid, fmt::format("The query parameter {} is given twice.", one.name));
        query.parameters_.push_back(std::move(one));
    }
    return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
    for (const Parameter& one : parameters_)
        if (one.name == name) return one.value;
    return std::nullopt;
}

std::vector<std::string> Query::list(std::string_view name) const {
    std::vector<std::string> out;
    for (const Parameter& one : parameters_) {
        if (one.name != name) continue;
        for (std::string_view rest = one.value; !rest.empty();) {
            auto part = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(part.size() + 1, rest.size()));
            if (!part.empty()) out.emplace_back(part);
        }
    }
    return out;
}

Result<std::size_t> Query::number(std::string_view name, std::size_t otherwise, std::size_t least,
                                  std::size_t most) const {
    auto text = find(name);
    if (!text) return otherwise;
    std::size_t value = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    bool good = error == std::errc() && end == text->data() + text->size() && value >= least && value <= most;
    if (!good) return fail(Category::invalid, fmt::format("{} must be a number from {} to {}.", name, least, most));
    return value;
}

Result<bool> Query::flag(std::string_view name, bool otherwise) const {
    auto word = find(name);
    if (!word) return otherwise;
    if (*word == "1" || *word == "true") return true;
    if (*word == "0" || *word == "false") return false;
    return fail(Category::invalid, fmt::format("{} is 1 or 0.", name));
}

} // namespace lamp::status
