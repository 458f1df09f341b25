#include "http/address_guard.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace lamp::http {
namespace {

namespace ip = boost::asio::ip;

struct Net4 {
    std::uint32_t address;
    unsigned bits;
};
/// IANA's special-purpose registry for IPv4, and multicast.
constexpr std::array not_public_4{
    Net4{0x00000000, 8},  // this network
    Net4{0x0a000000, 8},  // private
    Net4{0x64400000, 10}, // shared by carriers
    Net4{0x7f000000, 8},  // loopback
    Net4{0xa9fe0000, 16}, // link-local; metadata of clouds
    Net4{0xac100000, 12}, // private
    Net4{0xc0000000, 24}, // protocol assignments
    Net4{0xc0000200, 24}, // documentation
    Net4{0xc0586300, 24}, // 6to4 relays
    Net4{0xc0a80000, 16}, // private
    Net4{0xc6120000, 15}, // benchmarks
    Net4{0xc6336400, 24}, // documentation
    Net4{0xcb007100, 24}, // documentation
    Net4{0xe0000000, 3},  // multicast, reserved, broadcast
};

struct Net6 {
    std::array<std::uint8_t, 8> prefix;
    unsigned bits;
};
constexpr std::array not_public_6{
    Net6{{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, // local NAT64
    Net6{{0x01, 0x00}, 64},                         // discard
    Net6{{0x20, 0x01, 0x00}, 23},                   // protocol assignments, Teredo
    Net6{{0x20, 0x01, 0x0d, 0xb8}, 32},             // documentation
    Net6{{0xfc}, 7},                                // unique local
    Net6{{0xfe, 0x80}, 9},                          // link-local, and what was site-local
    Net6{{0xff}, 8},                                // multicast
};

bool within(std::uint32_t address, const Net4& net) {
    return (address ^ net.address) >> (32 - net.bits) == 0;
}

bool within(const ip::address_v6::bytes_type& bytes, const Net6& net) {
    for (unsigned bit = 0; bit < net.bits; ++bit) {
        auto mask = static_cast<std::uint8_t>(0x80U >> bit % 8);
        if (((bytes.at(bit / 8) ^ net.prefix.at(bit / 8)) & mask) != 0) return false;
    }
    return true;
}

bool is_public_4(std::uint32_t address) {
    return std::ranges::none_of(not_public_4, [&](const Net4& net) { return within(address, net); });
}

std::uint32_t v4_at(const ip::address_v6::bytes_type& bytes, std::size_t from) {
    std::uint32_t address = 0;
    for (std::size_t i = 0; i < 4; ++i)
        address = address << 8 | bytes.at(from + i);
    return address;
}

bool starts(const ip::address_v6::bytes_type& bytes, std::span<const std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool is_public_6(const ip::address_v6& address) {
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    constexpr std::array<std::uint8_t, 12> compatible{};
    constexpr std::array<std::uint8_t, 12> nat64{0x00, 0x64, 0xff, 0x9b};
    constexpr std::array<std::uint8_t, 2> six_to_four{0x20, 0x02};
    auto bytes = address.to_bytes();
    if (starts(bytes, mapped) || starts(bytes, compatible) || starts(bytes, nat64))
        return is_public_4(v4_at(bytes, 12));
    if (starts(bytes, six_to_four)) return is_public_4(v4_at(bytes, 2));
    return std::ranges::none_of(not_public_6, [&](const Net6& net) { return within(bytes, net); });
}

} // namespace

bool is_public(const ip::address& address) {
    return address.is_v4() ? is_public_4(address.to_v4().to_uint()) : is_public_6(address.to_v6());
}

} // namespace lamp::http
