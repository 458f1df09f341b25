// Where a contact's nationally written numbers belong: what one of its fields says of its country. Pure.
#pragma once
#include <string_view>

#include "recognition/record.hpp"

namespace lamp::recognition {

/// "DE", "de", "Germany", "Deutschland", "Allemagne", "Duitsland" -> "DE" (ISO 3166). Empty: none that is known here; a
/// code of two letters is taken as it is.
[[nodiscard]] std::string_view country_named(std::string_view written);

/// What the record's field of that name says, in any case; `field` empty: a field that is called "country", "country
/// code", "land", "pays" or "país". Empty: nothing.
[[nodiscard]] std::string_view own_country(const Record& record, std::string_view field);

} // namespace lamp::recognition
