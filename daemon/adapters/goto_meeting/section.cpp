// The keys of `[goto]`.
#include "adapters/goto_meeting/options.hpp"
#include "http/url.hpp"

namespace lamp::goto_meeting {

using namespace std::chrono_literals;

config::Section<GoToOptions> goto_section() {
    using O = GoToOptions;
    using enum config::Reload;
    config::Section<O> s{"goto", config::Shape::table,
                         "GoToMeeting: which organisers have a meeting running, by asking; GoTo has no other way. "
                         "Without this table it is off."};
    s.off_when_absent();
    s.key("client_id", &O::client_id, config::filled(), restart, "The client id of the OAuth client at GoTo.")
        .required()
        .example(R"("9c8d0e1f-2a3b-4c5d-6e7f-8091a2b3c4d5")");
    s.key("client_secret", &O::client_secret, restart, "Its client secret.").required().example(R"("credential:goto")");
    s.key("refresh_token", &O::refresh_token, restart,
          "Of an administrator of the account, or of one organiser, whose meetings alone are then seen. GoTo may "
          "replace "
          "it; the newest one stands in the state database.")
        .required()
        .example(R"("credential:goto-refresh")");
    s.key("api_url", &O::api_url, restart, "Where GoToMeeting's REST service is.");
    s.key("login_url", &O::login_url, restart, "Where tokens are given.");
    s.key("owner", &O::owner, restart,
          "The e-mail address of the account that the refresh token is of; asked of GoTo when not set.")
        .example(R"("admin@example.net")");
    s.key("poll", &O::poll, config::range(1s, 1h), restart,
          "How often every organiser's meetings are read, as far as requests_per_minute allows.");
    s.key("requests_per_minute", &O::requests_per_minute, config::range(std::int64_t{1}, std::int64_t{60'000}), restart,
          "At most so many requests; fewer once GoTo says that it is too many.");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); the system's when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy, http://host:port.")
        .example(R"("http://proxy.example.net:3128")");
    s.check([](const O& options, config::Scope& at) {
        if (!options.owner.empty() && options.owner.find('@') == std::string::npos)
            at.error("owner", "is no e-mail address");
        if (options.proxy.empty()) return;
        if (auto url = http::Url::parse(options.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
    });
    return s;
}

} // namespace lamp::goto_meeting
