// Where a directory server listens: ldap://host, ldaps://host:port (RFC 4516 without its search). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::ldap {

struct Address {
    std::string host; // IPv6 without brackets
    std::uint16_t port = 389;
    bool tls = false; // ldaps: from the first byte on
    bool operator==(const Address&) const = default;
};

/// Errors are sentences without their subject: "must begin with ldap:// or ldaps://".
[[nodiscard]] Result<Address> parse_address(std::string_view url);
/// "ldaps://[2001:db8::1]:636".
[[nodiscard]] std::string to_string(const Address& address);

/// RFC 4514, as libldap reads it; the empty name is one.
[[nodiscard]] bool is_name(const std::string& distinguished_name);

} // namespace lamp::ldap
