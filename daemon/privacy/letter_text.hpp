// What stands in a letter of the outbox, for whoever looks for a number there, and the same letter without the other
// side of its call. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::privacy {

/// The letter, and behind it what its mail says where that is encoded (RFC 2045 6.8, RFC 2047).
[[nodiscard]] std::string readable(std::string_view body);

/// An event of a call in our own JSON without number, name, contacts and actions. Nothing: it is no such event.
[[nodiscard]] std::optional<std::string> without_other_side(std::string_view body);

} // namespace lamp::privacy
