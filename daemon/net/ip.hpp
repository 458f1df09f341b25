// IP addresses and ports of peers as values: for limits, networks and texts. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lamp::net {

/// IPv6; IPv4 as IPv4-mapped IPv6, so that an address is one thing.
using Address16 = std::array<std::uint8_t, 16>;

struct Place {
    Address16 address{};
    std::uint16_t port = 0;
    bool operator==(const Place&) const = default;
};
/// Of a sockaddr of IPv4 or IPv6; nothing else may come.
[[nodiscard]] Place place_of(const void* socket_address);

[[nodiscard]] bool is_ipv4(const Address16& address);
/// 0.0.0.0, ::
[[nodiscard]] bool is_wildcard(const Address16& address);
/// 127.0.0.0/8, ::1
[[nodiscard]] bool is_loopback(const Address16& address);
/// fe80::/10: means something only together with an interface.
[[nodiscard]] bool is_link_local(const Address16& address);

[[nodiscard]] Address16 ipv4_address(const void* four_bytes);
/// "192.0.2.4", "2001:db8::1", "[2001:db8::1]"; nothing for names and for addresses with a zone.
[[nodiscard]] std::optional<Address16> address_of(std::string_view text);

/// Whom a limit per source binds: an IPv4 address, the /64 of an IPv6 one.
[[nodiscard]] Address16 source_of(Address16 address);

/// A text of its own, without the heap.
class AddressText {
public:
    [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

private:
    friend AddressText bare_text(const Address16&);
    friend AddressText host_text(const Address16&);
    std::array<char, 48> text_{};
    std::uint8_t size_ = 0;
};
/// As `received=` wants it: IPv6 without brackets.
[[nodiscard]] AddressText bare_text(const Address16& address);
/// As URIs and sent-by want it: IPv6 in brackets.
[[nodiscard]] AddressText host_text(const Address16& address);

} // namespace lamp::net
