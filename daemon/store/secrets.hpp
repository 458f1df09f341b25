// Secrets that somebody has given us (refresh tokens), by name: rows of the table `secret` (schema.cpp). For units of
// work: the functions run on the store's thread.
#pragma once
#include <string>

#include "base/errors.hpp"
#include "base/secret.hpp"
#include "store/database.hpp"

namespace lamp::store {

/// Empty: none of that name is kept.
[[nodiscard]] Result<Secret> read_secret(Database& disk, const std::string& name);
/// It replaces the one before.
[[nodiscard]] Result<void> keep_secret(Database& disk, const std::string& name, const Secret& value);

} // namespace lamp::store
