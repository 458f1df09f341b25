// A line's calls as dialogs (RFC 4235): what lamps show of BroadWorks' call states (sip-csta.md 10.3). Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "calls/line_news.hpp"
#include "proto/dialoginfo/document.hpp"

namespace lamp::sip {

inline constexpr std::string_view anonymous_uri = "sip:anonymous@anonymous.invalid"; // RFC 3323 4.1.1.3

/// "+31201230002" -> "sip:+31201230002@example.net;user=phone"; an extension likewise without the parameter; a sip: URI
/// stays; what is no number has its user part escaped; empty: the anonymous URI.
[[nodiscard]] std::string party_uri(std::string_view number, std::string_view domain);

/// Appends the line's calls, then those that have just ended. A call that goes out is `proceeding` until it is
/// answered: it lights a lamp and does not make it blink, as interface 7.6 wants. `identity` is the line's own URI,
/// `display` its person's name. Withheld callers are anonymous for everybody.
void append_dialogs(std::vector<dialoginfo::Dialog>& out, const calls::LineNews& news, std::string_view identity,
                    std::string_view display, std::string_view domain);

} // namespace lamp::sip
