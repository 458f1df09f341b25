// The keys of `[[broadworks]]`.
#include <algorithm>

#include "http/url.hpp"
#include "xsi/options.hpp"

namespace lamp::xsi {

using namespace std::chrono_literals;

std::string_view name(TargetKind kind) {
    switch (kind) {
    case TargetKind::user: return "user";
    case TargetKind::group: return "group";
    case TargetKind::enterprise: return "enterprise";
    }
    return "";
}

std::size_t BroadworksOptions::parallel() const {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(subscriptions_per_second / 10, 4, 64));
}

std::vector<std::string> BroadworksOptions::origins() const {
    std::vector<std::string> texts;
    for (const config::Url& host : hosts)
        if (auto url = http::Url::parse(host.text)) texts.push_back(url->origin());
    return texts;
}

config::Section<BroadworksOptions> broadworks_section() {
    using O = BroadworksOptions;
    using enum config::Reload;
    config::Section<O> s{"broadworks", config::Shape::array_of_tables,
                         "One table per BroadWorks platform login; several are allowed."};
    s.key("name", &O::name, config::filled(), restart, "How logs, status and metrics call this platform.")
        .required()
        .example(R"("acme")");
    s.key("hosts", &O::hosts, config::count(1, 16), restart,
          "The XSP (ADP) servers. One channel is kept to each, all in one channel set.")
        .required()
        .example(R"(["https://xsp1.example.net", "https://xsp2.example.net"])");
    s.key("username", &O::username, config::filled(), restart,
          "Whose login: a user, or an administrator of the group or enterprise.")
        .required()
        .example(R"("ctiadmin@example.net")");
    s.key("password", &O::password, restart,
          "Its password; with authentication = \"bearer\", the token that the operator gave.")
        .required()
        .example(R"("credential:broadworks")");
    s.key("authentication", &O::authentication,
          config::choices<Authentication>({{"basic", Authentication::basic},
                                           {"login_token", Authentication::login_token},
                                           {"bearer", Authentication::bearer}}),
          restart,
          "basic sends the password with each request; login_token exchanges it for a BroadWorksSSO token first.");
    s.key("target", &O::target,
          config::choices<TargetKind>(
              {{"user", TargetKind::user}, {"group", TargetKind::group}, {"enterprise", TargetKind::enterprise}}),
          restart,
          "How to subscribe: user asks for each line and gets its state at once; group and enterprise need four "
          "subscriptions in all (five with voice_mail), and states are fetched one by one.");
    s.key("enterprise", &O::enterprise, restart,
          "The enterprise (or service provider) id, for the directory and for group and enterprise targets.")
        .example(R"("ACME")");
    s.key("group", &O::group, restart, "The group id, for target = \"group\".").example(R"("Amsterdam")");
    s.key("application_id", &O::application_id, config::filled(), restart,
          "Must be this daemon's own: two clients with the same one end each other's channels.");
    s.key("actions_root", &O::actions_root, restart, "The context of Xsi-Actions; operators rename it.");
    s.key("events_root", &O::events_root, restart, "The context of Xsi-Events.");
    s.key("async_root", &O::async_root, restart, "The context of the streaming channel.");
    s.key("heartbeat", &O::heartbeat, config::range(1s, 25s), restart, "How often each channel is kept alive.");
    s.key("subscriptions_per_second", &O::subscriptions_per_second, config::range(1L, pacing_lifted), restart,
          "How many subscriptions and first states are asked for each second; 10000 lifts the pacing.");
    s.key("requests_per_second", &O::requests_per_second, config::range(1, 10'000), restart,
          "How many other requests (call control, settings) each second.");
    s.key("forwarding_per_second", &O::forwarding_per_second, config::range(1, 10'000), restart,
          "How many requests diversions may make each second; a line that is diverted or given back takes three.");
    s.key("number_format", &O::number_format,
          config::choices<numbers::Format>({{"e164", numbers::Format::e164},
                                            {"national", numbers::Format::national},
                                            {"international", numbers::Format::international}}),
          restart, "How numbers are written to this platform; extensions go verbatim.");
    s.key("discover", &O::discover, restart,
          "Also watch every user of the enterprise directory. Implied when [people] names no file.");
    s.key("voice_mail", &O::voice_mail, restart,
          "Also follow how many messages wait in each line's voice mail box, for telephones that subscribe to "
          "message-summary. One subscription more for each line.");
    s.key("directory_user", &O::directory_user, restart,
          "A user through whom the directory is read when the login is an administrator, who has none of its own. When "
          "not set, any watched line serves.")
        .example(R"("reception@example.net")");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); the system's when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy, http://host:port.")
        .example(R"("http://proxy.example.net:3128")");
    s.check([](const O& options, config::Scope& at) {
        if (options.target != TargetKind::user && options.enterprise.empty())
            at.error("enterprise", "is required with this target");
        if (options.target == TargetKind::group && options.group.empty())
            at.error("group", "is required with target = \"group\"");
        for (auto [key, root] :
             {std::pair("actions_root", &options.actions_root), std::pair("events_root", &options.events_root),
              std::pair("async_root", &options.async_root)})
            if (!root->empty() && (root->front() != '/' || root->back() == '/'))
                at.error(key, "must begin with / and not end with it, as in \"/com.broadsoft.xsi-actions\"");
    });
    return s;
}

} // namespace lamp::xsi
