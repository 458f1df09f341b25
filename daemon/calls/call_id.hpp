// The public id of a call: what the HTTP API, watchers and CTI clients know it by. The same on every loop and after a
// restart, and made of characters that nobody has to escape; BroadWorks' own ids are not. Pure.
#pragma once
#include <string>
#include <string_view>

namespace lamp::calls {

/// Sixteen hexadecimal digits of a line's BroadWorks user id and its call's id.
[[nodiscard]] std::string public_id(std::string_view line, std::string_view call);

} // namespace lamp::calls
