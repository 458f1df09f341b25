#include "sip/names.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

#include "numbers/plain_number.hpp"
#include "proto/sip/uri.hpp"
#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

using numbers::plain_number;

constexpr std::uint8_t surely = 0;  // the whole id
constexpr std::uint8_t briefly = 1; // a part of it, a number, an extension
constexpr std::size_t told_max = 5; // ambiguous names that are told by name

std::size_t hash(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

std::size_t hash(Kind kind, std::string_view key) {
    return hash(key) * 3 + static_cast<std::size_t>(kind);
}

std::string_view before_at(std::string_view id) {
    return id.substr(0, id.find('@'));
}

std::string_view behind_at(std::string_view id) {
    auto at = id.find('@');
    return at == std::string_view::npos ? std::string_view() : id.substr(at + 1);
}

} // namespace

class Names::Builder {
public:
    Builder(Names& names, const presence::People& people, std::string_view domain, const Names* before)
        : names_(names), people_(people), domain_(domain), before_(before) {}

    void reserve(std::size_t lines, std::size_t lists) {
        auto kept = before_ ? before_->size() : 0;
        auto names = people_.size() * 2 + lines * 4 + lists;
        names_.aliases_.reserve(names);
        names_.alias_buckets_.assign(std::bit_ceil(names + names / 3 + 1), 0);
        names_.key_buckets_.assign(std::bit_ceil((kept + lines + lists) * 4 / 3 + 1), 0);
        names_.entries_.reserve(std::max(kept, people_.size() + lines + lists));
        if (before_)
            for (const Entry& entry : before_->entries_)
                names_.entries_.push_back({0, 0, 0, entry.slot, 0, 0, 0, entry.kind, false});
        names_.by_slot_.assign(people_.slots(), none);
    }

    void add_people() {
        for (presence::Slot slot = 0; slot < people_.slots(); ++slot) {
            auto known = before_ ? before_->of_slot(slot) : std::nullopt;
            if (known) names_.by_slot_[slot] = *known;
            if (!people_.listed(slot)) continue;
            auto person = people_.person(slot);
            auto index = known ? *known : append();
            names_.by_slot_[slot] = index;
            auto key = keep_id(person.id);
            set(index, Kind::person, key, person.name.empty() ? key : keep(person.name), slot);
            claim_id(index, person.id);
        }
    }

    void add_lines(std::span<const LineRow> rows) {
        line_indices_.reserve(rows.size());
        for (const LineRow& row : rows) {
            auto index = add_keyed(Kind::line, row.id);
            line_indices_.push_back(index.value_or(none));
            if (!index) {
                tell(fmt::format("the line \"{}\" is there twice", row.id));
                continue;
            }
            auto key = keep_id(row.id);
            auto label = key;
            auto first = none;
            relate(*index, *index);
            for (auto it = row.persons.begin(); it != row.persons.end(); ++it) {
                auto slot = *it;
                const bool again = std::find(row.persons.begin(), it, slot) != it;
                if (again || slot >= people_.slots() || !people_.listed(slot)) continue;
                auto person = names_.by_slot_[slot];
                if (first == none) {
                    first = slot;
                    label = names_.entries_[person].label();
                }
                relate(*index, person);
                relate(person, *index);
            }
            set(*index, Kind::line, key, label, first);
            enter_key(*index);
            claim_id(*index, row.id);
            for (std::string_view number : {row.number, row.extension}) {
                auto plain = plain_number(number);
                claim(*index, plain.empty() ? number : plain, briefly);
            }
        }
    }

    void add_lists(std::span<const ListRow> rows) {
        for (const ListRow& row : rows) {
            auto index = add_keyed(Kind::list, row.name);
            list_indices_.push_back(index.value_or(none));
            if (!index) {
                tell(fmt::format("[[sip_list]] \"{}\" is there twice", row.name));
                continue;
            }
            auto key = keep(row.name);
            set(*index, Kind::list, key, key, none);
            enter_key(*index);
            claim(*index, row.name, surely);
        }
    }

