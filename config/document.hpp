// TOML text to nodes. The only file behind this header that includes toml++ is document.cpp.
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "config/node.hpp"

namespace lamp::config {

/// What keeps a text from being read at all.
struct Unreadable {
    Position at;
    std::string message;
};

/// UTF-8 TOML 1.0, with or without a byte order mark, lines ended by LF or CRLF.
[[nodiscard]] std::expected<Node, Unreadable> parse_document(std::string_view text);

} // namespace lamp::config
