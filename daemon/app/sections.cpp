#include <algorithm>
#include <fmt/format.h>

#include "acd/options.hpp"
#include "adapters/calendars/options.hpp"
#include "adapters/goto_meeting/options.hpp"
#include "adapters/teams/options.hpp"
#include "adapters/zoho/options.hpp"
#include "adapters/zoom/options.hpp"
#include "app/options.hpp"
#include "app/people_sources.hpp"
#include "config/problems.hpp"
#include "csta/options.hpp"
#include "directory/entra_options.hpp"
#include "directory/ldap_options.hpp"
#include "forwarding/options.hpp"
#include "http/url.hpp"
#include "oidc/options.hpp"
#include "outbox/options.hpp"
#include "presence/rules.hpp"
#include "privacy/options.hpp"
#include "recognition/options.hpp"
#include "records/options.hpp"
#include "roster/people_file.hpp"
#include "scripts/options.hpp"
#include "sip/options.hpp"
#include "status/options.hpp"
#include "status/permissions.hpp"
#include "xsi/options.hpp"

namespace lamp {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

config::Section<DaemonOptions> daemon_section() {
    using O = DaemonOptions;
    config::Section<O> s{"daemon", config::Shape::table, "The daemon itself."};
    s.key("state_dir", &O::state_dir, restart, "Where it keeps what must survive a restart.");
    s.key("timezone", &O::timezone, config::time_zone(), restart, "IANA time zone of reports and schedules.");
    s.key("country", &O::country, config::country(), restart, "ISO 3166 country: default region of phone numbers.");
    s.key("language", &O::language, config::one_of({"en", "nl", "fr", "es", "de"}), restart,
          "Of cards and mails, where a webhook does not say otherwise. The board speaks its reader's.");
    s.key("log_level", &O::log_level,
          config::choices<log::Level>({{"error", log::Level::error},
                                       {"warning", log::Level::warning},
                                       {"info", log::Level::info},
                                       {"debug", log::Level::debug}}),
          live, "What is logged. debug tells of each event and holds names and numbers of people.");
    return s;
}

config::Section<NetOptions> net_section() {
    using O = NetOptions;
    config::Section<O> s{"net", config::Shape::table,
                         "Outgoing connections; each section may say otherwise for itself."};
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); the system's when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy, http://host:port.")
        .example(R"("http://proxy.example.net:3128")");
    s.key("certificate_poll", &O::certificate_poll, config::range(1s, 24h), live,
          "How often the files of our own certificates ([http], [sip], [csta]) are looked at: new ones are taken into "
          "use by themselves.");
    s.check([](const O& options, config::Scope& at) {
        if (options.proxy.empty()) return;
        if (auto url = http::Url::parse(options.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
    });
    return s;
}

config::Section<PeopleOptions> people_section(NamedPeople people) {
    using O = PeopleOptions;
    config::Section<O> s{"people", config::Shape::table, "Who is watched and which accounts belong together."};
    s.key("file", &O::file, live,
          "CSV with the columns id,name,email,lines,teams,zoom,goto,webex,zoho,folder; lines separated by spaces. "
          "Without a file, everybody of the platforms' directories is watched.")
        .example(R"("people.csv")");
    s.key("match", &O::match, config::one_of({"email", "upn", "line"}), live,
          "How accounts that no file names are matched.");
    if (people == NamedPeople::unread) return s;
    s.check_file("file", &O::file, [](const O&, config::NamedFile& file) {
        for (const auto& mistake : roster::read_people(file.text).mistakes) {
            config::Position at{mistake.line, mistake.column};
            if (mistake.warning)
                file.warning(at, mistake.what, mistake.message);
            else
                file.error(at, mistake.what, mistake.message);
        }
    });
    return s;
}

config::Section<PresenceOptions> presence_section() {
    using O = PresenceOptions;
    config::Section<O> s{"presence", config::Shape::table, "How what is known of a person becomes one status."};
    s.key("rules", &O::rules, live,
          "Empty: the eleven rules of the manual. Else all rows, highest first: \"STATUS when CONDITION and …\", as in "
          "\"do_not_disturb when teams is do_not_disturb and line is not active\".");
    s.key("teams_stale_after", &O::teams_stale_after, config::range(10s, 24h), restart,
          "What Teams said longer ago than this counts as unknown.");
    s.key("line_stale_after", &O::line_stale_after, config::range(1s, 24h), restart,
          "A line whose channel has been down for this long counts as unknown.");
    s.key("meetings", &O::meetings, config::one_of({"teams", "zoom", "goto", "other"}), restart,
          "Whose meetings feed the status in_meeting. \"other\" is what POST /hooks/meeting tells.");
    s.key("follow_acd", &O::follow_acd, live,
          "An agent of a call centre is shown as busy in the wrap-up and as away while unavailable, below what Teams "
          "says "
          "is more urgent. For the lamp only: nothing of it is written to Teams, and no agent follows it.");
    s.check([](const O& options, config::Scope& at) {
        if (auto rules = presence::Rules::parse(options.rules); !rules) at.error("rules", rules.error().text);
        if (options.follow_acd && !options.rules.empty())
            at.error("follow_acd", "does nothing beside rules: write \"busy when agent is wrap_up\" and \"away when "
                                   "agent is unavailable\" among them, where they belong");
    });
    return s;
}

void check_notifications(const config::Configuration& configuration, config::Findings& findings) {
    const auto* options = configuration.find<teams::TeamsOptions>();
    if (!options || !options->notifications) return;
    auto mistake = teams::notification_url_mistake(configuration.get<status::HttpOptions>().public_url);
    if (!mistake.empty()) findings.error<teams::TeamsOptions>(0, "notifications", std::move(mistake));
}

void check_staleness(const config::Configuration& configuration, config::Findings& findings) {
    const auto* teams = configuration.find<teams::TeamsOptions>();
    if (teams && teams->read && teams->poll >= configuration.get<PresenceOptions>().teams_stale_after)
        findings.warning<teams::TeamsOptions>(
            0, "poll", "is not shorter than [presence] teams_stale_after: everybody is unknown between two readings");
}

bool is_role(const config::Configuration& configuration, std::string_view role) {
    const auto& own = configuration.all<status::RoleOptions>();
    return std::ranges::find(own, role, &status::RoleOptions::name) != own.end() ||
           std::ranges::find(status::built_in_roles(), role, &status::BuiltInRole::name) !=
               status::built_in_roles().end();
}

/// The bot of Teams is spoken to from outside, and acts with a role.
void check_bot(const config::Configuration& configuration, config::Findings& findings) {
    const auto* options = configuration.find<teams::TeamsOptions>();
    if (!options || options->bot.empty()) return;
    auto mistake = teams::notification_url_mistake(configuration.get<status::HttpOptions>().public_url);
    if (!mistake.empty()) findings.error<teams::TeamsOptions>(0, "bot", std::move(mistake));
    if (!options->bot_role.empty() && !is_role(configuration, options->bot_role))
        findings.error<teams::TeamsOptions>(0, "bot_role", config::in_quotes(options->bot_role) + " is no role");
}

/// Roles that tokens of an identity provider are given.
void check_oidc(const config::Configuration& configuration, config::Findings& findings) {
    const auto* options = configuration.find<oidc::OidcOptions>();
    if (!options) return;
    for (const auto& [value, role] : options->roles)
        if (!is_role(configuration, role))
            findings.error<oidc::OidcOptions>(0, "roles", config::in_quotes(role) + " is no role");
    if (options->roles.empty())
        findings.warning<oidc::OidcOptions>(0, "roles", "is empty: these tokens may do nothing but ask who they are");
}

/// Calendars of Graph are read with the application of [teams]; what calendars want must be allowed to win.
void check_calendars(const config::Configuration& configuration, config::Findings& findings) {
    const auto& calendars = configuration.all<calendars::CalendarOptions>();
    const auto& precedence = configuration.get<forwarding::ForwardingOptions>().precedence;
    bool heard = std::ranges::find(precedence, forwarding::Source::calendar) != precedence.end();
    for (std::size_t i = 0; i < calendars.size(); ++i) {
        if (calendars[i].provider == calendars::ProviderKind::graph &&
            configuration.find<teams::TeamsOptions>() == nullptr)
            findings.error<calendars::CalendarOptions>(
                i, "provider", "\"graph\" needs the table [teams]: its application reads the calendars, too");
        if (!heard)
            findings.warning<calendars::CalendarOptions>(
                i, "name", "diverts nothing: [forwarding] precedence leaves \"calendar\" out");
    }
}

/// A script of contacts that nobody knows would never come, and its fields would always be empty.
void check_script_integrations(const config::Configuration& configuration, config::Findings& findings) {
    std::vector<std::string> names;
    for (const auto& one : configuration.all<recognition::IntegrationOptions>())
        names.push_back(one.name);
    const auto& scripts = configuration.all<scripts::ScriptOptions>();
    for (std::size_t i = 0; i < scripts.size(); ++i) {
        const auto& wanted = scripts[i].integration;
        if (wanted.empty() || std::ranges::find(names, wanted) != names.end()) continue;
        auto meant = config::nearest(wanted, names);
        if (!meant.empty()) meant = fmt::format(" (did you mean \"{}\"?)", meant);
        findings.error<scripts::ScriptOptions>(
            i, "integration", fmt::format("\"{}\" is the name of no [[recognition]]{}", wanted, meant));
    }
}

// Diversions that can never begin are no mistake, but nobody wants them unsaid.
void check_smartbusy(const config::Configuration& configuration, config::Findings& findings) {
    using meetings::Source;
    const auto* smartbusy = configuration.find<forwarding::SmartBusyOptions>();
    if (!smartbusy || smartbusy->sources.empty()) return;
    const auto* teams = configuration.find<teams::TeamsOptions>();
    auto told = [&](Source source) {
        switch (source) {
        case Source::teams: return teams && teams->read;
        case Source::zoom: return configuration.find<zoom::ZoomOptions>() != nullptr;
        case Source::go_to: return configuration.find<goto_meeting::GoToOptions>() != nullptr;
        case Source::other: return true;
        case Source::calendar: return false; // never one of them
        }
        return false;
    };
    if (std::ranges::none_of(smartbusy->sources, told))
        findings.warning<forwarding::SmartBusyOptions>(
            0, "sources", "nobody tells of meetings: none of [teams], [zoom] and [goto] is configured for it");
    const auto& precedence = configuration.get<forwarding::ForwardingOptions>().precedence;
    if (std::ranges::find(precedence, forwarding::Source::smartbusy) == precedence.end())
        findings.warning<forwarding::SmartBusyOptions>(
            0, "sources", "diverts nothing: [forwarding] precedence leaves \"smartbusy\" out");
}

} // namespace

config::Schema schema(NamedPeople people) {
    config::Schema all;
    all.add(daemon_section())
        .add(status::http_section())
        .add(net_section())
        .add(xsi::broadworks_section())
        .add(people_section(people))
        .add(presence_section())
        .add(teams::teams_section())
        .add(zoom::zoom_section())
        .add(goto_meeting::goto_section())
        .add(forwarding::forwarding_section())
        .add(forwarding::smartbusy_section())
        .add(acd::acd_section())
        .add(calendars::calendar_section())
        .add(sip::sip_section())
        .add(sip::list_section())
        .add(csta::csta_section())
        .add(zoho::zoho_section())
        .add(outbox::webhook_section())
        .add(outbox::mail_section())
        .add(records::history_section())
        .add(recognition::recognition_section())
        .add(directory::ldap_section())
        .add(directory::entra_section())
        .add(scripts::script_section())
        .add(privacy::privacy_section())
        .add(status::token_section())
        .add(status::role_section())
        .add(oidc::oidc_section());
    all.check({"token", "role", "http"}, status::check_access);
    all.check({"oidc", "role"}, check_oidc);
    all.check({"teams", "http", "role"}, check_bot);
    all.check({"teams", "http"}, check_notifications);
    all.check({"webhook", "mail"}, outbox::check_webhooks);
    all.check({"script"}, scripts::check_scripts);
    all.check({"script", "recognition"}, check_script_integrations);
    all.check({"presence", "teams"}, check_staleness);
    all.check({"calendar", "teams", "forwarding"}, check_calendars);
    all.check({"entra", "teams"}, check_entra);
    all.check({"smartbusy", "teams", "zoom", "goto", "forwarding"}, check_smartbusy);
    return all;
}

} // namespace lamp
