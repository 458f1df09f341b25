// What `[[recognition]]` says of one source of contacts (interface 3). Defaults live here and nowhere else.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/section.hpp"
#include "recognition/ldap_options.hpp"
#include "recognition/rest/options.hpp"

namespace lamp::recognition {

enum class Type : std::uint8_t { csv, sqlite, ldap, rest, directory };
[[nodiscard]] std::string_view name(Type type);

/// The integration that is always there: the daemon's own contacts.
inline constexpr std::string_view directory_name = "directory";

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
    std::string url{};            // rest, ldap
    Secret password{};            // rest, ldap
    rest::RestOptions rest{};     // without url and password; its ca_file is ldap's, too
    LdapOptions ldap{};
    std::string record_url{}; // with {id}
    std::string country{};    // empty: the tenant's
    std::string country_field{};
    std::int64_t suffix = 0; // digits; 0: no such class
    std::int64_t priority = 100;
    Ties ties = Ties::all;
    bool search = true;             // whether the directory finds its contacts
    std::string sync = "02:00";     // UTC, begun within an hour of it
    milliseconds delta{5 * 60'000}; // 0: nightly only
    bool operator==(const IntegrationOptions&) const = default;

    /// With the keys that stand outside for others' sake.
    [[nodiscard]] rest::RestOptions whole_rest() const {
        auto out = rest;
        out.url = url;
        out.password = password;
        return out;
    }
};

/// `[[recognition]]`, live.
[[nodiscard]] config::Section<IntegrationOptions> recognition_section();

} // namespace lamp::recognition
