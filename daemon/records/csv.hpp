// Call records as CSV (RFC 4180, UTF-8) with the columns of crm-directory.md D.6, semicolons between. Pure.
#pragma once
#include <string>
#include <string_view>

#include "calls/call_record.hpp"

namespace lamp::records {

/// The first line, with its line end.
[[nodiscard]] std::string_view csv_head();
/// Appends one line. What a spreadsheet would take for a formula (= + - @, a tab, a line end in front) gets an
/// apostrophe before it, but for a plain telephone number. A call that goes on lasts until `now`.
void append_csv(std::string& out, const calls::CallRecord& record, Wall now);

} // namespace lamp::records
