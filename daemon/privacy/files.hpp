// Files of the state folder that mention a number: backups of contacts, a damaged database that was moved aside.
// Blocks: for a loop that may.
#pragma once
#include <filesystem>

#include "calls/privacy.hpp"
#include "privacy/rows.hpp"

namespace lamp::privacy {

inline constexpr std::uintmax_t file_bytes_max = 64 << 20; // of a file that is looked into
inline constexpr std::size_t files_max = 10'000;

/// All files in and below `folder` but the database in use. One that mentions the number goes if contacts are to go,
/// too; else it stays, and is told of.
[[nodiscard]] calls::PrivacyPlace look_into_files(const std::filesystem::path& folder, const WantedNumber& number,
                                                  Wish wish);

/// Backups (CSV files in and below `folder`) that were written before then go; how many did.
std::size_t remove_old_backups(const std::filesystem::path& folder, Wall than);

} // namespace lamp::privacy
