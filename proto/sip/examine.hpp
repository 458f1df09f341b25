// The checks of a request that need no knowledge of any method (RFC 3261 8.2.1, 8.2.2): method, scheme, Require.
// In the order of the RFC. Pure; no loop.
#pragma once
#include <span>
#include <string_view>

#include "proto/sip/message.hpp"
#include "proto/sip/writer.hpp"

namespace lamp::sip {

/// What a server can do.
struct Served {
    std::span<const Method> methods;
    std::span<const std::string_view> extensions; // option tags that Require may name
};

/// 405 (a method of SIP that is not served), 501 (no method that we know), 416 (a scheme other than sip, sips, tel),
/// 420 (Require names what is not served); 0: nothing speaks against it. ACK and CANCEL are never asked for extensions.
[[nodiscard]] int objection(const Message& request, const Served& served);

/// The fields that the answer to an objection needs: Allow with 405, Unsupported with 420.
void add_objection_fields(Writer& writer, const Message& request, int status, const Served& served);

} // namespace lamp::sip
