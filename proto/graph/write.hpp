// Writes JSON and paths into a buffer that is used again: the room's own writer under all others. Pure.
#pragma once
#include <string>
#include <string_view>

namespace lamp::graph {

/// The text in quotes, escaped as RFC 8259 asks. It must be UTF-8.
void append_quoted(std::string& out, std::string_view text);
/// One segment of a path, percent-encoded but for RFC 3986's unreserved characters and '@'.
void append_segment(std::string& out, std::string_view text);

} // namespace lamp::graph
