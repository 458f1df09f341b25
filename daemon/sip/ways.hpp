// Which way answers and NOTIFYs go, from what the request says and where it came from. Pure.
#pragma once
#include <optional>
#include <string_view>

#include "proto/sip/message.hpp"
#include "sip/flow.hpp"

namespace lamp::sip {

/// Where answers go: back over the connection, to the port that the datagram came from if `rport` asks for it, else to
/// the one that the Via names (RFC 3261 18.2.2, RFC 3581 4).
[[nodiscard]] Flow answer_flow(const Flow& from, const Message& request);

/// Where this dialog's NOTIFYs go: over the connection, else to the address that the request came from, and to the port
/// that Contact (or the proxy that wants to stay in the way) names there. Never to a third party that Contact names:
/// that would make a reflector of us, and a private address does not lead anywhere (sip-csta.md 3.4).
[[nodiscard]] Flow notify_flow(const Flow& from, const Message& request);

/// Where a request that we wrote goes next: the topmost Route, else the Request-URI (RFC 3261 8.1.2). Its views live as
/// long as `request`.
[[nodiscard]] std::optional<Uri> next_hop(std::string_view request);

} // namespace lamp::sip
