// Numbers as people write them -> as a platform wants them (interface 3, `number_format`). Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "xsi/options.hpp"

namespace lamp {

/// "+31 (0)20 - 123 4567" -> "+31201234567", "0031201234567" or "0201234567". Extensions, feature codes and what is
/// written nationally go verbatim without their blanks. Refuses what is no number: letters, over 30 digits.
[[nodiscard]] Result<std::string> dialled_number(std::string_view written, xsi::NumberFormat format,
                                                 std::string_view country);

} // namespace lamp
