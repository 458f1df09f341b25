// The keys of [ldap].
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/schedule.hpp"
#include "directory/ldap_contacts.hpp"
#include "directory/ldap_options.hpp"

namespace lamp::directory {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

void check(const LdapOptions& o, config::Scope& at) {
    ldap::check_login(o.login(), at);
    if (!minutes_of(o.sync)) at.error("sync", "is no time of day, such as \"02:00\"");
    for (const auto& [part, names] : o.attributes)
        if (!is_part(part))
            at.error("attributes", fmt::format("\"{}\" is no part of a contact: {}", part, fmt::join(parts(), ", ")));
    for (const auto& one : attributes_of(o.attributes))
        ldap::check_attributes("attributes", one.attributes, at);
}

} // namespace

config::Section<LdapOptions> ldap_section() {
    using O = LdapOptions;
    config::Section<O> s{
        "ldap", config::Shape::table,
        "People of an LDAP or Active Directory server, as contacts of the directory: the server says who "
        "there is, folders, lines, roles and notes are said here."};
    s.key("url", &O::url, restart, "The server, ldap://host or ldaps://host.")
        .required()
        .example(R"("ldaps://dc1.example.net")");
    s.key("base", &O::base, restart, "Where the people stand.").required().example(R"("ou=people,dc=example,dc=net")");
    s.key("bind_dn", &O::bind_dn, restart, "The login; Active Directory also takes name@domain. Anonymous without one.")
        .example(R"("cn=lamplighter,dc=example,dc=net")");
    s.key("password", &O::password, restart, "The login's password.").example(R"("credential:ldap")");
    s.key("filter", &O::filter, restart, "Who counts (RFC 4515); without one whoever has a number and is not disabled.")
        .example(R"x("(&(objectClass=inetOrgPerson)(telephoneNumber=*))")x");
    s.key("start_tls", &O::start_tls, restart, "TLS on the plain port; ldaps:// has it without.");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); [net]'s when not set.");
    s.key(
         "attributes", &O::attributes, restart,
         "Where the parts of a contact stand, other than usual; several attributes separated by blanks, the first that "
         "is there counts, of numbers all. \"\": nowhere. Parts are last_name, first_name, company, department, title, "
         "email and the kinds of numbers work, main, mobile, home, other, pager, fax.")
        .example(R"({ department = "ou", work = "telephoneNumber ipPhone" })");
    s.key("poll", &O::poll, config::range(1s, 24h), restart, "How often is looked for changes.");
    s.key("sync", &O::sync, restart, "When everything is read, UTC; it begins within the hour behind it.");
    s.check(&check);
    s.off_when_absent();
    return s;
}

} // namespace lamp::directory