    /// After all names are claimed.
    void add_uris(std::span<const LineRow> lines) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (line_indices_[i] == none) continue;
            const auto number = plain_number(lines[i].number);
            const auto extension = plain_number(lines[i].extension);
            set_uri(line_indices_[i],
                    {before_at(lines[i].id), number, extension.empty() ? lines[i].extension : extension, lines[i].id});
        }
        for (ResourceIndex index = 0; index < names_.size(); ++index) {
            const Entry& entry = names_.entries_[index];
            if (!entry.listed || entry.kind == Kind::line) continue;
            const std::string key(names_.key(index)); // the arena moves
            if (entry.kind == Kind::person)
                set_uri(index, {before_at(key), key});
            else
                set_uri(index, {key});
        }
    }

    void add_members(std::span<const ListRow> rows) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (list_indices_[i] != none) rows_of_[list_indices_[i]] = &rows[i];
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (list_indices_[i] == none) continue;
            if (names_.meant(rows[i].name) != list_indices_[i])
                tell(fmt::format("[[sip_list]] \"{}\" is not found: a person or a line has that name", rows[i].name));
            Flattened flat{list_indices_[i]};
            flatten(list_indices_[i], flat);
            if (flat.too_many)
                tell(fmt::format("[[sip_list]] \"{}\" has more than {} members; the rest is left out", rows[i].name,
                                 list_members_max));
            for (ResourceIndex member : flat.members)
                relate(list_indices_[i], member);
        }
    }

    /// What left keeps its texts, and is found by its key when it returns.
    void keep_left() {
        for (ResourceIndex index = 0; before_ && index < before_->size(); ++index) {
            if (names_.entries_[index].listed) continue;
            const Entry& old = before_->entries_[index];
            set(index, old.kind, keep(before_->key(index)), keep(before_->label(index)), old.slot);
            put_uri(index, keep(before_->uri(index)));
            names_.entries_[index].listed = false;
            if (old.kind != Kind::person) enter_key(index);
            if (old.kind == Kind::line) relate(index, index);
        }
    }

    void finish() {
        build_rows();
        tell_ambiguous();
        names_.arena_.shrink_to_fit();
        names_.aliases_.shrink_to_fit();
        names_.entries_.shrink_to_fit();
    }

    std::vector<std::string> problems;

