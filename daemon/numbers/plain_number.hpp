// Numbers as names are compared: no country, no numbering plan, no library; cheap enough for every request. Pure.
#pragma once
#include <string>
#include <string_view>

namespace lamp::numbers {

/// "tel:+31-20-123 00 02", "+31 (0)20 123 0002", "0031201230002" and "201230002;phone-context=+31" are "+31201230002"
/// (RFC 3966 5, visual separators do not count); "2102" and "*21#" stay. Empty: this is no number.
[[nodiscard]] std::string plain_number(std::string_view written);

} // namespace lamp::numbers
