// A directory's entries as contacts, and what is asked for to get them. Pure.
#pragma once
#include <optional>
#include <string>

#include "ldap/changes.hpp"
#include "recognition/ldap_options.hpp"
#include "recognition/record.hpp"

namespace lamp::recognition {

[[nodiscard]] ldap::Question question_of(const LdapOptions& options, const std::string& url);
/// `question`: of these options. Nothing: it has no number.
[[nodiscard]] std::optional<Record> record_of(std::string id, const ldap::Entry& entry, const LdapOptions& options,
                                              const ldap::Question& question);

} // namespace lamp::recognition