private:
    struct Flattened {
        ResourceIndex top;
        std::vector<ResourceIndex> members{};
        std::unordered_set<ResourceIndex> seen{};
        bool too_many = false;
    };

    void tell(std::string problem) { problems.push_back(std::move(problem)); }

    ResourceIndex append() {
        names_.entries_.push_back({});
        return static_cast<ResourceIndex>(names_.entries_.size() - 1);
    }

    /// Nothing: this build has it already.
    std::optional<ResourceIndex> add_keyed(Kind kind, std::string_view key) {
        if (names_.keyed(kind, key)) return std::nullopt;
        auto known = before_ ? before_->keyed(kind, key) : std::nullopt;
        return known ? *known : append();
    }

    void set(ResourceIndex index, Kind kind, Text key, Text label, presence::Slot slot) {
        names_.entries_[index] = {key.at, label.at, 0, slot, key.length, label.length, 0, kind, true};
    }
    void put_uri(ResourceIndex index, Text uri) {
        names_.entries_[index].uri_at = uri.at;
        names_.entries_[index].uri_length = uri.length;
    }

    // --- texts

    Text keep(std::string_view text) {
        if (const Alias* known = names_.alias(text)) return known->text();
        return append_text(text);
    }
    Text append_text(std::string_view text) {
        auto length = static_cast<std::uint16_t>(std::min<std::size_t>(text.size(), 0xffff));
        Text kept{static_cast<std::uint32_t>(names_.arena_.size()), length};
        names_.arena_.append(text.substr(0, length));
        return kept;
    }
    /// An id that is its own address stands behind "sip:", so that both are one text.
    Text keep_id(std::string_view id) {
        if (!names_.alias(id) && behind_at(id) == domain_) names_.arena_ += "sip:";
        return keep(id);
    }

    // --- names

    void claim_id(ResourceIndex index, std::string_view id) {
        claim(index, id, surely);
        claim(index, before_at(id), text::same_letters(behind_at(id), domain_) ? surely : briefly);
    }

    void claim(ResourceIndex index, std::string_view text, std::uint8_t sureness) {
        if (text.empty()) return;
        const auto rank = static_cast<std::uint8_t>(static_cast<unsigned>(names_.entries_[index].kind) * 2 + sureness);
        auto& buckets = names_.alias_buckets_;
        auto at = hash(text) & (buckets.size() - 1);
        for (; buckets[at] != 0; at = (at + 1) & (buckets.size() - 1)) {
            Alias& other = names_.aliases_[buckets[at] - 1];
            if (names_.view(other.text()) != text) continue;
            if (rank < other.rank)
                other.index = index;
            else if (rank == other.rank && other.index != index)
                other.index = none;
            other.rank = std::min(other.rank, rank);
            return;
        }
        const auto kept = text_of(index, text);
        names_.aliases_.push_back({kept.at, index, kept.length, rank});
        buckets[at] = static_cast<std::uint32_t>(names_.aliases_.size());
    }

    /// The beginning of the key, where the name is that.
    Text text_of(ResourceIndex index, std::string_view text) {
        auto key = names_.entries_[index].key();
        if (names_.view(key).starts_with(text)) return {key.at, static_cast<std::uint16_t>(text.size())};
        return append_text(text);
    }

    void enter_key(ResourceIndex index) {
        auto& buckets = names_.key_buckets_;
        auto at = hash(names_.kind(index), names_.key(index)) & (buckets.size() - 1);
        while (buckets[at] != 0)
            at = (at + 1) & (buckets.size() - 1);
        buckets[at] = index + 1;
    }

    void set_uri(ResourceIndex index, std::initializer_list<std::string_view> candidates) {
        auto user = *candidates.begin();
        for (std::string_view candidate : candidates)
            if (!candidate.empty() && names_.meant(candidate) == index) {
                user = candidate;
                break;
            }
        std::string uri = "sip:";
        append_user(uri, user);
        uri += '@';
        append_host(uri, domain_);
        auto key = names_.entries_[index].key();
        Text whole{key.at - 4, static_cast<std::uint16_t>(key.length + 4)};
        put_uri(index, key.at >= 4 && names_.view(whole) == uri ? whole : append_text(uri));
    }

    // --- lists

    void flatten(ResourceIndex list, Flattened& flat) {
        if (!flat.seen.insert(list).second) return;
        const ListRow& row = *rows_of_.at(list);
        for (const std::string& written : row.members) {
            auto member = resolve(written);
            if (!member) {
                if (list == flat.top)
                    tell(fmt::format("[[sip_list]] \"{}\": nobody is called \"{}\"", row.name, written));
            } else if (member == flat.top) {
                tell(fmt::format("[[sip_list]] \"{}\" holds itself, by \"{}\"", rows_of_.at(flat.top)->name, row.name));
            } else if (names_.kind(*member) == Kind::list) {
                flatten(*member, flat);
            } else if (flat.members.size() == list_members_max) {
                flat.too_many = flat.too_many || !flat.seen.contains(*member);
            } else if (flat.seen.insert(*member).second) {
                flat.members.push_back(*member);
            }
        }
    }

    std::optional<ResourceIndex> resolve(std::string_view written) {
        if (auto found = names_.find(written)) return found;
        std::string id(written);
        if (auto uri = parse_uri(written); uri && uri->is_sip()) {
            id = uri->user_text();
            if (!text::same_letters(uri->host, domain_)) id += "@" + std::string(uri->host);
            return names_.find(id);
        }
        if (text::same_letters(behind_at(id), domain_)) return names_.find(before_at(id));
        return std::nullopt;
    }

    // --- at the end

    void relate(ResourceIndex from, ResourceIndex to) { pairs_.emplace_back(from, to); }

    void build_rows() {
        auto& starts = names_.starts_;
        starts.assign(names_.size() + 1, 0);
        for (auto [from, to] : pairs_)
            ++starts[from + 1];
        for (std::size_t i = 1; i < starts.size(); ++i)
            starts[i] += starts[i - 1];
        names_.related_.resize(pairs_.size());
        auto next = starts;
        for (auto [from, to] : pairs_)
            names_.related_[next[from]++] = to;
    }

    void tell_ambiguous() {
        std::string examples;
        std::size_t count = 0;
        for (const Alias& alias : names_.aliases_) {
            if (alias.index != none) continue;
            if (count++ < told_max)
                examples += fmt::format("{}\"{}\"", count > 1 ? ", " : "", names_.view(alias.text()));
        }
        if (count > 0)
            tell(fmt::format("{} name{} mean{} more than one person or line, so nobody is found by {}: {}{}", count,
                             count > 1 ? "s" : "", count > 1 ? "" : "s", count > 1 ? "them" : "it", examples,
                             count > told_max ? ", …" : ""));
    }

    Names& names_;
    const presence::People& people_;
    std::string domain_;
    const Names* before_;
    std::vector<std::pair<ResourceIndex, ResourceIndex>> pairs_;
    std::vector<ResourceIndex> line_indices_; // by row; none: refused
    std::vector<ResourceIndex> list_indices_;
    std::unordered_map<ResourceIndex, const ListRow*> rows_of_;
};

