// What `[[recognition]]` says of one directory of people (type "ldap"). The keys stand in that section, which embeds
// these; url, password and ca_file are shared with other types.
#pragma once
#include <string>
#include <vector>

#include "ldap/login.hpp"

namespace lamp::recognition {

struct LdapOptions {
    std::string base{};
    std::string bind_dn{};
    std::string filter{}; // empty: whoever has a number and is not disabled
    bool start_tls = false;
    std::vector<std::string> name_attributes{"displayName", "cn"};
    std::vector<std::string> number_attributes{"telephoneNumber", "otherTelephone", "mobile",  "otherMobile",
                                               "homePhone",       "otherHomePhone", "ipPhone", "otherIpPhone"};
    std::vector<std::string> attributes{"mail", "company", "o", "department", "ou", "title"};
    std::string create_base{}; // below it new contacts are put; empty: none are
    std::vector<std::string> create_class{"inetOrgPerson"};
    bool operator==(const LdapOptions&) const = default;
};

/// For `embed`: all keys; their checks are in `check_ldap`.
[[nodiscard]] config::Section<LdapOptions> ldap_section();
void check_ldap(const LdapOptions& options, const std::string& url, const Secret& password, config::Scope& at);
[[nodiscard]] ldap::Login login_of(const LdapOptions& options, const std::string& url, const Secret& password);

} // namespace lamp::recognition
