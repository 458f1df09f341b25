#include "meetings/news.hpp"

#include <algorithm>
#include <array>

namespace lamp::meetings {
namespace {

constexpr std::array<std::string_view, source_count> names{"teams", "zoom", "goto", "other", "calendar"};

} // namespace

std::string_view name(Source source) {
    return names.at(static_cast<std::size_t>(source));
}

std::optional<Source> source_named(std::string_view text) {
    const auto* found = std::ranges::find(names, text);
    if (found == names.end()) return std::nullopt;
    return static_cast<Source>(found - names.begin());
}

} // namespace lamp::meetings
