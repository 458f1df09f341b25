// The keys of ldap_options.hpp.
#include "recognition/ldap_options.hpp"

namespace lamp::recognition {
namespace {

using enum config::Reload;
using O = LdapOptions;

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
    ldap::check_login(login_of(o, url, password), at);
    if (o.number_attributes.empty()) at.error("number_attributes", "names no attribute");
    ldap::check_attributes("name_attributes", o.name_attributes, at);
    ldap::check_attributes("number_attributes", o.number_attributes, at);
    ldap::check_attributes("attributes", o.attributes, at);
}

ldap::Login login_of(const LdapOptions& o, const std::string& url, const Secret& password) {
    return {url, o.base, o.bind_dn, o.filter, o.start_tls, password};
}

} // namespace lamp::recognition
