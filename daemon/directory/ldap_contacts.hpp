// Entries of a directory server as contacts. Pure.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contacts/contacts_file.hpp"
#include "directory/ldap_options.hpp"
#include "ldap/changes.hpp"

namespace lamp::directory {

inline constexpr std::string_view ldap_source = "ldap";

/// Which attributes of an entry one part of a contact stands in.
struct Part {
    std::string_view name;                 // last_name … email, or the kind of a number
    std::string contacts::Contact::* text; // null: a kind of number
    std::vector<std::string> attributes;
};
[[nodiscard]] bool is_part(std::string_view name);
[[nodiscard]] std::vector<std::string_view> parts();
/// The usual ones, but for what `[ldap] attributes` says otherwise.
[[nodiscard]] std::vector<Part> attributes_of(const std::map<std::string, std::string>& said);

[[nodiscard]] ldap::Question question_of(const LdapOptions& options, const std::vector<Part>& parts);

/// Nothing: it has no name, or none by which it can be known again. `unreadable` counts numbers that are none, which
/// are left out.
[[nodiscard]] std::optional<contacts::Contact> contact_of(std::string id, const ldap::Entry& entry,
                                                          const std::vector<Part>& parts,
                                                          const contacts::Normal& normal, std::size_t& unreadable);

} // namespace lamp::directory
