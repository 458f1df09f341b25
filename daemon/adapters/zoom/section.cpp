// The keys of `[zoom]`.
#include "adapters/zoom/options.hpp"
#include "http/url.hpp"

namespace lamp::zoom {

using namespace std::chrono_literals;

namespace {

void check_login(const ZoomOptions& options, config::Scope& at) {
    bool any = !options.client_id.empty() || !options.client_secret.empty();
    if (!any) return;
    if (options.account_id.empty()) at.error("account_id", "is required with client_id and client_secret");
    if (options.client_id.empty()) at.error("client_id", "is required with client_secret");
    if (options.client_secret.empty()) at.error("client_secret", "is required with client_id");
}

} // namespace

config::Section<ZoomOptions> zoom_section() {
    using O = ZoomOptions;
    using enum config::Reload;
    config::Section<O> s{
        "zoom", config::Shape::table,
        "Zoom: who is in a meeting, by web hooks, by REST, or (best) by both. Without this table it is "
        "off."};
    s.off_when_absent();
    s.key("webhook_secret", &O::webhook_secret, restart,
          "The secret token of the app's event subscription; its address is [http] public_url followed by /hooks/zoom. "
          "Without it meetings are noticed by reading alone.")
        .example(R"("credential:zoom-webhook")");
    s.key("account_id", &O::account_id, restart,
          "The account id of the server-to-server app. Events of other accounts are not listened to.")
        .example(R"("AbCdEfGhQ1mExample")");
    s.key("client_id", &O::client_id, restart,
          "The client id of the server-to-server app. Without it nobody's presence is read, and web hooks are believed "
          "for webhook_trust.")
        .example(R"("clientIdOfTheApp")");
    s.key("client_secret", &O::client_secret, restart, "Its client secret.").example(R"("credential:zoom")");
    s.key("api_url", &O::api_url, restart, "Where Zoom's REST API is.");
    s.key("login_url", &O::login_url, restart, "Where tokens are given.");
    s.key("poll", &O::poll, config::range(10s, 10min), restart,
          "How often those who are in a meeting are read; everybody when there are no web hooks.");
    s.key("poll_others", &O::poll_others, config::range(10s, 6h), restart,
          "How often those who are in no meeting are read when there are web hooks.");
    s.key("requests_per_second", &O::requests_per_second, config::range(std::int64_t{1}, std::int64_t{1000}), restart,
          "The budget of requests. Zoom allows an account of the plan Pro 10 to 30 a second, for all its apps "
          "together; what does not fit makes the rounds longer.");
    s.key("directory_poll", &O::directory_poll, config::range(10s, 24h), restart,
          "How often the account's users are listed.");
    s.key("webhook_trust", &O::webhook_trust, config::range(10min, 24h), restart,
          "Without REST: how long an event counts. A meeting that lasts longer is forgotten, one whose end was never "
          "told lasts that long.");
    s.key("tolerance", &O::tolerance, config::range(5min, 24h), restart,
          "How old the signature of a delivery may be. Zoom tries again for 85 minutes; what comes late cannot "
          "overrule what is newer.");
    s.key("phone_calls", &O::phone_calls, restart, "A call of Zoom Phone counts as a meeting.");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); the system's when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy, http://host:port.")
        .example(R"("http://proxy.example.net:3128")");
    s.check([](const O& options, config::Scope& at) {
        check_login(options, at);
        bool login = !options.client_id.empty() || !options.client_secret.empty();
        if (!options.hooks() && !login)
            at.error("needs webhook_secret, or account_id, client_id and client_secret, or all of them");
        else if (!options.hooks())
            at.warning("webhook_secret", "is not set: meetings are noticed by reading everybody, every `poll` at best");
        else if (!login)
            at.warning("client_id", "is not set: nobody is read, an event that Zoom loses stays lost, and after a "
                                    "restart nothing is known until the next event");
        if (auto url = http::Url::parse(options.proxy); !options.proxy.empty() && (!url || url->tls))
            at.error("proxy", "must be http://host:port");
    });
    return s;
}

} // namespace lamp::zoom
