// Addresses of peers, as limits and networks want them. Pure.
#pragma once
#include <string>
#include <sys/socket.h>

#include "net/ip.hpp"

namespace lamp::csta {

using Address = net::Address16;
using net::source_of;
[[nodiscard]] Address address_of(const sockaddr_storage& peer);
/// "192.0.2.4:1040", "[2001:db8::1]:1040"
[[nodiscard]] std::string text_of(const sockaddr_storage& peer);
} // namespace lamp::csta
