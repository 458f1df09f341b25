// Which country a number of the public network belongs to. Any loop, several at once.
#pragma once
#include <string>
#include <string_view>

namespace lamp::numbers {

/// "+31201230002" -> "NL" (ISO 3166); "+800…" and other numbers of no country -> "001"; empty: it is none that is
/// known.
[[nodiscard]] std::string country_of(std::string_view e164);

/// "+31201230002" -> 31; 0: no country or network has such a code.
[[nodiscard]] int calling_code(std::string_view e164);

} // namespace lamp::numbers
