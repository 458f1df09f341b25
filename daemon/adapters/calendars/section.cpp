// The keys of `[[calendar]]`.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/calendars/options.hpp"
#include "http/url.hpp"

namespace lamp::calendars {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;
using enum ProviderKind;
namespace json = boost::json;

using Kinds = std::vector<ProviderKind>;

/// Keys that mean nothing to the other providers.
struct Belonging {
    std::string_view key;
    Kinds to;
};
const std::array belongings{
    Belonging{"calendar_id", {google}}, Belonging{"service_account", {google}}, Belonging{"subject", {google}},
    Belonging{"client_id", {google}},   Belonging{"client_secret", {google}},   Belonging{"api_url", {google}},
    Belonging{"login_url", {google}},   Belonging{"consent_url", {google}},     Belonging{"mailbox", {graph}},
    Belonging{"url", {caldav, ics}},    Belonging{"username", {caldav, ics}},   Belonging{"password", {caldav, ics}},
};

std::string names(const Kinds& kinds) {
    std::vector<std::string_view> words;
    for (ProviderKind kind : kinds)
        words.push_back(name(kind));
    return fmt::format("{}", fmt::join(words, " and "));
}

void check_belonging(const CalendarOptions& options, config::Scope& at) {
    for (const auto& [key, to] : belongings)
        if (at.given(key) && std::ranges::find(to, options.provider) == to.end())
            at.error(key, fmt::format("belongs to {}; provider is \"{}\"", names(to), name(options.provider)));
}

/// Why that is no key of a service account; empty when it is one.
std::string key_mistake(std::string_view text) {
    boost::system::error_code error;
    auto parsed = json::parse(text, error);
    const auto* object = error ? nullptr : parsed.if_object();
    if (object == nullptr)
        return "is no JSON: name the key file that Google gave for the service account, "
               "as \"file:PATH\"";
    for (std::string_view member : {"client_email", "private_key"}) {
        const auto* value = object->if_contains(member);
        if (value == nullptr || !value->is_string() || value->get_string().empty())
            return fmt::format("has no {}: it is not the JSON key of a service account", member);
    }
    return {};
}

void check_google(const CalendarOptions& options, config::Scope& at) {
    bool account = !options.service_account.empty();
    bool user = !options.client_id.empty() || !options.client_secret.empty();
    if (account && user)
        at.error(options.client_id.empty() ? "client_secret" : "client_id",
                 "stands beside a service_account: give one of the two");
    else if (!account && options.client_id.empty())
        at.error("service_account", "is required (or client_id and client_secret, then: lamplighter google login)");
    else if (!account && options.client_secret.empty())
        at.error("client_secret", "is required with client_id");
    if (options.calendar_id.empty())
        at.error("calendar_id", "is empty (primary, or the id in the calendar's settings)");
    if (!account) return;
    if (auto mistake = key_mistake(options.service_account.reveal()); !mistake.empty())
        at.error("service_account", mistake);
    else if (options.subject.empty() && options.calendar_id == "primary")
        at.warning("calendar_id", "is the service account's own calendar, where nobody writes: give subject, or the "
                                  "id of a calendar that is shared with it");
}

void check_dav(const CalendarOptions& options, config::Scope& at) {
    if (options.url.empty())
        at.error("url", options.provider == ics ? "is required: the address of the feed"
                                                : "is required: the address of the calendar, or of its server");
    if (options.username.empty() && !options.password.empty()) at.error("username", "is required with a password");
    if (!options.username.empty() && options.password.empty()) at.error("password", "is required with a username");
}

void check_owner(const CalendarOptions& options, config::Scope& at) {
    if (options.line.empty() && options.person.empty())
        at.error("line", "is required (or person): whose calls go elsewhere");
    if (!options.line.empty() && !options.person.empty())
        at.error("person", "stands beside a line: give one of the two");
    if (options.presence && options.person.empty()) at.error("presence", "needs person: who is shown as in a meeting");
    // Claims are called NAME/APPOINTMENT.
    if (options.name.contains('/')) at.error("name", "has a slash in it");
    auto blank = [](const std::string& text) { return text.find_first_not_of(" \t") == std::string::npos; };
    if (std::ranges::any_of(options.tags, blank))
        at.error("tags", "holds an empty one: every title would begin with it");
    auto sorted = options.fields;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) at.error("fields", "names a field twice");
}

