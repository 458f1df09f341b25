// Call records and gaps on disk: the tables `call` and `call_gap`. The functions run on the store's thread, inside its
// units of work.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/zone.hpp"
#include "calls/history.hpp"
#include "records/options.hpp"
#include "records/owners.hpp"
#include "records/recorder.hpp"
#include "store/database.hpp"

namespace lamp::records {

/// Replaces the record with the same id, person and start.
[[nodiscard]] Result<void> put_record(store::Database& disk, const Written& written, Numbers numbers);
/// Calls that were going on or not settled when the daemon ended.
[[nodiscard]] Result<std::vector<Written>> read_unfinished(store::Database& disk);
/// Of one line, started within; for merging call logs.
[[nodiscard]] Result<std::vector<calls::CallRecord>> read_line(store::Database& disk, const std::string& line,
                                                               Wall from, Wall until);
/// At most `most` rows that started before `than`, the oldest first. How many went.
[[nodiscard]] Result<std::size_t> forget_older(store::Database& disk, Wall than, std::size_t most);

/// Who was on the other side of a call, in the records of all its persons within; the figures stay, as when a number is
/// erased. How many records. Category::not_found: there is no such call; conflict: it goes on, or is not settled yet.
[[nodiscard]] Result<std::size_t> forget_call(store::Database& disk, const std::string& id,
                                              const std::optional<calls::Within>& within);

[[nodiscard]] Result<void> put_gap(store::Database& disk, const calls::Gap& gap);
/// That end after `from` and begin before `until`, oldest first.
[[nodiscard]] Result<std::vector<calls::Gap>> read_gaps(store::Database& disk, std::optional<Wall> from,
                                                        std::optional<Wall> until);
/// A moment by name ("alive", "since").
[[nodiscard]] Result<void> put_mark(store::Database& disk, const std::string& name, Wall at);
[[nodiscard]] Result<std::optional<Wall>> read_mark(store::Database& disk, const std::string& name);

/// Category::invalid: a cursor that is none of ours, a limit out of range.
[[nodiscard]] Result<calls::CallPage> read_calls(store::Database& disk, const calls::CallQuery& query);
/// `now`: what is later is not asked for. Category::invalid: the span is empty, or has too many days or hours.
[[nodiscard]] Result<calls::Stats> read_stats(store::Database& disk, const calls::StatsQuery& query, const Zone& zone,
                                              const Owners& owners, Wall now);

} // namespace lamp::records
