// The bot of [teams], between the status service, the Teams adapter and the keys of the Bot Connector.
#pragma once
#include "adapters/adapters.hpp"
#include "adapters/teams/options.hpp"
#include "oidc/issuer.hpp"
#include "status/ports.hpp"

namespace lamp {

/// Who signs what comes to this bot, and what must stand in it (Bot Connector authentication, "connector to bot").
[[nodiscard]] oidc::Source bot_connector(const teams::TeamsOptions& options);

/// Answers come on `egress`. All but `options` outlive the ports.
[[nodiscard]] status::TeamsBotPorts bot_ports(const teams::TeamsOptions& options, Language language,
                                              const oidc::Issuer& connector, const Adapters& adapters, Loop& egress);

} // namespace lamp
