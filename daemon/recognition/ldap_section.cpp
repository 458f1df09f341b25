// The keys of ldap_options.hpp.
#include <algorithm>
#include <fmt/format.h>

#include "config/types.hpp"
#include "ldap/filter.hpp"
#include "recognition/ldap_options.hpp"

namespace lamp::recognition {
namespace {

using enum config::Reload;
using O = LdapOptions;
using Names = std::vector<std::string>;

/// An attribute as RFC 4512 section 2.5 has it, with options or as a dotted number.
bool is_attribute(const std::string& name) {
    return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ';' ||
               c == '.';
    });
}

void check_names(std::string_view key, const Names& names, config::Scope& at) {
    if (names.size() > ldap_attributes_max)
        at.error(key, fmt::format("names more than {} attributes", ldap_attributes_max));
    for (const auto& one : names)
        if (!is_attribute(one)) at.error(key, fmt::format("\"{}\" is no name of an attribute", one));
}

void check_way(const O& o, const std::string& url, const Secret& password, config::Scope& at) {
    if (url.empty()) return at.error("url", "is required: ldap://host or ldaps://host");
    auto address = ldap::parse_address(url);
    if (!address) return at.error("url", address.error().text);
    if (address->tls && o.start_tls) at.error("start_tls", "belongs to ldap://; ldaps:// has TLS from the beginning");
    if (!password.empty() && !address->tls && !o.start_tls && !config::is_loopback(address->host))
        at.warning("url", "sends the password unencrypted: ldaps:// or start_tls = true would not");
}

} // namespace

config::Section<LdapOptions> ldap_section() {
    config::Section<O> s{"ldap", config::Shape::table, "A directory of people."};
    s.key("base", &O::base, live, "ldap: where the people stand.").example(R"("ou=people,dc=example,dc=net")");
    s.key("bind_dn", &O::bind_dn, live,
          "ldap: the login; Active Directory also takes name@domain. Anonymous without one.")
        .example(R"("cn=lamplighter,dc=example,dc=net")");
    s.key("filter", &O::filter, live,
          "ldap: who counts (RFC 4515); without one whoever has a number and is not disabled.")
        .example(R"x("(&(objectClass=inetOrgPerson)(telephoneNumber=*))")x");
    s.key("start_tls", &O::start_tls, live, "ldap: TLS on the plain port; ldaps:// has it without.");
    s.key("name_attributes", &O::name_attributes, live,
          "ldap: the first of these that is there is the name; else givenName and sn are.");
    s.key("number_attributes", &O::number_attributes, live, "ldap: attributes with telephone numbers.");
    s.key("attributes", &O::attributes, live, "ldap: further attributes, for scripts.");
    return s;
}

void check_ldap(const LdapOptions& o, const std::string& url, const Secret& password, config::Scope& at) {
    check_way(o, url, password, at);
    if (o.base.empty())
        at.error("base", "is required: where the people stand, \"dc=example,dc=net\"");
    else if (!ldap::is_name(o.base))
        at.error("base", "is no distinguished name, such as \"dc=example,dc=net\"");
    if (!o.bind_dn.empty() && password.empty()) at.error("password", "is required with bind_dn");
    if (o.bind_dn.empty() && !password.empty()) at.error("bind_dn", "is required with password");
    if (!o.filter.empty())
        if (auto read = ldap::read_filter(o.filter); !read) at.error("filter", read.error().text);
    if (o.number_attributes.empty()) at.error("number_attributes", "names no attribute");
    check_names("name_attributes", o.name_attributes, at);
    check_names("number_attributes", o.number_attributes, at);
    check_names("attributes", o.attributes, at);
}

} // namespace lamp::recognition
