#include "contacts/folder.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::contacts {
namespace {

constexpr std::size_t folder_depth_max = 8;
constexpr std::size_t folder_part_max = 80;

} // namespace

Result<std::string> folder_path(std::string_view written) {
    std::string path;
    std::size_t depth = 0;
    for (auto rest = text::trim(written); !rest.empty();) {
        auto end = std::min(rest.find('/'), rest.size());
        auto part = text::trim(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (part.empty()) {
            if (rest.empty()) break;
            return fail(Category::invalid, "A part of the folder's name is empty.");
        }
        if (part.size() > folder_part_max || ++depth > folder_depth_max)
            return fail(Category::invalid, fmt::format("A folder has at most {} parts of at most {} bytes.",
                                                       folder_depth_max, folder_part_max));
        if (part == "." || part == "..") return fail(Category::invalid, "A folder cannot be called . or .. .");
        if (std::ranges::any_of(part, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
            return fail(Category::invalid, "A folder's name holds a control character.");
        path += (path.empty() ? "" : "/") + std::string(part);
    }
    if (path.empty()) return fail(Category::invalid, "The folder has no name.");
    return path;
}

bool inside(std::string_view path, std::string_view folder) {
    return folder.empty() || path == folder ||
           (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

} // namespace lamp::contacts
