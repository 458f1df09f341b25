// Hrefs as identities: the same resource may be written as a path or as an address, encoded in more than one way. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::caldav {

/// The decoded path of an href; two hrefs of one server mean the same resource when these are equal. Nothing when it
/// is no href: empty, neither path nor address, a broken escape.
[[nodiscard]] std::optional<std::string> path_of(std::string_view href);
/// Equal but for a slash at the end, which servers forget.
[[nodiscard]] bool same_collection(std::string_view left, std::string_view right);

} // namespace lamp::caldav
