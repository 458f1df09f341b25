// What a request URI's user part means (interface 7.13): a person, a line, a list. An immutable directory, built new
// and swapped whole; an index stays with its kind and key across builds, what left keeps its own unlisted. Each loop
// holds its own shared pointer.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "presence/people.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

enum class Kind : std::uint8_t { person, line, list };

struct LineRow {
    std::string id;        // BroadWorks user id
    std::string number;    // as the directory writes it; may be empty
    std::string extension; // may be empty
    std::vector<presence::Slot> persons;
};

struct ListRow {
    std::string name;
    std::vector<std::string> members; // whatever finds a resource, other lists too; a sip: or tel: URI as well
};

inline constexpr std::size_t list_members_max = 500; // sip-csta.md 16

class Names {
public:
    Names() = default; // nobody
    /// A person goes by its id and the part before "@", a line by these, its number and its extension, a list by its
    /// name. A name of several means the person before the line before the list; within one kind the whole id (an id
    /// of `domain` is its part before "@") before all else. What is still ambiguous means nothing. `problems`, where
    /// given, is told of such names and of members that are left out: unknown, in a loop, too many.
    [[nodiscard]] static std::shared_ptr<const Names> build(const presence::People& people,
                                                            std::span<const LineRow> lines,
                                                            std::span<const ListRow> lists, std::string_view domain,
                                                            const Names* before, std::vector<std::string>* problems);

    /// Takes a user part with its escapes decoded, or a telephone URI's number. With regard to case (RFC 3261 19.1.4).
    /// Never gives what left.
    [[nodiscard]] std::optional<ResourceIndex> find(std::string_view user) const;
    /// Indices in use, those that left included. Everything below takes any index under it.
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] bool listed(ResourceIndex index) const { return entries_[index].listed; }
    [[nodiscard]] Kind kind(ResourceIndex index) const { return entries_[index].kind; }
    /// A person's or line's id, a list's name.
    [[nodiscard]] std::string_view key(ResourceIndex index) const { return view(entries_[index].key()); }
    /// For people: the person's name, of a line its first person's, or its id where it has none; a list's name.
    [[nodiscard]] std::string_view label(ResourceIndex index) const { return view(entries_[index].label()); }
    /// Of a person; of a line its first person.
    [[nodiscard]] std::optional<presence::Slot> person(ResourceIndex index) const;
    /// Of a person its lines; of a line itself.
    [[nodiscard]] std::span<const ResourceIndex> lines(ResourceIndex index) const;
    /// Of a line the resources of its persons.
    [[nodiscard]] std::span<const ResourceIndex> persons(ResourceIndex line) const;
    /// Of a list: people and lines in the order written, each once, lists in lists flattened.
    [[nodiscard]] std::span<const ResourceIndex> members(ResourceIndex list) const;
    [[nodiscard]] std::optional<ResourceIndex> of_slot(presence::Slot slot) const;
    [[nodiscard]] std::optional<ResourceIndex> of_line(std::string_view line_id) const {
        return keyed(Kind::line, line_id);
    }
    /// "sip:ada@pbx.example": the shortest URI that finds the resource. Of a line that has no name but its person's:
    /// that one's.
    [[nodiscard]] std::string_view uri(ResourceIndex index) const { return view(entries_[index].uri()); }

private:
    class Builder;
    static constexpr std::uint32_t none = 0xffff'ffff;
    struct Text {
        std::uint32_t at = 0;
        std::uint16_t length = 0;
    };
    struct Entry { // 24 bytes: there are two for each of a million people
        std::uint32_t key_at, label_at, uri_at;
        presence::Slot slot;
        std::uint16_t key_length, label_length, uri_length;
        Kind kind;
        bool listed;
        [[nodiscard]] Text key() const { return {key_at, key_length}; }
        [[nodiscard]] Text label() const { return {label_at, label_length}; }
        [[nodiscard]] Text uri() const { return {uri_at, uri_length}; }
    };
    struct Alias {
        std::uint32_t at;
        ResourceIndex index; // none: ambiguous
        std::uint16_t length;
        std::uint8_t rank; // the kind, then how surely the name is meant; lower wins
        [[nodiscard]] Text text() const { return {at, length}; }
    };
    [[nodiscard]] std::string_view view(Text text) const { return {arena_.data() + text.at, text.length}; }
    [[nodiscard]] std::span<const ResourceIndex> row(ResourceIndex index) const;
    [[nodiscard]] const Alias* alias(std::string_view text) const;
    [[nodiscard]] std::optional<ResourceIndex> meant(std::string_view text) const;
    [[nodiscard]] std::optional<ResourceIndex> keyed(Kind kind, std::string_view key) const;

    std::string arena_;
    std::vector<Entry> entries_;
    std::vector<Alias> aliases_;
    std::vector<std::uint32_t> alias_buckets_; // open addressing by text, alias + 1; 0 is empty
    std::vector<std::uint32_t> key_buckets_;   // lines and lists by kind and key, index + 1
    std::vector<ResourceIndex> by_slot_;
    std::vector<std::uint32_t> starts_{0};
    std::vector<ResourceIndex> related_; // a person's lines; a line, then its persons; a list's members
};

} // namespace lamp::sip
