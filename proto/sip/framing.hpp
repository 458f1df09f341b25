// Cuts a byte stream (TCP, TLS) into SIP messages: Content-Length (RFC 3261 18.3), CR LF keep-alives (RFC 5626 4.4.1),
// limits; and tells what a datagram is. Incremental: each byte is looked at a bounded number of times, however they
// come. Pure; lives with its connection.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/sip/message.hpp"

namespace lamp::sip {

/// Who opened the connection: only the side that did may ping (RFC 5626 4.4), so a lone CR LF is a pong to us there.
enum class Side : std::uint8_t { accepted, dialled };

class StreamFramer {
public:
    enum class What : std::uint8_t {
        more,    // nothing whole is there
        message, // one message: `bytes`
        ping,    // answer CR LF
        pong,
        broken, // the end of this message cannot be known: answer with `status` if `bytes` can be read, and close
    };
    struct Frame {
        What what = What::more;
        std::string_view bytes = {}; // valid until the next call of feed
        int status = 0;
        std::string_view why = {};
    };

    explicit StreamFramer(Side side) : side_(side) {}

    void feed(std::string_view bytes);
    /// The next thing in what was fed; call until it says `more` or `broken`. After `broken` it stays broken.
    [[nodiscard]] Frame next();
    /// Bytes held that are not yet a message: while there are any, the peer owes us the rest within its time.
    [[nodiscard]] std::size_t pending() const { return buffer_.size() - begin_; }
    /// When nothing is pending: memory that one long message needed is returned; what was given out ends.
    void give_back();

private:
    [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }
    [[nodiscard]] Frame take(What what, std::size_t bytes);
    [[nodiscard]] Frame broken(int status, std::string_view why, std::size_t bytes);
    [[nodiscard]] std::optional<Frame> keep_alive();

    Side side_;
    std::string buffer_;
    std::size_t begin_ = 0;    // of what was not yet given out
    std::size_t searched_ = 0; // bytes behind begin_ that hold no end of a header
    std::optional<HeadShape> shape_;
    std::optional<Frame> broken_;
};

/// What a datagram on the SIP port is (sip-csta.md 3.4). Keep-alives are dropped without a word.
enum class Datagram : std::uint8_t { keep_alive, stun, message };
[[nodiscard]] Datagram kind_of(std::string_view datagram);

} // namespace lamp::sip
