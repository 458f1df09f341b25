// Names to addresses, and the one address that a channel keeps (xsi.md 12.4). Runs on the caller's loop; the look-up
// itself (getaddrinfo) runs on Asio's resolver thread.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "loop/loop.hpp"

namespace lamp::http {

using Endpoint = asio::ip::tcp::endpoint;
/// The one address that all connections of a channel use; Host header, SNI and the certificate's check keep the name.
using Pin = std::optional<Endpoint>;

/// All addresses of a host in the order to try them (RFC 6724 order, families interleaved as in RFC 8305 section 4).
/// An address literal is answered at once. Errors: network (no such name), timeout. Asio cannot interrupt a look-up
/// that has begun: after a timeout it goes on unseen and delays the next one of this loop.
[[nodiscard]] Task<Result<std::vector<Endpoint>>> resolve(std::string host, std::uint16_t port, milliseconds limit);

/// "192.0.2.1:443" or "[2001:db8::1]:443".
[[nodiscard]] std::string text(const Endpoint& endpoint);

} // namespace lamp::http
