// Contacts in a directory of people (LDAP): OpenLDAP and its relatives, Active Directory.
#pragma once
#include <memory>
#include <string>

#include "recognition/ldap_options.hpp"
#include "recognition/source.hpp"

namespace lamp::recognition {

/// Everything is read by pages. Changes are found by modifyTimestamp, of Active Directory by uSNChanged; what was
/// deleted or moved away shows in the next full reading. Category::invalid: an address that is none.
[[nodiscard]] Result<std::unique_ptr<Source>> ldap_source(asio::io_context& context, const LdapOptions& options,
                                                          const std::string& url, const Secret& password,
                                                          const std::filesystem::path& ca_file);

} // namespace lamp::recognition
