// Contacts, folders and favourites on disk (schema.cpp, "directory"). For units of work: the functions run on the
// store's thread.
#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "contacts/favourites_file.hpp"
#include "contacts/plan.hpp"
#include "store/database.hpp"

namespace lamp::directory {

struct Stored {
    std::vector<contacts::Contact> contacts; // by key
    std::vector<std::string> folders;        // those that somebody made; a contact's own need no row
    std::vector<std::string> gone;           // keys that are taken for ever
};

[[nodiscard]] Result<Stored> read_directory(store::Database& disk);
/// One contact each; whoever goes stays on disk for `kept_gone`, under its key.
[[nodiscard]] Result<void> write_changes(store::Database& disk, std::span<const contacts::Change> changes, Wall now);
/// Of those keys the contacts that are gone, as they were, as far as they are still there.
[[nodiscard]] Result<std::vector<contacts::Contact>> read_gone(store::Database& disk,
                                                               std::span<const std::string> keys);
[[nodiscard]] Result<void> write_folder(store::Database& disk, const std::string& path, bool there);

/// In their order. A favourite that is gone is left out by whoever shows them.
[[nodiscard]] Result<std::vector<std::string>> read_favourites(store::Database& disk, const std::string& owner);
/// Everybody's.
[[nodiscard]] Result<contacts::FavouriteLists> read_all_favourites(store::Database& disk);
[[nodiscard]] Result<void> write_favourites(store::Database& disk, const std::string& owner,
                                            std::span<const std::string> keys);

} // namespace lamp::directory
