// Who is who: the tenant's accounts, kept small, and the people they belong to (interface 3, [people] match).
// Order: what the people file names, then each way of `match` in turn. Whoever fits two accounts, and an account that
// fits two people, is reported and not guessed. Pure. Lives on the egress loop.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fanout/adapter.hpp"
#include "presence/people.hpp"
#include "proto/graph/guid.hpp"
#include "proto/graph/users.hpp"

namespace lamp::teams {

using graph::Guid;
using presence::Slot;

using fanout::LineName;

/// A person whose account is in doubt, for `people check`, status and the board.
struct Finding {
    enum class Kind : std::uint8_t { unmatched, ambiguous, doubled } kind;
    Slot slot;
    std::string text; // a whole sentence without the person's name
};

struct Matching {
    std::vector<std::pair<Slot, Guid>> matched;
    std::vector<Finding> findings; // at most findings_max; the counts are whole
    std::size_t unmatched = 0;
    std::size_t ambiguous = 0;
    std::size_t doubled = 0;
    static constexpr std::size_t findings_max = 1000;
};

/// The accounts of a tenant as far as matching needs them: some 50 bytes each.
class Accounts {
public:
    /// A page of the whole list, or of what has changed: later words about an account replace earlier ones.
    void take(std::span<const graph::User> users);
    void clear();
    /// No more pages for now; `find` works from here on.
    void settle();

    enum class Way : std::uint8_t { upn, mail, address, phone };
    /// Enabled accounts that have this name; at most two are given, since two are one too many.
    [[nodiscard]] std::vector<Guid> find(Way way, std::string_view name) const;
    [[nodiscard]] std::vector<Guid> find_hash(Way way, std::uint64_t hash) const;
    [[nodiscard]] std::size_t size() const { return accounts_.size(); }

    /// What names are compared by: lower case; of numbers the last nine digits.
    [[nodiscard]] static std::uint64_t hash_of(Way way, std::string_view name);

private:
    struct Key { // of one name, in however many ways it is one
        std::uint64_t hash;
        std::uint32_t account;
        std::uint32_t ways;
    };
    void add(const graph::User& user);

    std::vector<Guid> accounts_;
    std::vector<Key> keys_;                          // sorted by `settle`
    std::unordered_map<Guid, std::uint32_t> places_; // while pages come
};

/// The lines of people as hashes, 16 bytes each.
class LineNames {
public:
    LineNames() = default;
    explicit LineNames(std::span<const LineName> names);
    struct Entry {
        std::uint64_t as_name;
        std::uint64_t as_phone;
        Slot slot;
    };
    [[nodiscard]] std::span<const Entry> of(Slot slot) const;

private:
    std::vector<Entry> entries_;
};

/// `ways` are the words of [people] match: email, upn, line.
[[nodiscard]] Matching match(const presence::People& people, const LineNames& lines, const Accounts& accounts,
                             std::span<const std::string> ways);

} // namespace lamp::teams
