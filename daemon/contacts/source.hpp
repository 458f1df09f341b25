// Contacts that another system names (a directory server): it says who there is and what they are called; where they
// are filed, their lines, devices, roles and notes are said here. Pure.
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contacts/plan.hpp"

namespace lamp::contacts {

/// Who names people. Whom two of them name, by e-mail address, is the first one's alone.
inline constexpr std::array<std::string_view, 2> people_sources{"ldap", "entra"};

/// The first column (columns.hpp) in which they differ and which belongs to the contact's source; empty: there is none.
/// Of a contact of our own nothing does.
[[nodiscard]] std::string_view foreign_difference(const Contact& before, const Contact& after);

/// What we say of somebody, with what the source says.
[[nodiscard]] Contact renewed(Contact ours, Contact said);

struct SourceReading {
    std::string source{};
    bool whole = true; // `contacts` are all there are; else what has changed
    /// Without key, each external_id once.
    std::vector<Contact> contacts{};
    std::vector<std::string> gone{}; // external ids; only where not whole
};

/// What makes `current` say what the reading says, but for those whom a source that goes before names.
/// Category::conflict: more contacts of the source would be lost than `limits` lets, or all of them.
[[nodiscard]] Result<Plan> plan_source(std::span<const Contact> current, SourceReading reading,
                                       const ImportLimits& limits);

} // namespace lamp::contacts
