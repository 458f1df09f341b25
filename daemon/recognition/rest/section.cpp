// The keys of options.hpp.
#include <fmt/format.h>

#include "http/certificate_file.hpp"
#include "http/url.hpp"
#include "recognition/rest/loading.hpp"
#include "recognition/rest/options.hpp"

namespace lamp::recognition::rest {
namespace {

using enum config::Reload;
using O = RestOptions;

void check_login(const RestOptions& o, AuthKind kind, config::Scope& at) {
    auto want = [&](std::string_view key, bool given) {
        if (!given) at.error(key, fmt::format("is required: this CRM is logged in to by {}", name(kind)));
    };
    switch (kind) {
    case AuthKind::none: break;
    case AuthKind::bearer:
    case AuthKind::api_key: want("token", !o.token.empty()); break;
    case AuthKind::basic: want("username", !o.username.empty()); break;
    case AuthKind::refresh_token: want("refresh_token", !o.refresh_token.empty()); [[fallthrough]];
    case AuthKind::client_credentials:
        want("client_id", !o.client_id.empty());
        if (kind == AuthKind::client_credentials)
            check_application(o.client_secret, o.certificate, o.private_key, at);
        else
            want("client_secret", !o.client_secret.empty());
        break;
    case AuthKind::google_service_account: want("service_account", !o.service_account.empty()); break;
    }
}

void add_rest(config::Section<O>& s) {
    s.key("preset", &O::preset, live, "rest: which CRM this is; generic, without one.").example(R"("hubspot")");
    s.key("presets", &O::presets, live, "rest: a folder with presets of your own; they stand before those built in.");
    s.key("parameters", &O::parameters, live, "rest: what the preset asks for, {domain = \"acme\"}.");
    s.key("mapping", &O::mapping, live,
          "rest: where things stand in a record, as JSON pointers: items, id, name, updated, deleted, url; phone, "
          "mobile, "
          "work, home, main, fax, other and number are numbers; any other name is a field for scripts.");
    s.key("token", &O::token, live, "rest: an access token or API key.").example(R"("credential:crm")");
    s.key("username", &O::username, live, "rest: the login, of Basic authentication.").example(R"("lamplighter")");
    s.key("ca_file", &O::ca_file, config::readable_file(), live,
          "rest, ldap: certificates to trust (PEM); those of [net] when not set.");
    s.key("login_url", &O::login_url, live, "rest: where tokens are given, where it is another than the preset's.")
        .example(R"("https://login.example.net/token")");
    s.key("client_id", &O::client_id, live, "rest: the application's id, for OAuth 2.").example(R"("1000.ABC")");
    s.key("client_secret", &O::client_secret, live, "rest: the application's secret.")
        .example(R"("credential:crm-client")");
    s.key("certificate", &O::certificate, config::readable_file(), live,
          "rest: instead of a client's secret the certificate (PEM) that Entra knows.")
        .example(R"("crm.crt")");
    s.key("private_key", &O::private_key, live,
          "rest: the certificate's key (PEM), as \"file:PATH\" or \"credential:NAME\".")
        .example(R"("credential:crm-key")");
    s.key("refresh_token", &O::refresh_token, live, "rest: the grant's refresh token.")
        .example(R"("credential:crm-refresh")");
    s.key("service_account", &O::service_account, live,
          "rest: the JSON key of a Google service account, as \"file:PATH\" or \"credential:NAME\".")
        .example(R"("file:google-key.json")");
    s.key("subject", &O::subject, live, "rest: whom the Google service account acts for.")
        .example(R"("office@example.net")");
    s.key("proxy", &O::proxy, live, "rest: an HTTP proxy, http://host:port.")
        .example(R"("http://proxy.example.net:3128")");
    s.key("daily_requests", &O::daily_requests, live,
          "rest: requests a day, where they are others than the preset's; a part is kept for look-ups. 0: the "
          "preset's.");
}

} // namespace

config::Section<RestOptions> rest_section() {
    config::Section<O> s{"rest", config::Shape::table, "A CRM that is asked over HTTPS, as a preset says."};
    add_rest(s);
    return s;
}

void check_application(const Secret& client_secret, const std::filesystem::path& certificate, const Secret& private_key,
                       config::Scope& at) {
    if (client_secret.empty() && certificate.empty())
        at.error("client_secret", "is required (or certificate and private_key)");
    if (certificate.empty()) return;
    if (!client_secret.empty()) at.error("certificate", "stands beside a client_secret: give one of the two");
    if (private_key.empty()) return at.error("private_key", "is required with a certificate");
    auto parsed = http::read_certificate(certificate, private_key);
    if (!parsed && parsed.error().category != Category::not_found) // its own rule tells of the file
        at.error("certificate", parsed.error().text);
}

void check_rest(const RestOptions& o, config::Scope& at) {
    auto read = load(o);
    if (!read) {
        for (const auto& problem : read.error())
            if (problem.section == "parameters")
                at.error("parameters", fmt::format("{}: {}", problem.key, problem.message));
            else if (problem.section == "mapping")
                at.error("mapping", fmt::format("{}: {}", problem.key, problem.message));
            else if (problem.section == "url")
                at.error("url", problem.message);
            else
                at.error("preset", problem.file.empty() ? problem.message : config::to_string(problem));
        return;
    }
    check_login(o, read->auth.kind, at);
    if (o.proxy.empty()) return;
    if (auto url = http::Url::parse(o.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
}

} // namespace lamp::recognition::rest
