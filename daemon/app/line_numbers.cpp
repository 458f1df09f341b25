#include "app/line_numbers.hpp"

#include <fmt/format.h>

namespace lamp {

std::vector<numbers::Line> line_numbers(const roster::Roster& roster, std::span<const roster::PlatformInfo> platforms,
                                        std::span<const numbers::Format> formats) {
    std::vector<numbers::Line> lines;
    for (std::size_t i = 0; i < platforms.size(); ++i)
        for (const roster::DirectoryUser& user : platforms[i].directory)
            lines.push_back({user.user_id, user.number, user.extension, fmt::format("{} {}", i, user.group), formats[i],
                             fmt::format("{}", i)});
    // What the plan has already stays as it is.
    for (const roster::LineOf& line : roster.lines)
        lines.push_back(
            {.id = line.line, .format = formats[line.platform], .enterprise = fmt::format("{}", line.platform)});
    return lines;
}

} // namespace lamp
