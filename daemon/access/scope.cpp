#include "access/scope.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lamp::access {
namespace {

bool within(const std::vector<std::string>& inner, const std::vector<std::string>& outer) {
    return std::ranges::all_of(inner,
                               [&](const std::string& one) { return std::ranges::find(outer, one) != outer.end(); });
}

} // namespace

bool covers(const Scope& outer, const Scope& inner) {
    if (outer.unlimited()) return true;
    return !inner.unlimited() && within(inner.folders, outer.folders) && within(inner.lines, outer.lines);
}

std::string to_string(const Scope& scope) {
    if (scope.unlimited()) return "everybody";
    std::string text;
    if (!scope.folders.empty()) text += fmt::format("folders {}", fmt::join(scope.folders, ", "));
    if (!scope.lines.empty()) text += fmt::format("{}lines {}", text.empty() ? "" : "; ", fmt::join(scope.lines, ", "));
    return text;
}

} // namespace lamp::access
