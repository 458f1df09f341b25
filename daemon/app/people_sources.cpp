#include "app/people_sources.hpp"

#include "adapters/teams/options.hpp"
#include "app/options.hpp"

namespace lamp {

std::optional<directory::LdapOptions> ldap_options(const config::Configuration& configuration) {
    const auto* section = configuration.find<directory::LdapOptions>();
    if (!section) return std::nullopt;
    auto options = *section;
    if (options.ca_file.empty()) options.ca_file = configuration.get<NetOptions>().ca_file;
    return options;
}

std::optional<directory::EntraOptions> entra_options(const config::Configuration& configuration) {
    const auto* section = configuration.find<directory::EntraOptions>();
    if (!section) return std::nullopt;
    auto options = *section;
    const auto* teams = configuration.find<teams::TeamsOptions>();
    if (options.client_id.empty() && teams) {
        options.tenant = teams->tenant;
        options.client_id = teams->client_id;
        options.client_secret = teams->client_secret;
        options.certificate = teams->certificate;
        options.private_key = teams->private_key;
        options.login_url = teams->login_url;
        options.graph_url = teams->graph_url;
        if (options.ca_file.empty()) options.ca_file = teams->ca_file;
        if (options.proxy.empty()) options.proxy = teams->proxy;
    }
    const auto& net = configuration.get<NetOptions>();
    if (options.ca_file.empty()) options.ca_file = net.ca_file;
    if (options.proxy.empty()) options.proxy = net.proxy;
    return options;
}

contacts::Normal normal_by(std::shared_ptr<const numbers::DialPlan> plan) {
    return [plan = std::move(plan)](std::string_view written) { return plan->normal({}, written); };
}

void check_entra(const config::Configuration& configuration, config::Findings& findings) {
    const auto* options = configuration.find<directory::EntraOptions>();
    if (!options || !options->client_id.empty() || configuration.find<teams::TeamsOptions>()) return;
    findings.error<directory::EntraOptions>(
        0, "client_id", "is required, with tenant and client_secret: there is no [teams] whose application would do");
}

} // namespace lamp
