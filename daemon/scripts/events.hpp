// Words of `[[script]]` that more than one file reads. For this room's files only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call_record.hpp"

namespace lamp::scripts {

[[nodiscard]] std::optional<calls::Happening> event_named(std::string_view word);
/// A list separated by commas.
[[nodiscard]] std::vector<std::string> numbers_of(std::string_view list);

} // namespace lamp::scripts
