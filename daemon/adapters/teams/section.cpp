// The keys of `[teams]`.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "adapters/teams/options.hpp"
#include "http/certificate_file.hpp"
#include "http/url.hpp"
#include "proto/graph/guid.hpp"

namespace lamp::teams {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 3> no_tenants{"common", "organizations", "consumers"};

/// Why the certificate and its key cannot be used together; empty when they can.
std::string certificate_mistake(const TeamsOptions& options) {
    auto parsed = http::read_certificate(options.certificate, options.private_key);
    if (parsed || parsed.error().category == Category::not_found) return {}; // its own rule tells of the file
    return parsed.error().text;
}

} // namespace

config::Section<TeamsOptions> teams_section() {
    using O = TeamsOptions;
    using enum config::Reload;
    config::Section<O> s{
        "teams", config::Shape::table,
        "Microsoft Teams: presence is read, and \"in a call\" is written. Without this table it is off."};
    s.off_when_absent();
    s.key("tenant", &O::tenant, config::filled(), restart,
          "The directory (tenant) id or a verified domain name of the organisation.")
        .required()
        .example(R"("contoso.onmicrosoft.com")");
    s.key("client_id", &O::client_id, config::filled(), restart, "The application (client) id of the app registration.")
        .required()
        .example(R"("11111111-2222-3333-4444-555555555555")");
    s.key("client_secret", &O::client_secret, restart, "Its client secret.").example(R"("credential:teams")");
    s.key("certificate", &O::certificate, config::readable_file(), restart,
          "Instead of a secret: the certificate (PEM) that the app registration knows.")
        .example(R"("teams.crt")");
    s.key("private_key", &O::private_key, restart,
          "The certificate's key (PEM), as \"file:PATH\" or \"credential:NAME\".")
        .example(R"("credential:teams-key")");
    s.key("login_url", &O::login_url, restart, "Where tokens are given; national clouds have their own.");
    s.key("graph_url", &O::graph_url, restart, "Where Microsoft Graph is; national clouds have their own.");
    s.key("read", &O::read, live, "People's Teams presence counts in their status.");
    s.key("write", &O::write, live, "Teams shows \"In a call\" while a call is active or held.");
    s.key("poll", &O::poll, config::range(1s, 10min), restart,
          "How often everybody's presence is read, as far as the budget allows.");
    s.key("session_lifetime", &O::session_lifetime, config::range(5min, 4h), restart,
          "How long \"In a call\" may outlive a daemon that died; refreshed at half of it while the call lasts.");
    s.key("write_while_ringing", &O::write_while_ringing, live, "Already while a call rings.");
    s.key("except", &O::except, live, "Ids of people whose Teams presence is never written.")
        .example(R"(["reception@example.net"])");
    s.key("except_folders", &O::except_folders, live, "Folders whose people's Teams presence is never written.")
        .example(R"(["Meeting rooms"])");
    s.key("requests_per_30s", &O::requests_per_30s, config::range(std::int64_t{30}, pacing_lifted), restart,
          "The budget of presence requests, reads and writes together. Microsoft allows 1500; lower it when other "
          "programs use the same app registration.");
    s.key("directory_poll", &O::directory_poll, config::range(10s, 24h), restart,
          "How often the tenant is asked which accounts have changed.");
    s.key(
        "notifications", &O::notifications, restart,
        "Graph tells of changes at once, for up to 650 people; polling goes on behind it. Needs [http] public_url and "
        "an account: lamplighter teams login --notifications.");
    s.key("bot", &O::bot, restart,
          "People search and call inside Teams: the application (client) id of the bot's registration. Off when empty; "
          "needs [http] public_url.")
        .example(R"("66666666-7777-8888-9999-000000000000")");
    s.key("bot_role", &O::bot_role, restart,
          "What people may do there: directory.read to search, presence.read to see lamps, dial.self to call, always "
          "as themselves. Empty: these three.")
        .example(R"("colleague")");
    s.key("bot_metadata_url", &O::bot_metadata_url, config::whole_url(), restart,
          "Where the Bot Connector says which keys it signs with; national clouds have their own.");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); the system's when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy, http://host:port.")
        .example(R"("http://proxy.example.net:3128")");
    s.check([](const O& options, config::Scope& at) {
        if (options.client_secret.empty() && options.certificate.empty())
            at.error("client_secret", "is required (or certificate and private_key)");
        if (!options.certificate.empty() && options.private_key.empty())
            at.error("private_key", "is required with a certificate");
        if (!options.client_secret.empty() && !options.certificate.empty())
            at.error("certificate", "stands beside a client_secret: give one of the two");
        if (std::ranges::find(no_tenants, options.tenant) != no_tenants.end())
            at.error("tenant", fmt::format("\"{}\" is no organisation: an application logs in to one tenant, by its "
                                           "directory id or a verified domain name",
                                           options.tenant));
        if (!options.certificate.empty() && !options.private_key.empty())
            if (auto mistake = certificate_mistake(options); !mistake.empty()) at.error("certificate", mistake);
        if (!options.read && !options.write)
            at.error("write", "and read are both false: leave the table out to switch Teams off");
        if (!options.bot.empty() && !graph::parse_guid(options.bot))
            at.error("bot", "must be an application (client) id such as 66666666-7777-8888-9999-000000000000");
        if (options.proxy.empty()) return;
        if (auto url = http::Url::parse(options.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
    });
    return s;
}

std::string notification_url_mistake(const config::Url& public_url) {
    if (public_url.empty())
        return "needs [http] public_url: the https address under which Microsoft reaches this daemon";
    if (public_url.scheme == "https" || config::is_loopback(public_url.host)) return {};
    return "needs an https address in [http] public_url: Microsoft delivers to nothing else";
}

} // namespace lamp::teams
