// The tables of lamplighter.db and how an older file becomes today's. Migrations are only ever added.
#pragma once
#include <filesystem>
#include <span>
#include <string_view>

#include "base/errors.hpp"
#include "store/database.hpp"

namespace lamp::store {

struct Migration {
    std::string_view what; // for the log
    std::string_view sql;
};

/// The n-th leads from version n-1 to n; `PRAGMA user_version` tells where a file stands.
[[nodiscard]] std::span<const Migration> migrations();

/// Brings the file up to date, all steps or none; a file that has tables already is copied to `backups` before.
/// Category::invalid when it comes from a newer Lamplighter: it is left as it is. After every error it is as it was.
[[nodiscard]] Result<void> migrate(Database& database, std::span<const Migration> steps = migrations());

struct Opened {
    Database database;
    std::filesystem::path moved_aside; // the damaged file that was found; empty: none
};

/// Opens `lamplighter.db` in `folder` and migrates it. A damaged file is moved aside as
/// `lamplighter.db.corrupt-<time>`, an error in the log says so, and a new one is begun.
[[nodiscard]] Result<Opened> open_current(const std::filesystem::path& folder, Sync sync = Sync::normal,
                                          std::span<const Migration> steps = migrations());

} // namespace lamp::store
