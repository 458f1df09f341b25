// What other systems say of somebody, brought into the form of a contact. Pure.
#pragma once
#include <string_view>

#include "contacts/contacts_file.hpp"

namespace lamp::directory {

/// The text without blanks around it; empty where a contact cannot hold it.
[[nodiscard]] std::string_view shown(std::string_view value);
/// Of "Jane van Doe", "Doe, Jane" and "Reception", as far as the contact does not say what is which. Without any name
/// the last one stays empty.
void complete_names(contacts::Contact& contact, std::string_view whole);
/// Each once; `unreadable` counts those that are no numbers, which are left out.
void add_number(contacts::Contact& contact, std::string_view kind, std::string_view written,
                const contacts::Normal& normal, std::size_t& unreadable);

} // namespace lamp::directory
