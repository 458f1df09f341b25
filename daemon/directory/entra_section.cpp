// The keys of [entra].
#include "base/schedule.hpp"
#include "directory/entra_options.hpp"
#include "http/url.hpp"
#include "recognition/rest/options.hpp"

namespace lamp::directory {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

void check(const EntraOptions& o, config::Scope& at) {
    if (!minutes_of(o.sync)) at.error("sync", "is no time of day, such as \"02:00\"");
    if (!o.client_id.empty()) {
        if (o.tenant.empty()) at.error("tenant", "is required with a client_id");
        recognition::rest::check_application(o.client_secret, o.certificate, o.private_key, at);
    } else {
        for (std::string_view key : {"tenant", "client_secret", "certificate", "private_key", "login_url", "graph_url"})
            if (at.given(key)) at.error(key, "needs a client_id: without one the application of [teams] is used");
    }
    if (o.filter.contains('{')) at.error("filter", "holds a brace, which no filter of Graph does");
    if (o.proxy.empty()) return;
    if (auto url = http::Url::parse(o.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
}

void add_application(config::Section<EntraOptions>& s) {
    using O = EntraOptions;
    s.key("tenant", &O::tenant, restart, "The directory (tenant) id or a verified domain name of the organisation.")
        .example(R"("contoso.onmicrosoft.com")");
    s.key("client_id", &O::client_id, restart,
          "The application (client) id of an app registration that has User.Read.All; without one that of [teams] is "
          "used.")
        .example(R"("11111111-2222-3333-4444-555555555555")");
    s.key("client_secret", &O::client_secret, restart, "Its client secret.").example(R"("credential:entra")");
    s.key("certificate", &O::certificate, config::readable_file(), restart,
          "Instead of a secret: the certificate (PEM) that the app registration knows.")
        .example(R"("entra.crt")");
    s.key("private_key", &O::private_key, restart,
          "The certificate's key (PEM), as \"file:PATH\" or \"credential:NAME\".")
        .example(R"("credential:entra-key")");
    s.key("login_url", &O::login_url, restart, "Where tokens are given; national clouds have their own.");
    s.key("graph_url", &O::graph_url, restart, "Where Microsoft Graph is; national clouds have their own.");
}

} // namespace

config::Section<EntraOptions> entra_section() {
    using O = EntraOptions;
    config::Section<O> s{
        "entra", config::Shape::table,
        "Users of a Microsoft 365 tenant (Entra), as contacts of the directory: Entra says who there is, folders, "
        "lines, roles and notes are said here. An empty table is enough where [teams] is configured."};
    add_application(s);
    s.key(
         "filter", &O::filter, restart,
         "Who counts, a $filter of Graph; everybody is read at each poll then, since Graph filters no changes. Without "
         "one whoever has a number and is not disabled.")
        .example(R"x("accountEnabled eq true and department eq 'Sales'")x");
    s.key("folder", &O::folder, config::one_of({"", "company", "department", "title"}), restart,
          "What newcomers are filed by; where they are moved to later, they stay. \"\": they come to the top.")
        .example(R"("department")");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); [net]'s when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy, http://host:port; [net]'s when not set.")
        .example(R"("http://proxy.example.net:3128")");
    s.key("poll", &O::poll, config::range(1s, 24h), restart, "How often is looked for changes.");
    s.key("sync", &O::sync, restart, "When everything is read, UTC; it begins within the hour behind it.");
    s.check(&check);
    s.off_when_absent();
    return s;
}

} // namespace lamp::directory
