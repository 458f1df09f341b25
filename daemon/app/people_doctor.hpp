// `lamplighter doctor`, [ldap] and [entra]: each is reached and logged in to, and everybody is read once. Says how many
// there are and nothing of whom. The command's own loop.
#pragma once
#include "config/reader.hpp"
#include "http/examine.hpp"
#include "loop/loop.hpp"

namespace lamp {

/// True if all steps passed, and without the section.
[[nodiscard]] Task<bool> examine_ldap(Loop& loop, const config::Configuration& configuration, http::Tell tell);
[[nodiscard]] Task<bool> examine_entra(Loop& loop, const config::Configuration& configuration, http::Tell tell);

inline constexpr std::string_view nobody_there =
    "nobody counts there: check base and filter, and what the login may read";
/// What to do about a directory server that cannot be read; its errors say most of it themselves.
[[nodiscard]] std::string remedy_for_ldap(const Error& error);

} // namespace lamp
