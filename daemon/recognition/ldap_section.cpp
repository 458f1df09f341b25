// The keys of ldap_options.hpp.
#include "recognition/ldap_options.hpp"

#include "ldap/address.hpp"
#include "proto/text/text.hpp"

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
    s.key(
         "create_base", &O::create_base, live,
         "ldap: where new contacts are put, below base; without it none are. The login must be allowed to add entries.")
        .example(R"("ou=contacts,dc=example,dc=net")");
    s.key("create_class", &O::create_class, live,
          "ldap: the object classes of a new contact; of Active Directory [\"contact\"].");
    return s;
}

void check_ldap(const LdapOptions& o, const std::string& url, const Secret& password, config::Scope& at) {
    ldap::check_login(login_of(o, url, password), at);
    if (o.number_attributes.empty()) at.error("number_attributes", "names no attribute");
    ldap::check_attributes("name_attributes", o.name_attributes, at);
    ldap::check_attributes("number_attributes", o.number_attributes, at);
    ldap::check_attributes("attributes", o.attributes, at);
    ldap::check_attributes("create_class", o.create_class, at);
    if (o.create_base.empty()) return;
    if (!ldap::is_name(o.create_base))
        at.error("create_base", "is no distinguished name, such as \"ou=contacts,dc=example,dc=net\"");
    else if (!text::lower(o.create_base).ends_with(text::lower(o.base)))
        at.warning("create_base", "does not stand below base: what is put there is forgotten at the next full reading");
    if (o.create_class.empty()) at.error("create_class", "names no object class");
}

ldap::Login login_of(const LdapOptions& o, const std::string& url, const Secret& password) {
    return {url, o.base, o.bind_dn, o.filter, o.start_tls, password};
}

} // namespace lamp::recognition
