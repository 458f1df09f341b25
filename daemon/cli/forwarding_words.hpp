// Forwardings in plain words: where a person's calls go now, because of whom, until when, what comes after, and what
// does not count and why. From the JSON of /v1/forwarding and of `why`. Times are this machine's. Pure but for its
// zone.
#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/listing.hpp"

namespace lamp::cli {

/// Sentences about every line of a forwarding object, one a row; what belongs to a line is indented.
[[nodiscard]] std::vector<std::string> explain_forwarding(const boost::json::value& forwarding, Wall now);
/// What else of `why` keeps a phone silent: do not disturb, settings of the line that divert.
[[nodiscard]] std::vector<std::string> explain_silence(const boost::json::value& why);

/// One row for each line of each forwarding object, for `forwarding_columns`.
[[nodiscard]] boost::json::array forwarding_rows(const boost::json::array& forwardings);
[[nodiscard]] const std::vector<Column>& forwarding_columns();

/// What somebody types as a time: RFC 3339 stays as it is; "17:30" is the next one of this machine's clock,
/// "2026-11-26 17:30" that day's. Nothing: it is none of these.
[[nodiscard]] std::optional<std::string> time_typed(std::string_view text, Wall now);
/// The same of what is over: "17:30" is the last one, "2026-11-26" that day's beginning.
[[nodiscard]] std::optional<std::string> past_time_typed(std::string_view text, Wall now);

} // namespace lamp::cli
