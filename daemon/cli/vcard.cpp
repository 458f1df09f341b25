#include "cli/vcard.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::cli {
namespace {

constexpr std::size_t values_max = 20; // numbers of a card, and addresses

/// One property, its lines joined: "TEL;TYPE=work:+31…".
struct Property {
    int line = 0;
    std::string name{}; // small letters, without a group ("item1.tel")
    std::string parameters{};
    std::string value{};
};

/// RFC 2045, 6.7, as vCard 2.1 has it.
std::string unquoted_printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int high = text[i] == '=' && i + 2 < text.size() ? text::hex_digit(text[i + 1]) : -1;
        int low = high < 0 ? -1 : text::hex_digit(text[i + 2]);
        out += low < 0 ? text[i] : static_cast<char>(high * 16 + low);
        i += low < 0 ? 0 : 2;
    }
    return out;
}

/// The next line as it stands, without its end; false at the end of the text.
bool next_line(std::string_view& text, std::string_view& line) {
    if (text.empty()) return false;
    auto end = std::min(text.find('\n'), text.size());
    line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return true;
}

class Properties {
public:
    explicit Properties(std::string_view text) : text_(text) {}

    bool next(Property& out) {
        std::string_view line;
        do {
            if (!next_line(text_, line)) return false;
            ++line_;
        } while (text::trim(line).empty());
        out = {.line = line_};
        std::string whole(line);
        while (text_.starts_with(' ') || text_.starts_with('\t'))
            add(whole, line, 1); // folded
        auto small = text::lower(whole.substr(0, std::min(whole.find(':'), whole.size())));
        bool printable = small.find("quoted-printable") != std::string::npos;
        while (printable && whole.ends_with('=') && !text_.empty()) {
            whole.pop_back();
            add(whole, line, 0);
        }
        auto colon = std::min(whole.find(':'), whole.size());
        auto head = std::string_view(whole).substr(0, colon);
        auto semicolon = std::min(head.find(';'), head.size());
        auto name = head.substr(0, semicolon);
        if (auto dot = name.find('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
        out.name = text::lower(text::trim(name));
        out.parameters = head.substr(semicolon);
        out.value = colon == whole.size() ? std::string() : whole.substr(colon + 1);
        if (printable) out.value = unquoted_printable(out.value);
        return true;
    }

private:
    void add(std::string& whole, std::string_view& line, std::size_t skip) {
        if (!next_line(text_, line)) return;
        ++line_;
        whole += line.substr(std::min(skip, line.size()));
    }

    std::string_view text_;
    int line_ = 0;
};

/// The parts of a value between semicolons, their escapes resolved.
std::vector<std::string> parts(std::string_view value) {
    std::vector<std::string> all(1);
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) {
            ++i;
            all.back() += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
        } else if (value[i] == ';') {
            all.emplace_back();
        } else if (static_cast<unsigned char>(value[i]) >= 0x20) {
            all.back() += value[i];
        }
    }
    for (auto& one : all)
        one = std::string(text::trim(one));
    return all;
}

std::string whole(std::string_view value) {
    std::string text;
    for (const auto& one : parts(value))
        text += (text.empty() ? "" : ";") + one;
    return text;
}

void take(VCard& card, const Property& property) {
    if (property.name == "fn") card.shown = whole(property.value);
    if (property.name == "n") {
        auto names = parts(property.value);
        card.last_name = names[0];
        if (names.size() > 1) card.first_name = names[1];
    }
    auto value = whole(property.value);
    if (value.empty()) return;
    if (property.name == "email" && card.emails.size() < values_max) card.emails.push_back(value);
    if (property.name != "tel" || card.numbers.size() == values_max) return;
    auto small = text::lower(property.parameters);
    if (small.find("fax") != std::string::npos || small.find("pager") != std::string::npos) return;
    card.numbers.push_back(text::lower(value.substr(0, 4)) == "tel:" ? value.substr(4) : value);
}

} // namespace

Result<std::vector<VCard>> read_vcards(std::string_view text, std::size_t most) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    Properties properties(text);
    std::vector<VCard> cards;
    Property property;
    int depth = 0;
    while (properties.next(property)) {
        bool card = text::same_letters(text::trim(property.value), "vcard");
        if (property.name == "begin" && card) {
            if (depth++ > 0) continue; // an AGENT
            if (cards.size() == most) return fail(Category::limit, fmt::format("there are more than {} cards", most));
            cards.push_back({.line = property.line});
        } else if (property.name == "end" && card) {
            depth -= depth > 0 ? 1 : 0;
        } else if (depth == 1) {
            take(cards.back(), property);
        }
    }
    if (depth > 0) return fail(Category::invalid, fmt::format("the card of line {} has no end", cards.back().line));
    return cards;
}

} // namespace lamp::cli
