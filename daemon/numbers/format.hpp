// How numbers of the public network are written to a platform (interface 3, `number_format`).
#pragma once
#include <cstdint>

namespace lamp::numbers {

/// "+31201230002", "0201230002" (another country's like the next), "0031201230002".
enum class Format : std::uint8_t { e164, national, international };

} // namespace lamp::numbers
