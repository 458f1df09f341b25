// The people: an immutable directory from id to slot with what is shown of each. Built new and swapped whole; a slot
// stays with its id across builds, people who left keep theirs unlisted. Each loop holds its own shared pointer.
#pragma once
#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/errors.hpp"
#include "presence/words.hpp"

namespace lamp::presence {

/// One row as the people file or the directory gives it.
struct PersonRow {
    std::string id;
    std::string name;
    std::string email;
    std::string folder;
    std::string teams;              // object id or UPN
    std::vector<std::string> lines; // BroadWorks user ids
    std::string zoom{};             // user id or e-mail address of the Zoom account
    std::string go_to{};            // e-mail address or organizer key of the GoTo account
    std::string zoho{};             // PhoneBridge id or e-mail address of the Zoho user
};

struct Person {
    std::string_view id;
    std::string_view name;
    std::string_view email;
    std::string_view folder;
    std::string_view teams;
    std::string_view zoom{};
    std::string_view go_to{};
    std::string_view zoho{};
};

/// Lower case and without accents, for searching: "Zoë VAN Dijk" -> "zoe van dijk". UTF-8 in and out.
[[nodiscard]] std::string fold(std::string_view text);

class People {
public:
    People() = default;
    /// `before` keeps the slots. Refuses more than limits::people and an id that comes twice.
    [[nodiscard]] static Result<std::shared_ptr<const People>> build(std::span<const PersonRow> rows,
                                                                     const People* before = nullptr);

    [[nodiscard]] std::optional<Slot> find(std::string_view id) const;
    /// Any slot below `slots()`.
    [[nodiscard]] Person person(Slot slot) const;
    [[nodiscard]] bool listed(Slot slot) const { return entries_[slot].listed; }
    /// Slots in use, those of people who left included.
    [[nodiscard]] std::size_t slots() const { return entries_.size(); }
    [[nodiscard]] std::size_t size() const { return order_.size(); }
    /// Listed people by folder, then name.
    [[nodiscard]] std::span<const Slot> order() const { return order_; }
    /// True if each word of the folded query is in the person's name, id, e-mail, folder or lines.
    [[nodiscard]] bool matches(Slot slot, std::string_view folded_query) const;
    /// Lines of any slot below `slots()`, each ended by a line break; of people who left: none.
    [[nodiscard]] std::string_view lines(Slot slot) const { return view(entries_[slot].lines); }
    /// Calls `each` with every one of them.
    void for_lines(Slot slot, auto each) const {
        for (auto rest = lines(slot); !rest.empty();) {
            auto end = std::min(rest.find('\n'), rest.size());
            each(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }

private:
    struct Text {
        std::uint32_t at = 0;
        std::uint16_t length = 0;
    };
    struct Entry {
        Text id, name, email, folder, teams, zoom, go_to, zoho, search;
        bool listed = false;
        Text lines{};
    };
    [[nodiscard]] std::string_view view(Text text) const { return {arena_.data() + text.at, text.length}; }
    Text keep(std::string_view text);
    void index();

    std::string arena_;
    std::vector<Entry> entries_;
    std::vector<Slot> order_;
    std::vector<Slot> buckets_; // open addressing on the id, slot + 1; 0 is empty
};

} // namespace lamp::presence
