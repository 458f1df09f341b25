#include "ldap/filter.hpp"

#include <fmt/format.h>

namespace lamp::ldap {
namespace {

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
/// Of attributes, their options, object identifiers and matching rules.
bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == ';' || c == ':' || c == '_';
}

struct Reader {
    std::string_view text;
    std::size_t at = 0;

    [[nodiscard]] char next() const { return at < text.size() ? text[at] : '\0'; }
    [[nodiscard]] std::unexpected<Error> wants(std::string_view what) const {
        return fail(Category::invalid, fmt::format("wants {} at character {}", what, at + 1));
    }
    bool take(char c) {
        if (at >= text.size() || text[at] != c) return false;
        ++at;
        return true;
    }

    Result<void> filter(int depth) {
        if (depth > filter_depth_max)
            return fail(Category::invalid, fmt::format("is more than {} filters deep", filter_depth_max));
        if (!take('(')) return wants("\"(\"");
        if (auto inside = component(depth); !inside) return inside;
        return take(')') ? Result<void>() : wants("\")\"");
    }
    Result<void> component(int depth) {
        if (take('!')) return filter(depth + 1);
        if (!take('&') && !take('|')) return item();
        while (next() == '(')
            if (auto one = filter(depth + 1); !one) return one;
        return {};
    }
    Result<void> item() {
        const auto begin = at;
        while (is_word(next()))
            ++at;
        if (at == begin) return wants("an attribute");
        if (next() == '~' || next() == '<' || next() == '>') ++at; // := ends with a word's character
        if (!take('=')) return wants("\"=\"");
        return value();
    }
    Result<void> value() {
        for (; at < text.size() && next() != ')'; ++at) {
            if (next() == '(') return wants("\"\\28\" instead of \"(\"");
            if (next() == '\0') return wants("no NUL, but \"\\00\"");
            if (next() != '\\') continue;
            if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2]))
                return wants("two hexadecimal digits behind \"\\\"");
            at += 2;
        }
        return {};
    }
};

} // namespace

Result<std::string> read_filter(std::string_view text) {
    if (text.size() > filter_bytes_max)
        return fail(Category::invalid, fmt::format("is longer than {} characters", filter_bytes_max));
    auto whole = text.starts_with('(') ? std::string(text) : fmt::format("({})", text);
    Reader reader{whole};
    if (auto done = reader.filter(1); !done) return std::unexpected(done.error());
    if (reader.at != whole.size())
        return fail(Category::invalid, fmt::format("ends before character {}", reader.at + 1));
    return whole;
}

std::string escaped(std::string_view value) {
    std::string out;
    for (char c : value) {
        auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f || c == '*' || c == '(' || c == ')' || c == '\\')
            out += fmt::format("\\{:02x}", byte);
        else
            out += c;
    }
    return out;
}

} // namespace lamp::ldap
