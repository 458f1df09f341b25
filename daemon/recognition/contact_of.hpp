// A record as the directory shows it, beside contacts and people: source and key name its integration. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "contacts/contact.hpp"
#include "recognition/record.hpp"

namespace lamp::recognition {

/// What marks a record among those of its integration: short, and the same for the same id in every build.
[[nodiscard]] std::uint64_t mark_of(std::string_view id);
/// "crm:89abcdef01234567".
[[nodiscard]] std::string directory_key(std::string_view integration, std::uint64_t mark);

/// First and last name only, out of fields that are called so, else out of the whole name.
void take_names(contacts::Contact& contact, const Record& record);
/// `numbers`: one for each of the record's, as Index::numbers reads them. Company, department, title and e-mail address
/// come from fields that are called so in five languages or in LDAP; texts end at contacts::text_max.
[[nodiscard]] contacts::Contact contact_of(const Record& record, std::vector<std::string> numbers,
                                           std::string_view integration);

} // namespace lamp::recognition
