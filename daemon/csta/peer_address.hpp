// Addresses of peers, as limits and networks want them. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <sys/socket.h>

namespace lamp::csta {

/// IPv6; IPv4 as IPv4-mapped IPv6, so that an address is one thing.
using Address = std::array<std::uint8_t, 16>;
[[nodiscard]] Address address_of(const sockaddr_storage& peer);
/// "192.0.2.4:1040", "[2001:db8::1]:1040"
[[nodiscard]] std::string text_of(const sockaddr_storage& peer);
/// Whom a limit per source binds: an IPv4 address, the /64 of an IPv6 one.
[[nodiscard]] Address source_of(Address address);

} // namespace lamp::csta
