// Which addresses belong to everybody and which only to the network that we stand in: the guard against requests that
// somebody else's name would lead into it (SSRF). Pure.
#pragma once
#include <boost/asio/ip/address.hpp>

namespace lamp::http {

/// False for loopback, private, shared (100.64/10), link-local (cloud metadata too), unique local, documentation,
/// multicast and reserved addresses (RFC 6890 and its registries), also where IPv6 wraps them: mapped, compatible,
/// NAT64, 6to4.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

} // namespace lamp::http
