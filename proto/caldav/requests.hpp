// Bodies of the requests that follow a calendar: PROPFIND (RFC 4918) and REPORT (RFC 4791, RFC 6578). Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace lamp::caldav {

inline constexpr std::string_view xml_type = "application/xml; charset=utf-8";

/// PROPFIND: all that tells what stands at an address and where to look on.
[[nodiscard]] std::string write_discovery();
/// PROPFIND with Depth 0: only the calendar's ctag.
[[nodiscard]] std::string write_ctag();
/// PROPFIND with Depth 1: the ETags of everything in a calendar.
[[nodiscard]] std::string write_listing();
/// REPORT: what has changed since the token was given; all of it for an empty token.
[[nodiscard]] std::string write_sync(std::string_view token);
/// REPORT with Depth 1: the ETags of what takes place in [from, until), by the server's judgement.
[[nodiscard]] std::string write_query(Wall from, Wall until);
/// REPORT: ETags and iCalendar texts of these; hrefs as the server wrote them.
[[nodiscard]] std::string write_multiget(std::span<const std::string> hrefs);

} // namespace lamp::caldav
