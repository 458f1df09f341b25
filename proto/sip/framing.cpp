#include "proto/sip/framing.hpp"

namespace lamp::sip {

void StreamFramer::feed(std::string_view bytes) {
    if (broken_) return;
    buffer_.erase(0, begin_);
    begin_ = 0;
    buffer_ += bytes;
}

void StreamFramer::give_back() {
    constexpr std::size_t kept = 4096;
    if (pending() != 0 || broken_ || buffer_.capacity() <= kept) return;
    std::string().swap(buffer_);
    begin_ = 0;
}

StreamFramer::Frame StreamFramer::take(What what, std::size_t bytes) {
    const Frame frame{what, rest().substr(0, bytes)};
    begin_ += bytes;
    searched_ = 0;
    shape_.reset();
    return frame;
}

StreamFramer::Frame StreamFramer::broken(int status, std::string_view why, std::size_t bytes) {
    broken_ = Frame{What::broken, rest().substr(0, bytes), status, why};
    return *broken_;
}

std::optional<StreamFramer::Frame> StreamFramer::keep_alive() {
    const auto bytes = rest();
    if (bytes.empty()) return Frame{};
    if (bytes.front() != '\r') return std::nullopt;
    if (bytes.size() == 1) return Frame{};
    if (bytes[1] != '\n') return broken(400, "A carriage return without a line feed.", 0);
    if (side_ == Side::dialled) return take(What::pong, 2);
    // One CR LF may be the first half of a ping, or an empty line before a message (RFC 3261 7.5).
    if (bytes.size() == 2 || (bytes.size() == 3 && bytes[2] == '\r')) return Frame{};
    if (bytes.substr(2).starts_with("\r\n")) return take(What::ping, 4);
    begin_ += 2;
    return std::nullopt;
}

StreamFramer::Frame StreamFramer::next() {
    if (broken_) return *broken_;
    if (!shape_) {
        if (auto frame = keep_alive()) return *frame;
        const auto bytes = rest();
        if (!chars::is(bytes.front(), chars::token)) return broken(400, "The stream does not speak SIP.", 0);
        const auto from = searched_ > 3 ? searched_ - 3 : 0;
        const auto end = bytes.find("\r\n\r\n", from);
        searched_ = bytes.size();
        if (std::min(end, bytes.size()) > limits::head_bytes)
            return broken(513, "The header is longer than 64 KiB.", 0);
        if (end == std::string_view::npos) return {};
        shape_ = shape_of(bytes);
        if (shape_->bad_length)
            return broken(400, "The Content-Length is no number, or stands more than once.", shape_->bytes);
        if (!shape_->content_length) return broken(400, "The Content-Length is missing.", shape_->bytes);
        if (*shape_->content_length > limits::body_bytes)
            return broken(513, "The body is longer than 256 KiB.", shape_->bytes);
    }
    const auto whole = shape_->bytes + *shape_->content_length;
    if (rest().size() < whole) return {};
    return take(What::message, whole);
}

Datagram kind_of(std::string_view datagram) {
    if (datagram.size() <= 4) return Datagram::keep_alive;
    // RFC 5389 6: two zero bits, and the magic cookie behind type and length.
    if (static_cast<unsigned char>(datagram.front()) < 0x40 && datagram.size() >= 20 &&
        datagram.substr(4, 4) == "\x21\x12\xa4\x42")
        return Datagram::stun;
    if (datagram.find_first_not_of(std::string_view("\r\n\0 ", 4)) == std::string_view::npos)
        return Datagram::keep_alive;
    return Datagram::message;
}

} // namespace lamp::sip
