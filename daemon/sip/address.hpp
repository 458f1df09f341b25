// A Flow's peer as an address and port, and the net room's words for both. Pure.
#pragma once
#include "net/ip.hpp"
#include "sip/flow.hpp"

namespace lamp::sip {

using net::Address16;
using net::address_of;
using net::AddressText;
using net::bare_text;
using net::host_text;
using net::ipv4_address;
using net::is_ipv4;
using net::is_link_local;
using net::is_loopback;
using net::is_wildcard;
using net::Place;
using net::place_of;
using net::source_of;

[[nodiscard]] inline Place place_of(const Flow& flow) {
    return {flow.address, flow.port};
}

} // namespace lamp::sip
