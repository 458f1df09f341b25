// From an address to a CalDAV calendar: the calendar itself, somebody's home, a principal, or a server's root with
// /.well-known/caldav (RFC 6764 section 6, RFC 4791 section 6.2, RFC 5397). Egress loop.
#pragma once
#include <string>

#include "adapters/calendars/peer.hpp"
#include "proto/caldav/multistatus.hpp"

namespace lamp::calendars {

struct FoundCalendar {
    std::string target; // what to ask for
    caldav::Properties properties;
};

/// Errors as Provider::read; not_found, with their addresses, when there are several calendars to choose from. `peer`
/// moves to another server only when /.well-known/caldav sends it there.
[[nodiscard]] Task<Result<FoundCalendar>> discover(Peer& peer, http::Url start);

/// PROPFIND; the answer's hrefs are the server's. `depth` is 0 or 1. `target` becomes where a redirection led.
[[nodiscard]] Task<Result<caldav::Multistatus>> propfind(Peer& peer, std::string& target, int depth, std::string body);
/// REPORT, alike; an answer without success is given as it is.
[[nodiscard]] Task<Result<http::Answer>> report(Peer& peer, const std::string& target, int depth, std::string body);
/// What a successful answer says. Category::protocol: that is no multistatus.
[[nodiscard]] Result<caldav::Multistatus> multistatus_of(const Peer& peer, const http::Answer& answer);

} // namespace lamp::calendars