std::shared_ptr<const Names> Names::build(const presence::People& people, std::span<const LineRow> lines,
                                          std::span<const ListRow> lists, std::string_view domain, const Names* before,
                                          std::vector<std::string>* problems) {
    auto names = std::make_shared<Names>();
    Builder builder(*names, people, domain, before);
    builder.reserve(lines.size(), lists.size());
    builder.add_people();
    builder.add_lines(lines);
    builder.add_lists(lists);
    builder.add_uris(lines);
    builder.add_members(lists);
    builder.keep_left();
    builder.finish();
    if (problems) std::ranges::move(builder.problems, std::back_inserter(*problems));
    return names;
}

std::optional<ResourceIndex> Names::find(std::string_view user) const {
    if (alias(user)) return meant(user);
    auto number = plain_number(user);
    if (number.empty()) return std::nullopt;
    if (alias(number) || number.front() == '+') return meant(number);
    return meant("+" + number);
}

std::optional<presence::Slot> Names::person(ResourceIndex index) const {
    auto slot = entries_[index].slot;
    return slot == none ? std::nullopt : std::optional(slot);
}

std::span<const ResourceIndex> Names::lines(ResourceIndex index) const {
    switch (kind(index)) {
    case Kind::person: return row(index);
    case Kind::line: return row(index).first(1);
    case Kind::list: break;
    }
    return {};
}

std::span<const ResourceIndex> Names::persons(ResourceIndex line) const {
    return kind(line) == Kind::line ? row(line).subspan(1) : std::span<const ResourceIndex>();
}

std::span<const ResourceIndex> Names::members(ResourceIndex list) const {
    return kind(list) == Kind::list ? row(list) : std::span<const ResourceIndex>();
}

std::optional<ResourceIndex> Names::of_slot(presence::Slot slot) const {
    if (slot >= by_slot_.size() || by_slot_[slot] == none) return std::nullopt;
    return by_slot_[slot];
}

std::span<const ResourceIndex> Names::row(ResourceIndex index) const {
    return std::span(related_).subspan(starts_[index], starts_[index + 1] - starts_[index]);
}

const Names::Alias* Names::alias(std::string_view text) const {
    if (alias_buckets_.empty()) return nullptr;
    const auto mask = alias_buckets_.size() - 1;
    for (auto at = hash(text) & mask; alias_buckets_[at] != 0; at = (at + 1) & mask) {
        const Alias& found = aliases_[alias_buckets_[at] - 1];
        if (view(found.text()) == text) return &found;
    }
    return nullptr;
}

std::optional<ResourceIndex> Names::meant(std::string_view text) const {
    const Alias* found = alias(text);
    return found && found->index != none ? std::optional(found->index) : std::nullopt;
}

std::optional<ResourceIndex> Names::keyed(Kind kind, std::string_view key) const {
    if (key_buckets_.empty()) return std::nullopt;
    const auto mask = key_buckets_.size() - 1;
    for (auto at = hash(kind, key) & mask; key_buckets_[at] != 0; at = (at + 1) & mask) {
        const Entry& entry = entries_[key_buckets_[at] - 1];
        if (entry.kind == kind && view(entry.key()) == key) return key_buckets_[at] - 1;
    }
    return std::nullopt;
}

} // namespace lamp::sip
