// Contacts in files of this machine. Both block while they read: the loop "recognition" is there for it.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "recognition/source.hpp"

namespace lamp::recognition {

inline constexpr std::size_t file_bytes_max = std::size_t{1} << 30U;

/// A file that has not changed (time, size, digest) is not read again. Errors: unavailable, invalid, limit.
[[nodiscard]] std::unique_ptr<Source> csv_source(std::filesystem::path file, std::string key);
/// A SQLite database, opened read-only for each synchronisation; the result of `query` is read as a file's columns are.
[[nodiscard]] std::unique_ptr<Source> sqlite_source(std::filesystem::path file, std::string query, std::string key);

} // namespace lamp::recognition
