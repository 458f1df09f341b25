// Which systems' people come into the directory: what [ldap] and [entra] say, with what [net] and [teams] say for them.
// Values only.
#pragma once
#include <optional>

#include "config/reader.hpp"
#include "contacts/contacts_file.hpp"
#include "directory/entra_options.hpp"
#include "directory/ldap_options.hpp"
#include "numbers/dial_plan.hpp"

namespace lamp {

/// Nothing without the section.
[[nodiscard]] std::optional<directory::LdapOptions> ldap_options(const config::Configuration& configuration);
[[nodiscard]] std::optional<directory::EntraOptions> entra_options(const config::Configuration& configuration);

/// Numbers as they are stored, any thread.
[[nodiscard]] contacts::Normal normal_by(std::shared_ptr<const numbers::DialPlan> plan);

/// [entra] without an application of its own needs [teams].
void check_entra(const config::Configuration& configuration, config::Findings& findings);

} // namespace lamp
