// What call logs of a line add to what was heard of it: calls that nobody heard of become records, calls that were
// heard in part are settled (crm-directory.md E.3, 5). Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "calls/call_record.hpp"
#include "records/options.hpp"

namespace lamp::records {

enum class LogKind : std::uint8_t { placed, received, missed };

struct LogEntry {
    LogKind kind = LogKind::missed;
    std::string number; // plain; empty when withheld
    std::string name{};
    std::string country_code{}; // of a national number, without plus
    Wall time{};
    std::string id{}; // the platform's
};
using LineLogs = std::vector<LogEntry>;

struct LogSpan {
    Wall from{};
    Wall until{};
};

struct Merged {
    std::vector<calls::CallRecord> added;   // from the log alone
    std::vector<calls::CallRecord> settled; // were uncertain, and the log tells their result
};

/// `known`: the line's records of that time and 90 s around it. Entries outside `span` are the log's past, and each
/// belongs to one record at most: same direction, same number (the last nine digits where one is written nationally),
/// at most 90 s apart. `kept_as`: how much of numbers the known records have. `persons`: one record for each, none: one
/// that is nobody's.
[[nodiscard]] Merged merge(const LineLogs& logs, const std::vector<calls::CallRecord>& known, LogSpan span,
                           const std::string& line, const std::vector<std::string>& persons,
                           Numbers kept_as = Numbers::whole);

} // namespace lamp::records
