// What must be done once, though it may be asked for again: rows of the table `once` (schema.cpp), by a key that
// whoever asks has chosen. For units of work: the functions run on the store's thread.
#pragma once
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "store/database.hpp"

namespace lamp::store {

inline constexpr std::chrono::hours once_kept{24};
inline constexpr std::int64_t once_max = 100'000; // rows; with more nothing new is begun

struct Once {
    std::string request{};                // what was asked for, or a digest of it
    std::optional<std::string> outcome{}; // nothing: it is being done, or nobody knows what became of it
};
/// What is known of the key; nothing: it was not known, and is from now on. Category::limit.
[[nodiscard]] Result<std::optional<Once>> begin_once(Database& disk, const std::string& key, const std::string& request,
                                                     Wall now);
[[nodiscard]] Result<void> settle_once(Database& disk, const std::string& key, const std::string& outcome);
/// It has surely not been done: it may be begun again.
[[nodiscard]] Result<void> forget_once(Database& disk, const std::string& key);

} // namespace lamp::store
