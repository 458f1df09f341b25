// Contacts of our own that were made of an entry of the directory (a person of a server, somebody who is watched): they
// say what the entry says, member by member, but for what was changed here. Pure.
#pragma once
#include <string_view>

#include "contacts/contact.hpp"

namespace lamp::contacts {

/// Names, company, department, title, email, numbers, extension, lines and the default one, devices, roles. Where a
/// contact is filed, its notes and who matters are said here.
[[nodiscard]] bool may_follow(std::string_view member);

/// A contact of our own, without a key, that says what the entry says and follows it.
[[nodiscard]] Contact linked_to(const Contact& entry);

/// `after` with the members in which it differs from `before` noted as its own, where both follow the same entry.
[[nodiscard]] Contact noted(const Contact& before, Contact after);

/// What the contact says, now that the entry says this. Names stay where the entry has none any more.
[[nodiscard]] Contact followed(Contact contact, const Contact& entry);

/// It keeps what it has, and follows nobody any more.
[[nodiscard]] Contact unlinked(Contact contact);

} // namespace lamp::contacts
