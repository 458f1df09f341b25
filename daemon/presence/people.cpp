#include "presence/people.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>
#include <numeric>
#include <optional>
#include <unordered_set>

#include "base/limits.hpp"

namespace lamp::presence {
namespace {

// U+00C0 to U+017F without their accents; '?' marks those that expand or stay.
constexpr std::string_view plain_letters =
    "aaaaaa?ceeeeiiiidnooooo?ouuuuy??aaaaaa?ceeeeiiiidnooooo?ouuuuy?y"  // 00C0-00FF
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkkklllllll"  // 0100-013F
    "lllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"; // 0140-017F
static_assert(plain_letters.size() == 0x180 - 0xc0);

std::string_view expanded(char32_t code) {
    switch (code) {
    case 0xc6:
    case 0xe6: return "ae";
    case 0xd8:
    case 0xf8: return "o";
    case 0xdf: return "ss";
    case 0xde:
    case 0xfe: return "th";
    case 0x132:
    case 0x133: return "ij";
    case 0x152:
    case 0x153: return "oe";
    default: return {};
    }
}

std::string_view folded_letter(char32_t code) {
    if (auto letters = expanded(code); !letters.empty()) return letters;
    if (code < 0xc0 || code > 0x17f) return {};
    auto letter = plain_letters.substr(code - 0xc0, 1);
    return letter == "?" ? std::string_view() : letter;
}

std::uint64_t hash(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

} // namespace

std::string fold(std::string_view text) {
    std::string folded;
    folded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            folded += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : static_cast<char>(byte);
            continue;
        }
        if ((byte & 0xe0) == 0xc0 && i + 1 < text.size()) {
            char32_t code = static_cast<char32_t>(byte & 0x1f) << 6 | (static_cast<unsigned char>(text[i + 1]) & 0x3f);
            if (auto letters = folded_letter(code); !letters.empty()) {
                folded += letters;
                ++i;
                continue;
            }
        }
        bool combining =
            byte == 0xcc || (byte == 0xcd && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xb0);
        if (combining) { // accents of their own, U+0300 to U+036F
            ++i;
            continue;
        }
        folded += static_cast<char>(byte);
    }
    return folded;
}

Result<std::shared_ptr<const People>> People::build(std::span<const PersonRow> rows, const People* before) {
    auto people = std::make_shared<People>();
    std::size_t kept = before ? before->slots() : 0;
    people->entries_.reserve(kept + rows.size());
    for (Slot slot = 0; slot < kept; ++slot) { // whoever left stays findable by slot until the end
        auto person = before->person(slot);
        people->entries_.push_back({people->keep(person.id),
                                    people->keep(person.name),
                                    people->keep(person.email),
                                    people->keep(person.folder),
                                    people->keep(person.teams),
                                    people->keep(person.zoom),
                                    people->keep(person.go_to),
                                    people->keep(person.zoho),
                                    {},
                                    false,
                                    {}});
    }
    std::unordered_set<std::string_view> seen;
    seen.reserve(rows.size());
    for (const PersonRow& row : rows) {
        if (!seen.insert(row.id).second)
            return fail(Category::conflict, fmt::format("the person \"{}\" is listed twice", row.id));
        std::string search = row.name + '\n' + row.id + '\n' + row.email + '\n' + row.folder;
        std::string lines;
        for (const std::string& line : row.lines) {
            search += '\n' + line;
            lines += line + '\n';
        }
        Entry entry{people->keep(row.id),       people->keep(row.name),
                    people->keep(row.email),    people->keep(row.folder),
                    people->keep(row.teams),    people->keep(row.zoom),
                    people->keep(row.go_to),    people->keep(row.zoho),
                    people->keep(fold(search)), true,
                    people->keep(lines)};
        if (auto slot = before ? before->find(row.id) : std::nullopt) {
            people->entries_[*slot] = entry;
            continue;
        }
        if (people->entries_.size() >= limits::people)
            return fail(Category::limit, fmt::format("more than {} people", limits::people));
        people->entries_.push_back(entry);
    }
    people->index();
    return people;
}

// Equal neighbours (a folder's name in row after row) are stored once.
People::Text People::keep(std::string_view text) {
    auto length = static_cast<std::uint16_t>(std::min<std::size_t>(text.size(), 0xffff));
    if (length == 0) return {};
    if (!entries_.empty()) {
        const Entry& last = entries_.back();
        for (Text candidate : {last.folder, last.id, last.email})
            if (view(candidate) == text) return candidate;
    }
    Text kept{static_cast<std::uint32_t>(arena_.size()), length};
    arena_.append(text.substr(0, length));
    return kept;
}

void People::index() {
    buckets_.assign(std::bit_ceil(entries_.size() * 2 + 1), 0);
    for (Slot slot = 0; slot < entries_.size(); ++slot) {
        auto at = hash(view(entries_[slot].id)) & (buckets_.size() - 1);
        while (buckets_[at] != 0)
            at = (at + 1) & (buckets_.size() - 1);
        buckets_[at] = slot + 1;
        if (entries_[slot].listed) order_.push_back(slot);
    }
    std::ranges::sort(order_, {}, [this](Slot slot) {
        return std::tuple(view(entries_[slot].folder), view(entries_[slot].search), slot);
    });
    arena_.shrink_to_fit();
}

std::optional<Slot> People::find(std::string_view id) const {
    if (buckets_.empty()) return std::nullopt;
    for (auto at = hash(id) & (buckets_.size() - 1); buckets_[at] != 0; at = (at + 1) & (buckets_.size() - 1))
        if (view(entries_[buckets_[at] - 1].id) == id) return buckets_[at] - 1;
    return std::nullopt;
}

Person People::person(Slot slot) const {
    const Entry& entry = entries_[slot];
    return {view(entry.id),    view(entry.name), view(entry.email), view(entry.folder),
            view(entry.teams), view(entry.zoom), view(entry.go_to), view(entry.zoho)};
}

bool People::matches(Slot slot, std::string_view folded_query) const {
    auto text = view(entries_[slot].search);
    while (!folded_query.empty()) {
        auto end = std::min(folded_query.find(' '), folded_query.size());
        auto word = folded_query.substr(0, end);
        if (!word.empty() && text.find(word) == std::string_view::npos) return false;
        folded_query.remove_prefix(std::min(end + 1, folded_query.size()));
    }
    return true;
}

} // namespace lamp::presence
