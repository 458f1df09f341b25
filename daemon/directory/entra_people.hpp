// The people of [entra]: users of a Microsoft 365 tenant by Graph's users/delta, or by a filtered list, as the presets
// graph-users and graph-users-filtered of recognition/rest read them.
#pragma once
#include <memory>
#include <optional>

#include "contacts/contacts_file.hpp"
#include "directory/entra_options.hpp"
#include "directory/people_reader.hpp"
#include "recognition/rest/mapper.hpp"

namespace lamp::directory {

inline constexpr std::string_view entra_source = "entra";

/// Category::invalid: an address, certificate or filter that cannot be used. `country`: of numbers that are written
/// nationally.
[[nodiscard]] Result<std::unique_ptr<PeopleReader>> entra_people(Loop& loop, const EntraOptions& options,
                                                                 std::string country, contacts::Normal normal);

/// Nothing: somebody without a name, or, without a filter, a disabled account or one without a number. Pure.
[[nodiscard]] std::optional<contacts::Contact> contact_of(const recognition::rest::Item& user,
                                                          const EntraOptions& options, const contacts::Normal& normal,
                                                          std::size_t& unreadable);

} // namespace lamp::directory
