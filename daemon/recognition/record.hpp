// A contact as a source tells of it, and how it is kept: one text per record. Values only; pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp::recognition {

/// Of one record; a source leaves out what is beyond.
inline constexpr std::size_t numbers_max = 32;
/// Of one integration.
inline constexpr std::size_t records_max = 4'000'000;

struct Number {
    std::string kind;    // "mobile", "work" … as the source calls it; may be empty
    std::string written; // as it stands there
    bool main = false;   // a company's main number: its direct numbers are the company's, too
    bool operator==(const Number&) const = default;
};

struct Record {
    std::string id; // constant in its source
    std::string name;
    std::vector<Number> numbers{};
    std::vector<std::pair<std::string, std::string>> fields{}; // what `$(Field)` may name
    std::string url{};                                         // for people; may be empty
    std::optional<Wall> updated{};
    bool operator==(const Record&) const = default;
};

/// Appends the record in the form of the cache and the index.
void pack(std::string& out, const Record& record);
/// Category::invalid: `packed` was not written by `pack`.
[[nodiscard]] Result<Record> unpack(std::string_view packed);

} // namespace lamp::recognition
