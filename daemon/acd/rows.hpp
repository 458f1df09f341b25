// What we have done to agents, on disk (store/schema.cpp, "acd"). On the store's thread, inside its units of work.
#pragma once
#include <vector>

#include "acd/follow.hpp"
#include "store/database.hpp"

namespace lamp::acd {

[[nodiscard]] Result<void> put(store::Database& disk, const Kept& kept);
[[nodiscard]] Result<void> drop(store::Database& disk, const std::string& line);
[[nodiscard]] Result<std::vector<Kept>> read_kept(store::Database& disk);

} // namespace lamp::acd
