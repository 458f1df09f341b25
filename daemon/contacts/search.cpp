#include "contacts/search.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"

namespace lamp::contacts {
namespace {

/// U+00C0 to U+017F without their accents; '?': stays as it is, or is two letters (pair_for).
constexpr std::string_view latin =
    "aaaaaa?ceeeeiiiidnooooo?ouuuuy??aaaaaa?ceeeeiiiidnooooo?ouuuuy?yaaaaaaccccccccddddeeeeeeeeeegggg"
    "gggghhhhiiiiiiiiii??jjkkkllllllllllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(latin.size() == 0x180 - 0xc0);

std::string_view pair_for(unsigned code) {
    switch (code) {
    case 0xdf: return "ss";
    case 0xc6:
    case 0xe6: return "ae";
    case 0x132:
    case 0x133: return "ij";
    case 0x152:
    case 0x153: return "oe";
    case 0xde:
    case 0xfe: return "th";
    default: return {};
    }
}

bool looks_like_number(std::string_view word) {
    return word.size() >= 3 && std::ranges::all_of(word, [](char c) { return (c >= '0' && c <= '9') || c == '+'; });
}

/// A written number among words: what people put between digits is taken out where digits stand on both sides.
std::string without_separators(std::string_view text) {
    std::string out;
    auto digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool between = !out.empty() && digit(out.back());
        if (between && std::string_view(" -./()").contains(text[i])) {
            auto next = text.find_first_not_of(" -./()", i);
            if (next != std::string_view::npos && digit(text[next])) {
                i = next - 1;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

/// As numbers are stored: "0031…" and "06…" as "+31…" and "+316…".
std::string stored_form(std::string_view digits, std::string_view country_code) {
    if (digits.starts_with("00")) return "+" + std::string(digits.substr(2));
    if (digits.starts_with("0") && !country_code.empty())
        return "+" + std::string(country_code) + std::string(digits.substr(1));
    return std::string(digits);
}

constexpr std::size_t block_size = 64;

/// Whether anywhere in the block the word's first letter stands where its last one is as far behind as it must be.
/// Written to be vectorised.
bool may_begin(const char* first, const char* last, char front, char back) {
    unsigned char any = 0;
    for (std::size_t i = 0; i < block_size; ++i)
        any |= static_cast<unsigned char>(static_cast<unsigned char>(first[i] == front) &
                                          static_cast<unsigned char>(last[i] == back));
    return any != 0;
}

/// As string_view::find, but fast where the first letter of the word is everywhere: a block at a time is passed over in
/// which no letter can be the word's first while the one that far behind is its last.
std::size_t find_bytes(std::string_view text, std::string_view word, std::size_t at) {
    while (at + block_size + word.size() <= text.size()) {
        const char* first = text.data() + at;
        if (may_begin(first, first + word.size() - 1, word.front(), word.back())) {
            auto here = text.substr(at, block_size + word.size() - 1).find(word);
            if (here != std::string_view::npos) return at + here;
        }
        at += block_size;
    }
    return text.find(word, at);
}

} // namespace

std::string folded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : text[i];
            continue;
        }
        auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        unsigned code = (c & 0x1fU) << 6U | (next & 0x3fU);
        if ((c & 0xe0U) != 0xc0 || (next & 0xc0U) != 0x80 || code < 0xc0 || code > 0x17f) {
            out += text[i];
            continue;
        }
        ++i;
        if (auto pair = pair_for(code); !pair.empty())
            out += pair;
        else if (char plain = latin[code - 0xc0]; plain != '?')
            out += plain;
        else
            out.append(text.substr(i - 1, 2));
    }
    return out;
}

std::string number_in(std::string_view query, std::string_view country_code) {
    auto word = without_separators(text::trim(query));
    return looks_like_number(word) ? stored_form(word, country_code) : std::string();
}

SearchIndex::SearchIndex(std::span<const Contact> contacts) {
    for (const Contact& one : contacts)
        add(one);
    finish();
}

void SearchIndex::finish() {
    text_.shrink_to_fit();
    starts_.shrink_to_fit();
}

void SearchIndex::add(const Contact& contact) {
    for (const std::string* part : {&contact.first_name, &contact.last_name, &contact.company, &contact.department,
                                    &contact.title, &contact.folder, &contact.email, &contact.extension}) {
        text_ += folded(*part);
        text_ += '\n';
    }
    for (const auto* words : {&contact.lines, &contact.roles})
        for (const auto& word : *words)
            text_ += folded(word) + '\n';
    for (const auto& number : contact.numbers)
        text_ += number.number + '\n';
    starts_.push_back(static_cast<std::uint32_t>(text_.size()));
}

/// Whose text `at` is in; not before `from`. Looks near by first.
std::size_t SearchIndex::place_of(std::size_t at, std::size_t from) const {
    std::size_t step = 1;
    while (from + step < starts_.size() && starts_[from + step] <= at) {
        from += step;
        step *= 2;
    }
    auto begin = starts_.begin() + static_cast<std::ptrdiff_t>(from);
    auto end = starts_.begin() + static_cast<std::ptrdiff_t>(std::min(from + step + 1, starts_.size()));
    return static_cast<std::size_t>(std::upper_bound(begin, end, at) - starts_.begin()) - 1;
}

std::vector<std::uint32_t> SearchIndex::find(std::string_view query, std::size_t most, std::string_view country_code,
                                             std::size_t from) const {
    std::vector<std::string> words;
    auto rest_text = without_separators(folded(query));
    for (std::string_view rest = rest_text; !(rest = text::trim(rest)).empty();) {
        auto end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
        auto word = rest.substr(0, end);
        words.push_back(looks_like_number(word) ? stored_form(word, country_code) : std::string(word));
        rest.remove_prefix(end);
    }
    std::vector<std::uint32_t> found;
    auto count = starts_.size() - 1;
    if (words.empty()) {
        for (auto i = from; i < count && found.size() < most; ++i)
            found.push_back(static_cast<std::uint32_t>(i));
        return found;
    }
    // Each word in turn looks for its next contact from where the one before it has come to: whoever is rare makes the
    // others leap. A contact that all of them come to has all of them.
    if (from >= count) return found;
    auto place = from;
    for (std::size_t agreed = 0, turn = 0; found.size() < most; turn = (turn + 1) % words.size()) {
        auto at = find_bytes(text_, words[turn], starts_[place]);
        if (at == std::string_view::npos) break;
        auto next = place_of(at, place);
        agreed = next == place ? agreed + 1 : 1;
        place = next;
        if (agreed < words.size()) continue;
        found.push_back(static_cast<std::uint32_t>(place));
        agreed = 0;
        if (++place >= count) break;
    }
    return found;
}

} // namespace lamp::contacts
