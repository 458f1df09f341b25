#include "csta/peer_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>

namespace lamp::csta {
namespace {

constexpr std::size_t v4_at = 12; // of IPv4 in an IPv4-mapped address

bool is_v4(const Address& address) {
    constexpr std::array<std::uint8_t, v4_at> front{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(front.begin(), front.end(), address.begin());
}

} // namespace

Address address_of(const sockaddr_storage& peer) {
    Address out{};
    if (peer.ss_family == AF_INET) {
        out[10] = out[11] = 0xff;
        std::memcpy(out.data() + v4_at, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, 4);
    } else {
        std::memcpy(out.data(), &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, out.size());
    }
    return out;
}

std::string text_of(const sockaddr_storage& peer) {
    const auto address = address_of(peer);
    const auto port = ntohs(peer.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(peer).sin_port
                                                      : reinterpret_cast<const sockaddr_in6&>(peer).sin6_port);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_v4(address)) {
        ::inet_ntop(AF_INET, address.data() + v4_at, text.data(), text.size());
        return fmt::format("{}:{}", text.data(), port);
    }
    ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), port);
}

Address source_of(Address address) {
    if (!is_v4(address)) std::fill(address.begin() + 8, address.end(), std::uint8_t{0});
    return address;
}

} // namespace lamp::csta
