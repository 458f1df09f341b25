// The keys of `[zoho]`.
#include "adapters/zoho/options.hpp"
#include "http/url.hpp"
#include "proto/zoho/centres.hpp"

namespace lamp::zoho {

using namespace std::chrono_literals;

std::string ZohoOptions::api() const {
    auto url = api_url.text;
    if (url.empty())
        if (auto centre = centre_of(login_url.text)) url = centre->api;
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

config::Section<ZohoOptions> zoho_section() {
    using O = ZohoOptions;
    using enum config::Reload;
    config::Section<O> s{
        "zoho", config::Shape::table,
        "Zoho PhoneBridge: calls are shown and logged in Zoho, and its numbers can be clicked. Without "
        "this table it is off."};
    s.off_when_absent();
    s.key("client_id", &O::client_id, config::filled(), restart, "The client id of the provider that Zoho registered.")
        .required()
        .example(R"("1000.EXAMPLE0CLIENT0ID")");
    s.key("client_secret", &O::client_secret, restart, "Its secret in the data centre of login_url.")
        .required()
        .example(R"("credential:zoho")");
    s.key("refresh_token", &O::refresh_token, restart,
          "Of the account that consented; not needed where `lamplighter zoho login` was done, whose token goes before "
          "it.")
        .example(R"("credential:zoho-refresh")");
    s.key("account", &O::account, restart,
          "The e-mail address of the account that must consent; `zoho login` refuses any other one.")
        .example(R"("admin@example.net")");
    s.key("login_url", &O::login_url, restart, "The login host of the account's data centre.");
    s.key("api_url", &O::api_url, restart, "Zoho's API; that of login_url's data centre when not set.")
        .example(R"("https://www.zohoapis.eu")");
    s.key("internal_calls", &O::internal_calls, restart,
          "Whether calls between one's own extensions are told to Zoho, too.");
    s.key("users_poll", &O::users_poll, config::range(1s, 24h), restart, "How often Zoho's users are listed.");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); the system's when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy, http://host:port.")
        .example(R"("http://proxy.example.net:3128")");
    s.check([](const O& options, config::Scope& at) {
        if (!options.account.empty() && options.account.find('@') == std::string::npos)
            at.error("account", "is no e-mail address");
        if (options.api().empty()) at.error("api_url", "must be set, since login_url is none of Zoho's data centres");
        if (options.proxy.empty()) return;
        if (auto url = http::Url::parse(options.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
    });
    return s;
}

} // namespace lamp::zoho
