// Search filters as text (RFC 4515): checked before a server sees them, and values made safe to stand in them. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::ldap {

inline constexpr std::size_t filter_bytes_max = 64 * 1024;
inline constexpr int filter_depth_max = 32;

/// The filter, in parentheses where it stood without. Errors are sentences without their subject, with the place:
/// "wants \")\" at character 12".
[[nodiscard]] Result<std::string> read_filter(std::string_view text);

/// A value for a filter: what has a meaning there, and every byte beyond ASCII, as \HH (section 3).
[[nodiscard]] std::string escaped(std::string_view value);

} // namespace lamp::ldap
