// Favourites of people and teams as a file: CSV with the columns owner, key, name, position in any order, and what an
// import of it would do. The lists of owners that it names become what it says; those of others stay. Pure.
#pragma once
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contacts/contacts_file.hpp"

namespace lamp::contacts {

/// Keys in their order, by owner: a person's id, or "team:" and a name.
using FavouriteLists = std::map<std::string, std::vector<std::string>, std::less<>>;

struct FavouriteRow {
    int line = 0;
    std::string owner;
    std::string key;  // empty: who has that name
    std::string name; // for people who read the file, unless there is no key; neither: the owner has no favourites
    std::size_t position = 0; // from 1; 0: behind those that have one, as they stand
};
struct FavouritesReading {
    std::vector<FavouriteRow> rows{};
    std::vector<Mistake> mistakes{}; // with any of them the rows are not to be used
};

inline constexpr std::size_t favourites_max = 1'000; // of one owner

/// Needs the column owner, and key or name. Columns that are none are mistakes.
[[nodiscard]] FavouritesReading read_favourites(std::string_view text);
[[nodiscard]] std::string favourites_text(std::span<const FavouriteRow> rows, char separator, bool byte_order_mark);

/// Who is meant. An error is a mistake of that row.
struct FavouriteRules {
    std::function<bool(std::string_view owner)> is_owner{};
    std::function<bool(std::string_view key)> is_key{};
    std::function<Result<std::string>(std::string_view name)> key_of{};
};

struct FavouritesPlan {
    struct Change {
        std::string owner;
        int line = 0; // where the owner is named first
        std::vector<std::string> before{};
        std::vector<std::string> after{};
    };
    std::vector<Change> changes{};
    std::size_t unchanged = 0;       // owners
    std::vector<Mistake> refusals{}; // with any of them nothing may be done
};

/// Who has favourites already is an owner, and what an owner has already may stay, even if both are gone otherwise.
[[nodiscard]] FavouritesPlan plan_favourites(const FavouriteLists& current, FavouritesReading file,
                                             const FavouriteRules& rules);

} // namespace lamp::contacts
