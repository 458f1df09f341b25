// What a directory says of one thing, and what it says of itself. Values only; pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace lamp::ldap {

/// Of one entry; what is beyond is left out.
inline constexpr std::size_t value_bytes_max = 16 * 1024;
inline constexpr std::size_t values_max = 256; // of an attribute

struct Attribute {
    std::string name; // as the server writes it, with its options
    std::vector<std::string> values;
    bool operator==(const Attribute&) const = default;
};

struct Entry {
    std::string dn; // empty where it is no text, or longer than a value may be
    std::vector<Attribute> attributes{};

    /// Without regard to case; of "cn" also "cn;lang-fr" where there is no plain one. Empty: there is none.
    [[nodiscard]] const std::vector<std::string>& values(std::string_view name) const;
    [[nodiscard]] std::string_view first(std::string_view name) const;
    bool operator==(const Entry&) const = default;
};

/// The name of an entry below `parent` (RFC 4514): "cn=Doe\, Jane,ou=people,dc=example,dc=net".
[[nodiscard]] std::string name_below(std::string_view parent, std::string_view attribute, std::string_view value);

/// The root entry (RFC 4512 section 5.1), as far as anybody may read it.
struct Root {
    bool active_directory = false;
    bool paging = false;
    std::vector<std::string> naming_contexts{};
    std::string host{};                      // Active Directory: which server this is
    std::string service{};                   // … and its directory service's name
    std::optional<std::uint64_t> last_usn{}; // … and the number of its last change
};
[[nodiscard]] Root root_of(const Entry& entry);

/// objectGUID's sixteen bytes as people write them (the first three groups are little-endian); empty: it is none.
[[nodiscard]] std::string guid_text(std::string_view bytes);
/// A generalised time (RFC 4517 section 3.3.13) with seconds, in UTC: "20261127023758Z", "20261127023758.0Z".
[[nodiscard]] std::optional<Wall> parse_time(std::string_view text);
[[nodiscard]] std::string time_text(Wall time);

} // namespace lamp::ldap
