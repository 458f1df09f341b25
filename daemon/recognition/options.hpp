// What `[[recognition]]` says of one source of contacts (interface 3). Defaults live here and nowhere else.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/section.hpp"
#include "recognition/rest/options.hpp"

namespace lamp::recognition {

enum class Type : std::uint8_t { csv, sqlite, ldap, rest };
[[nodiscard]] std::string_view name(Type type);

/// Which records are shown where several have the number.
enum class Ties : std::uint8_t {
    all,
    newest, // the one that was changed last
};

struct IntegrationOptions {
    std::string name{};
    Type type = Type::csv;
    std::filesystem::path file{}; // csv, sqlite
    std::string query{};          // sqlite
    std::string key{};            // csv, sqlite: the column that names a record
    rest::RestOptions rest{};
    std::string record_url{}; // with {id}
    std::string country{};    // empty: the tenant's
    std::int64_t priority = 100;
    Ties ties = Ties::all;
    std::string sync = "02:00";     // UTC, begun within an hour of it
    milliseconds delta{5 * 60'000}; // 0: nightly only
    bool operator==(const IntegrationOptions&) const = default;
};

/// `[[recognition]]`, live.
[[nodiscard]] config::Section<IntegrationOptions> recognition_section();

} // namespace lamp::recognition
