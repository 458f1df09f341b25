// The contact object of interface 7.9 as JSON, both ways. Pure.
#pragma once
#include <boost/json/object.hpp>

#include "contacts/contacts_file.hpp"
#include "proto/json/writer.hpp"

namespace lamp::contacts {

/// As it is kept, too.
void write_contact(JsonWriter& json, const Contact& contact);
/// As it is shown: with what one dials for its voice mail, "33123456789"; empty: that is not known.
void write_item(JsonWriter& json, const Contact& contact, std::string_view voice_mail_id);

/// What `write_contact` wrote, of whatever age. Category::invalid: it is damaged.
[[nodiscard]] Result<Contact> read_stored_contact(boost::json::object object, std::string_view key);

/// Members that are there replace those of `base`; null empties. Not `key` and `source`, and nothing unknown. Both
/// names must not be empty in the end; where another source names the contact, the last one. The default line is one
/// of the lines. Category::invalid names the member.
[[nodiscard]] Result<Contact> read_contact(const boost::json::object& object, Contact base, const Normal& normal);

} // namespace lamp::contacts
