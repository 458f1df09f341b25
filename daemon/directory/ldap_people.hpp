// The people of [ldap]: OpenLDAP, Active Directory.
#pragma once
#include <memory>

#include "contacts/contacts_file.hpp"
#include "directory/ldap_options.hpp"
#include "directory/people_reader.hpp"

namespace lamp::directory {

/// Category::invalid: the address. `normal`: any thread.
[[nodiscard]] Result<std::unique_ptr<PeopleReader>> ldap_people(Loop& loop, const LdapOptions& options,
                                                                contacts::Normal normal);

} // namespace lamp::directory
