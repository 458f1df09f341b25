// What a synchronisation brought, against what was there: taken, or refused because too much is gone. Pure.
#pragma once
#include <vector>

#include "recognition/source.hpp"

namespace lamp::recognition {

/// Less than this part of the contacts of before is no synchronisation but an accident.
inline constexpr std::size_t least_percent = 80;

/// The contacts as they are now. `forced`: also when nearly all are gone. Category::conflict: refused, and why.
[[nodiscard]] Result<std::vector<Record>> accept(std::vector<Record> before, const Synced& synced, bool forced);

} // namespace lamp::recognition
