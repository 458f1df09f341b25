// A whole copy of the database from before its tables change, in `backups` beside it: the way back from an upgrade.
// Used by whoever opens the database, before anybody else has it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "base/errors.hpp"
#include "store/database.hpp"

namespace lamp::store {

inline constexpr std::size_t schema_backups = 3; // older ones are deleted

/// Writes `backups/before-schema-<version>.sqlite` beside the database's file (mode 0600, in a folder of mode 0700),
/// whole or not at all: a copy begun and not ended is never under that name. It is on the disk when this returns.
/// Errors: the disk's and the folder's, as a sentence that says what to do.
[[nodiscard]] Result<std::filesystem::path> back_up(Database& database, std::int64_t version);

} // namespace lamp::store
