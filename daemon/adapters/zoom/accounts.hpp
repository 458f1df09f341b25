// Who is who: Zoom's users and the people they belong to. The column `zoom` of the people file holds a user id or an
// e-mail address; without it the person's e-mail address counts. What fits two people fits nobody. Pure. Egress loop.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fanout/adapter.hpp"
#include "presence/people.hpp"
#include "proto/zoom/rest.hpp"

namespace lamp::zoom {

using presence::Slot;

class Accounts {
public:
    static constexpr std::size_t users_max = 200'000;

    void use_people(const presence::People& people);

    /// A list begins; until `settle` the one before holds.
    void begin();
    /// False: there are more users than we can keep.
    [[nodiscard]] bool take(std::span<const User> users);
    void settle();
    [[nodiscard]] bool listed() const { return listed_; }

    /// Whose event this is; either may be empty. The id goes before the address.
    [[nodiscard]] std::optional<Slot> find(std::string_view id, std::string_view email) const;
    /// An event that names both shows which id belongs to an address.
    void learn(std::string_view id, std::string_view email);
    /// What to ask REST for: the user id, else the address; empty: there is nothing to ask, or the list does not know
    /// the person.
    [[nodiscard]] std::string_view user_of(Slot slot) const;

    /// Sorted by slot.
    [[nodiscard]] const std::vector<fanout::Doubt>& doubts() const { return doubts_; }
    [[nodiscard]] std::size_t matched() const { return matched_; }
    [[nodiscard]] std::size_t unmatched() const { return unmatched_; } // the list does not know them
    [[nodiscard]] std::size_t doubled() const { return doubled_; }

private:
    struct Account {
        std::string id;     // empty: not known
        std::string email;  // lower case; empty where the people file names an id
        bool named = false; // by the column `zoom`
        bool doubled = false;
    };
    using Map = std::unordered_map<std::string, Slot>;
    void match();
    void claim(Map& map, const std::string& key, Slot slot);

    std::unordered_map<Slot, Account> people_; // as the people file has them
    std::unordered_map<Slot, Account> found_;  // with what list and events add
    Map by_id_;
    Map by_email_;
    struct Users {
        std::unordered_map<std::string, std::string> id_of; // by e-mail address
        std::unordered_set<std::string> ids;
    };
    Users users_;
    Users coming_; // while pages come
    bool listed_ = false;
    std::vector<fanout::Doubt> doubts_;
    std::size_t matched_ = 0;
    std::size_t unmatched_ = 0;
    std::size_t doubled_ = 0;
};

} // namespace lamp::zoom
