#include "sip/stun.hpp"

#include <algorithm>

namespace lamp::sip {
namespace {

constexpr std::size_t head_bytes = 20;
constexpr unsigned binding_request = 0x0001, binding_success = 0x0101, binding_error = 0x0111;
constexpr unsigned error_code = 0x0009, unknown_attributes = 0x000a, xor_mapped_address = 0x0020;
constexpr std::size_t unknown_max = 16; // that one answer lists

unsigned word(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8 |
           static_cast<unsigned char>(bytes[at + 1]);
}

/// USERNAME, MESSAGE-INTEGRITY, REALM, NONCE may be there for a server that wants them; 0x8000 and up are optional.
bool must_be_understood(unsigned type) {
    return type < 0x8000 && type != 0x0006 && type != 0x0008 && type != 0x0014 && type != 0x0015;
}

} // namespace

StunAnswer::StunAnswer(std::string_view request, const Place& from) {
    if (request.size() < head_bytes || word(request, 0) != binding_request) return;
    const auto attributes = request.substr(head_bytes);
    if (word(request, 2) != attributes.size() || attributes.size() % 4 != 0) return;
    std::array<char, 2 * unknown_max> unknown{};
    std::size_t unknown_bytes = 0;
    for (std::size_t at = 0; at < attributes.size();) {
        const auto type = word(attributes, at);
        const std::size_t padded = (word(attributes, at + 2) + 3U) & ~3U;
        if (padded > attributes.size() - at - 4) return;
        if (must_be_understood(type) && unknown_bytes < unknown.size()) {
            unknown.at(unknown_bytes++) = attributes[at];
            unknown.at(unknown_bytes++) = attributes[at + 1];
        }
        at += 4 + padded;
    }
    if (unknown_bytes != 0)
        refuse(request, {unknown.data(), unknown_bytes});
    else
        succeed(request, from);
}

void StunAnswer::put16(unsigned value) {
    bytes_.at(size_++) = static_cast<char>(value >> 8);
    bytes_.at(size_++) = static_cast<char>(value & 0xff);
}

void StunAnswer::put(std::string_view bytes) {
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
}

void StunAnswer::head(std::uint16_t type, std::string_view request) {
    put16(type);
    put16(0);
    put(request.substr(4, 16)); // cookie and transaction
}

void StunAnswer::finish() {
    const auto length = size_ - head_bytes;
    bytes_[2] = static_cast<char>(length >> 8);
    bytes_[3] = static_cast<char>(length & 0xff);
}

void StunAnswer::succeed(std::string_view request, const Place& from) {
    head(binding_success, request);
    const bool four = is_ipv4(from.address);
    put16(xor_mapped_address);
    put16(four ? 8 : 20);
    put16(four ? 1 : 2);
    put16(from.port ^ 0x2112U);
    // The mask is cookie and transaction, as they stand in the head.
    for (std::size_t i = 0; i < (four ? 4U : 16U); ++i)
        bytes_.at(size_++) =
            static_cast<char>(from.address.at(four ? 12 + i : i) ^ static_cast<unsigned char>(bytes_.at(4 + i)));
    finish();
}

void StunAnswer::refuse(std::string_view request, std::string_view unknown) {
    constexpr std::string_view reason = "Unknown Attribute\0\0\0";
    head(binding_error, request);
    put16(error_code);
    put16(4 + 17);
    put16(0);
    put16(4 << 8 | 20);
    put({reason.data(), 20});
    put16(unknown_attributes);
    put16(static_cast<unsigned>(unknown.size()));
    put(unknown);
    if (unknown.size() % 4 != 0) put16(0);
    finish();
}

} // namespace lamp::sip
