// Walks JSON without building a tree: the room's own reader under all others. A reader gives the keys that it knows;
// what lies under any other key is checked to be JSON and passed over. Pure.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::graph {

/// Where a value lies: one byte a level, the outermost lowest. A byte is the key's place in the vocabulary plus one, or
/// `item` for an element of an array. The document itself is 0.
using Path = std::uint64_t;
inline constexpr std::uint8_t item = 255;
inline constexpr unsigned levels_max = 8; // deeper values are passed over

/// The path of nested steps: at(value, item, id).
template <class... Steps>
[[nodiscard]] constexpr Path at(Steps... steps) {
    static_assert(sizeof...(steps) <= levels_max);
    Path path = 0;
    unsigned shift = 0;
    ((path |= static_cast<Path>(static_cast<std::uint8_t>(steps)) << shift, shift += 8), ...);
    return path;
}

enum class Bracket : std::uint8_t { object, array };

class Listener {
public:
    virtual ~Listener() = default;
    virtual void on_begin(Path, Bracket) {}
    virtual void on_end(Path) {}
    virtual void on_text(Path, std::string_view) {} // lives until the function returns
    virtual void on_integer(Path, std::int64_t) {}  // numbers with a fraction or beyond 64 bits are passed over
    virtual void on_bool(Path, bool) {}
    virtual void on_null(Path) {}
};

inline constexpr std::size_t depth_max = 32;
inline constexpr std::size_t string_bytes_max = 256 * 1024;
inline constexpr std::size_t key_bytes_max = 4096;

/// The whole body as one object or array in UTF-8, a byte order mark allowed. Error: protocol, with the line and the
/// offset. What was told before an error was read well.
[[nodiscard]] Result<void> walk(std::string_view body, std::span<const std::string_view> vocabulary,
                                Listener& listener);

} // namespace lamp::graph
