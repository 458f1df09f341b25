// The contact object of interface 7.9 as JSON, both ways. Pure.
#pragma once
#include <boost/json/object.hpp>

#include "contacts/contacts_file.hpp"
#include "proto/json/writer.hpp"

namespace lamp::contacts {

void write_contact(JsonWriter& json, const Contact& contact);

/// Members that are there replace those of `base`; null empties. Not `key` and `source`, and nothing unknown. Both
/// names must not be empty in the end; where another source names the contact, the last one. Category::invalid names
/// the member.
[[nodiscard]] Result<Contact> read_contact(const boost::json::object& object, Contact base, const Normal& normal);

} // namespace lamp::contacts
