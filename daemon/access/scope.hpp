// Of whom a token may know: nothing given means everybody. Values, pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lamp::access {

/// A person is inside who has one of the folders, with all lines, or one of the lines, with those lines alone.
struct Scope {
    std::vector<std::string> folders{}; // as the people file spells them
    std::vector<std::string> lines{};   // BroadWorks user ids, or as the people file spells them

    [[nodiscard]] bool unlimited() const { return folders.empty() && lines.empty(); }
    bool operator==(const Scope&) const = default;
};

/// Nobody is inside `inner` who is not inside `outer`, by name: a line of a person of an outer folder is not seen
/// to be one.
[[nodiscard]] bool covers(const Scope& outer, const Scope& inner);
/// For people: "everybody", "folders Sales, Support; lines 2101@example.net".
[[nodiscard]] std::string to_string(const Scope& scope);

} // namespace lamp::access
