// What both kinds of our dialogs (subscriptions, uaCSTA) write of themselves and of their peers. Pure.
#pragma once
#include <string>
#include <string_view>

#include "proto/sip/uri.hpp"
#include "sip/transport.hpp"

namespace lamp::sip {

/// On one line: folded fields come with line breaks.
void append_line(std::string& out, std::string_view text);

/// A Contact as a Request-URI: without headers. A user part may hold a "?" of its own.
[[nodiscard]] std::string_view target_of(const Uri& contact);

/// Ours, as the peer reaches us. `target`, the peer's, where it counts that it wants sips (RFC 3261 12.1.1).
[[nodiscard]] std::string contact_of(const Local& local, const Uri* target);

} // namespace lamp::sip
