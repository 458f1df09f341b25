// The files of daemon/status/web, embedded at build time (embed.cmake). Pure.
#pragma once
#include <span>
#include <string_view>

#include "status/answer.hpp"

namespace lamp::status {

struct Page {
    std::string_view path; // "/board.js"; index.html is "/"
    Content content;
    std::string_view etag; // in quotes
    std::string_view bytes;
};
[[nodiscard]] std::span<const Page> pages();
/// Null when there is none.
[[nodiscard]] const Page* page_at(std::string_view path);

} // namespace lamp::status
