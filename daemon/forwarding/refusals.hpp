// Numbers that nobody's calls are forwarded to: emergency and premium ones, by country. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::forwarding {

/// Why calls are not forwarded to that number, as a whole sentence; nothing: they may be. `number` is in the form that
/// Dialling::normal gives, `country` is where it is dialled; empty: nowhere in particular,
/// only what is refused everywhere.
[[nodiscard]] std::optional<std::string> refused_number(std::string_view number, std::string_view country);

} // namespace lamp::forwarding
