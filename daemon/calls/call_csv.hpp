// Call records as a table for spreadsheets: the columns of crm-directory.md D.6, semicolons between. Pure.
#pragma once
#include <string>
#include <string_view>

#include "calls/call_record.hpp"

namespace lamp::calls {

/// The first line, with its line end.
[[nodiscard]] std::string_view csv_head();
/// Appends one line; names that a spreadsheet would take for a formula are guarded. Times are seconds with three
/// decimals; a call that goes on lasts until `now`.
void append_csv(std::string& out, const CallRecord& record, Wall now);

} // namespace lamp::calls
