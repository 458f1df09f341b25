#include "net/ip.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <string>

namespace lamp::net {
namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

bool is_ipv4(const Address16& address) {
    return std::equal(mapped.begin(), mapped.end(), address.begin());
}

bool is_wildcard(const Address16& address) {
    const auto from = address.begin() + (is_ipv4(address) ? 12 : 0);
    return std::all_of(from, address.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool is_loopback(const Address16& address) {
    constexpr Address16 six{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return is_ipv4(address) ? address[12] == 127 : address == six;
}

bool is_link_local(const Address16& address) {
    return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

Address16 ipv4_address(const void* four_bytes) {
    Address16 address{};
    std::ranges::copy(mapped, address.begin());
    std::memcpy(address.data() + mapped.size(), four_bytes, 4);
    return address;
}

Place place_of(const void* socket_address) {
    sa_family_t family = 0;
    std::memcpy(&family, static_cast<const char*>(socket_address) + offsetof(sockaddr, sa_family), sizeof family);
    Place place;
    if (family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, socket_address, sizeof four);
        return {ipv4_address(&four.sin_addr), ntohs(four.sin_port)};
    }
    sockaddr_in6 six{};
    std::memcpy(&six, socket_address, sizeof six);
    std::memcpy(place.address.data(), &six.sin6_addr, place.address.size());
    place.port = ntohs(six.sin6_port);
    return place;
}

Address16 source_of(Address16 address) {
    if (!is_ipv4(address)) std::fill(address.begin() + 8, address.end(), std::uint8_t{0});
    return address;
}

std::optional<Address16> address_of(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    const bool bracketed = text.starts_with('[') && text.ends_with(']');
    if (bracketed) text = text.substr(1, text.size() - 2);
    if (text.size() >= terminated.size()) return std::nullopt;
    std::ranges::copy(text, terminated.begin());
    Address16 address{};
    if (::inet_pton(AF_INET6, terminated.data(), address.data()) == 1) return address;
    in_addr four{};
    if (bracketed || ::inet_pton(AF_INET, terminated.data(), &four) != 1) return std::nullopt;
    return ipv4_address(&four);
}

AddressText bare_text(const Address16& address) {
    AddressText text;
    if (is_ipv4(address))
        ::inet_ntop(AF_INET, address.data() + mapped.size(), text.text_.data(), text.text_.size());
    else
        ::inet_ntop(AF_INET6, address.data(), text.text_.data(), text.text_.size());
    text.size_ = static_cast<std::uint8_t>(std::strlen(text.text_.data()));
    return text;
}

AddressText host_text(const Address16& address) {
    auto bare = bare_text(address);
    if (is_ipv4(address)) return bare;
    AddressText text;
    text.text_[0] = '[';
    std::ranges::copy(bare.view(), text.text_.begin() + 1);
    text.text_.at(bare.view().size() + 1) = ']';
    text.size_ = static_cast<std::uint8_t>(bare.view().size() + 2);
    return text;
}

} // namespace lamp::net
