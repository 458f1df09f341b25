#include "app/teams_bot.hpp"

#include "adapters/teams/teams.hpp"
#include "app/access_ports.hpp"

namespace lamp {
namespace {

constexpr std::string_view connector_issuer = "https://api.botframework.com";
constexpr std::string_view endorsed_for = "msteams";
constexpr std::string_view url_claim = "serviceurl";
constexpr seconds skew{300};

/// Ids are told in lower case; nothing for what is none.
std::string id_of(std::string_view text) {
    auto guid = graph::parse_guid(text);
    return guid ? graph::to_string(*guid) : std::string();
}

} // namespace

oidc::Source bot_connector(const teams::TeamsOptions& options) {
    oidc::Source source;
    source.expected.issuer = connector_issuer;
    source.expected.audience = id_of(options.bot);
    source.expected.endorsement = endorsed_for;
    source.expected.told_claim = url_claim;
    source.expected.needs_subject = false; // the Bot Connector says none
    source.expected.skew = skew;
    source.discovery_url = options.bot_metadata_url.text;
    source.ca_file = options.ca_file;
    source.proxy = options.proxy;
    return source;
}

status::TeamsBotPorts bot_ports(const teams::TeamsOptions& options, Language language, const oidc::Issuer& connector,
                                const Adapters& adapters, Loop& egress) {
    status::TeamsBotPorts ports;
    ports.examine = [&connector](std::string_view token) { return bearer_view(connector.examine(token, wall_now())); };
    ports.person_of = [&adapters, &egress](std::string account, status::Reply<std::optional<presence::Slot>> reply) {
        egress.post([&adapters, account = std::move(account), reply = std::move(reply)] {
            reply(adapters.teams() ? adapters.teams()->person_of(account) : std::nullopt);
        });
    };
    ports.tenant = id_of(options.tenant);
    ports.role = options.bot_role;
    ports.language = language;
    return ports;
}

} // namespace lamp
