// Cuts a byte stream into CSTA messages (ECMA-323 annex J, XML without SOAP): 00 00, the length (two bytes, big endian,
// the eight bytes of the header included), the invoke id in four ASCII digits, the XML. Incremental, however the bytes
// come. Pure; lives with its connection.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::csta {

inline constexpr std::size_t frame_head_bytes = 8;
inline constexpr std::size_t frame_bytes_max = 65'535;      // what the length can say
inline constexpr std::size_t frame_bytes_readable = 32'767; // some clients read the length with a sign
inline constexpr std::uint16_t invoke_id_of_events = 9999;  // events, which nobody answers
inline constexpr std::uint16_t invoke_id_of_requests_max = 9998;

class FrameCutter {
public:
    enum class What : std::uint8_t {
        more,   // nothing whole is there
        frame,  // one message
        broken, // where the next message begins cannot be known: close
    };
    struct Frame {
        What what = What::more;
        std::uint16_t invoke_id = 0;
        std::string_view xml = {}; // valid until the next call of feed; may be empty
        std::string_view why = {}; // a literal; broken only
    };

    void feed(std::string_view bytes);
    /// The next thing in what was fed; call until it says `more` or `broken`. After `broken` it stays broken.
    [[nodiscard]] Frame next();
    /// Bytes held that are not yet a message: while there are any, the peer owes us the rest within its time.
    [[nodiscard]] std::size_t pending() const { return buffer_.size() - begin_; }

private:
    [[nodiscard]] Frame broken(std::string_view why);

    std::string buffer_;
    std::size_t begin_ = 0; // of what was not yet given out
    std::string_view broken_;
};

/// Appends one message to `out`. Refuses, and leaves `out` alone: (category `limit`) more than `bytes_max` with the
/// header, at most frame_bytes_max: the caller cuts the list in it into segments; (`invalid`) an invoke id over 9999.
[[nodiscard]] Result<void> append_frame(std::string& out, std::uint16_t invoke_id, std::string_view xml,
                                        std::size_t bytes_max = frame_bytes_readable);

} // namespace lamp::csta
