#include "proto/csta/framing.hpp"

#include <algorithm>
#include <array>

namespace lamp::csta {
namespace {

constexpr std::size_t id_at = 4; // of the invoke id in the header

std::uint16_t big_endian(std::string_view bytes) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8U |
                                      static_cast<unsigned char>(bytes[1]));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

void FrameCutter::feed(std::string_view bytes) {
    if (!broken_.empty()) return;
    buffer_.erase(0, begin_);
    begin_ = 0;
    buffer_ += bytes;
}

FrameCutter::Frame FrameCutter::broken(std::string_view why) {
    broken_ = why;
    return {What::broken, 0, {}, broken_};
}

// What is there of a header is looked at as it comes: a peer that speaks something else is told apart by its first
// byte.
FrameCutter::Frame FrameCutter::next() {
    if (!broken_.empty()) return {What::broken, 0, {}, broken_};
    const auto rest = std::string_view(buffer_).substr(begin_);
    const auto head = rest.substr(0, frame_head_bytes);
    if (head.substr(0, 2).find_first_not_of('\0') != std::string_view::npos)
        return broken("The stream does not speak CSTA over TCP.");
    if (head.size() < id_at) return {};
    const std::size_t length = big_endian(head.substr(2));
    if (length < frame_head_bytes) return broken("The length of a message is less than its header.");
    const auto digits = head.substr(id_at);
    if (!std::ranges::all_of(digits, is_digit)) return broken("The invoke id of a message is not four digits.");
    if (rest.size() < length) return {};
    std::uint16_t invoke_id = 0;
    for (char digit : digits)
        invoke_id = static_cast<std::uint16_t>(invoke_id * 10 + (digit - '0'));
    begin_ += length;
    return {What::frame, invoke_id, rest.substr(frame_head_bytes, length - frame_head_bytes), {}};
}

Result<void> append_frame(std::string& out, std::uint16_t invoke_id, std::string_view xml, std::size_t bytes_max) {
    if (invoke_id > invoke_id_of_events) return fail(Category::invalid, "An invoke id has at most four digits.");
    const auto length = xml.size() + frame_head_bytes;
    if (length > std::min(bytes_max, frame_bytes_max))
        return fail(Category::limit,
                    "The CSTA message of " + std::to_string(length) + " bytes is too long for a frame.");
    std::array<char, frame_head_bytes> head{'\0', '\0', static_cast<char>(length >> 8U),
                                            static_cast<char>(length & 0xffU)};
    for (std::size_t at = head.size(); at-- > id_at; invoke_id /= 10)
        head[at] = static_cast<char>('0' + invoke_id % 10);
    out.append(head.data(), head.size());
    out += xml;
    return {};
}

} // namespace lamp::csta