void check(const CalendarOptions& options, config::Scope& at) {
    check_owner(options, at);
    check_belonging(options, at);
    switch (options.provider) {
    case google: check_google(options, at); break;
    case graph:
        if (options.mailbox.empty()) at.error("mailbox", "is required: the user principal name or id of the mailbox");
        break;
    case caldav:
    case ics: check_dav(options, at); break;
    }
    if (options.proxy.empty()) return;
    if (auto url = http::Url::parse(options.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
}

void add_common(config::Section<CalendarOptions>& s) {
    using O = CalendarOptions;
    s.key("name", &O::name, config::filled(), live, "How listings, logs and reasons call this calendar.")
        .required()
        .example(R"("reception")");
    s.key("provider", &O::provider,
          config::choices<ProviderKind>({{"google", google}, {"graph", graph}, {"caldav", caldav}, {"ics", ics}}), live,
          "Where it is: google, graph (Outlook, with the application of [teams]), caldav, or ics (a feed).")
        .required()
        .example(R"("google")");
    s.key("line", &O::line, live, "Whose calls go elsewhere: a user id, number or extension. Or person.")
        .example(R"("reception@example.net")");
    s.key("person", &O::person, live, "Instead of a line, a person's id: all the person's lines.")
        .example(R"("alice@example.net")");
    s.key("poll", &O::poll, config::range(1s, 24h), live, "How often it is read.");
    s.key("hold_on_refusal", &O::hold_on_refusal, config::range(0s, 14 * 24h), live,
          "How long what is known still diverts when the calendar is gone or may not be read any more (no such "
          "calendar, not permitted, not logged in). A service that is merely away does not count.");
    s.key("presence", &O::presence, live,
          "Whether the person (who must be named) is shown as in a meeting while an appointment lasts. Whole days, "
          "appointments marked as free and those that divert calls do not count; SmartBusy never hears of it.");
    s.key("tags", &O::tags, config::filled() & config::count(0, 16), live,
          "A text that is a telephone number, whole, always counts. So does one that begins with a tag: behind it "
          "stands "
          "a number, or the name or id of somebody of the directory (\"fwd: 2001\", \"fwd: reception\").")
        .example(R"(["fwd:"])");
    s.key("fields", &O::fields, config::one_of({"title", "location", "description"}) & config::count(1, 3), live,
          "Which texts of an appointment are looked at; the first that says something counts.");
}

void add_google(config::Section<CalendarOptions>& s) {
    using O = CalendarOptions;
    s.key("calendar_id", &O::calendar_id, live, "google: which calendar; the id in its settings.");
    s.key("service_account", &O::service_account, live,
          "google: the JSON key of a service account, as \"file:PATH\" or \"credential:NAME\".")
        .example(R"("file:google-key.json")");
    s.key("subject", &O::subject, live,
          "google: whom the service account acts for (domain-wide delegation); with a client_id, the account that must "
          "have given its consent.")
        .example(R"("reception@example.net")");
    s.key("client_id", &O::client_id, live,
          "google: instead of a service account, the application to which a user gives his consent "
          "(lamplighter google login).")
        .example(R"("1234.apps.googleusercontent.com")");
    s.key("client_secret", &O::client_secret, live, "google: its client secret.").example(R"("credential:google")");
    s.key("api_url", &O::api_url, live, "google: where the calendar service is.");
    s.key("login_url", &O::login_url, live, "google: where tokens are given.");
    s.key("consent_url", &O::consent_url, live, "google: where users give their consent.");
}

} // namespace

std::string_view name(ProviderKind kind) {
    switch (kind) {
    case google: return "google";
    case graph: return "graph";
    case caldav: return "caldav";
    case ics: return "ics";
    }
    return "";
}

config::Section<CalendarOptions> calendar_section() {
    using O = CalendarOptions;
    config::Section<O> s{"calendar", config::Shape::array_of_tables,
                         "Calendars that divert calls: an appointment whose title is a telephone number sends the "
                         "line's calls there while it lasts."};
    add_common(s);
    add_google(s);
    s.key("mailbox", &O::mailbox, live, "graph: whose calendar; a user principal name or object id.")
        .example(R"("reception@example.net")");
    s.key("url", &O::url, config::whole_url(), live,
          "caldav: the calendar, or its server when it has one calendar. ics: the feed.")
        .example(R"("https://dav.example.net/reception/phone/")");
    s.key("username", &O::username, live, "caldav, ics: the login.").example(R"("lamplighter")");
    s.key("password", &O::password, live, "caldav, ics: its password.").example(R"("credential:dav")");
    s.key("ca_file", &O::ca_file, config::readable_file(), live,
          "Certificates to trust (PEM); the system's when not set.");
    s.key("proxy", &O::proxy, live, "An HTTP proxy, http://host:port.").example(R"("http://proxy.example.net:3128")");
    s.check(check);
    return s;
}

} // namespace lamp::calendars
