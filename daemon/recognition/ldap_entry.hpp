// A new contact as an entry of a directory (inetOrgPerson, RFC 2798; Active Directory's contact). Pure.
#pragma once
#include "ldap/entry.hpp"
#include "recognition/ldap_options.hpp"
#include "recognition/new_contact.hpp"

namespace lamp::recognition {

/// Below `create_base`, named by its common name. Category::invalid: something of it has no attribute, or it has no
/// number: then no caller would ever be this contact.
[[nodiscard]] Result<ldap::Entry> entry_of(const NewContact& contact, const LdapOptions& options);
/// The same as people read it (LDIF without base64).
[[nodiscard]] std::string to_text(const ldap::Entry& entry);

} // namespace lamp::recognition
