// The tables of recognition on disk (store/schema.cpp): the last good contacts of each source. For units of work: the
// functions run on the store's thread, and each is short: a million records are written and read piece by piece.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recognition/record.hpp"
#include "store/database.hpp"

namespace lamp::recognition {

inline constexpr std::size_t piece = 2000; // records of one unit of work

struct Kept {
    bool enabled = true;
    std::optional<Wall> deleted_at{};
    std::int64_t epoch = 0;
    std::string cursor{};
    std::optional<Wall> last_sync{};
    std::optional<Wall> last_whole{};
};
/// As new where nothing is kept.
[[nodiscard]] Result<Kept> read_kept(store::Database& disk, const std::string& source);
[[nodiscard]] Result<void> keep(store::Database& disk, const std::string& source, const Kept& kept);

/// At most `piece` of them, by id, behind `after`.
[[nodiscard]] Result<std::vector<Record>> read_records(store::Database& disk, const std::string& source,
                                                       std::int64_t epoch, const std::string& after);
[[nodiscard]] Result<void> put_records(store::Database& disk, const std::string& source, std::int64_t epoch,
                                       std::span<const Record> records);
[[nodiscard]] Result<void> drop_records(store::Database& disk, const std::string& source, std::int64_t epoch,
                                        std::span<const std::string> ids);
/// At most `piece` of other epochs than this one; gives how many went. -1: of every epoch.
[[nodiscard]] Result<std::int64_t> drop_others(store::Database& disk, const std::string& source, std::int64_t epoch);

} // namespace lamp::recognition
