// The way from UTF-8 back to ISO 8859-1, with what windows-1252 has from 0x80 to 0x9f. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::text {

/// Nothing where a character has no such byte. `utf8` must be UTF-8.
[[nodiscard]] std::optional<std::string> to_latin1(std::string_view utf8);

} // namespace lamp::text
