// The keys of `[csta]`.
#include <algorithm>

#include "csta/options.hpp"
#include "net/networks.hpp"
#include "proto/sip/users.hpp"

namespace lamp::csta {

using namespace std::chrono_literals;
using enum config::Reload;

config::Section<CstaOptions> csta_section() {
    using O = CstaOptions;
    config::Section<O> s{"csta", config::Shape::table,
                         "Switchboards, CRM and TAPI clients follow and control calls over CSTA III (ECMA-269, 323)."};
    s.key("listen", &O::listen, config::count(0, 16) & config::schemes({"tcp", "tls"}), restart,
          "Where to listen; empty: not at all. Port 0 takes any free one, which is logged.")
        .example(R"(["tcp:0.0.0.0:1024", "tls:0.0.0.0:4722"])");
    s.key("users_file", &O::users_file, live,
          "Who may open an application session: user:realm:HA1 (MD5) or user:realm:SHA-256:HA1, a line each.")
        .example(R"("csta-users")");
    s.key("trusted", &O::trusted, live,
          "Networks whose hosts need no application session and no password. Whoever is there may control every call.")
        .example(R"(["10.0.0.0/8"])");
    s.key("certificate", &O::certificate, config::readable_file(), restart,
          "TLS certificate and its chain (PEM). The file is read anew at each reload.")
        .example(R"("/etc/lamplighter/csta.pem")");
    s.key("key", &O::key, config::readable_file(), restart, "The certificate's private key (PEM).")
        .example(R"("/etc/lamplighter/csta.key")");
    s.key("name", &O::name, config::filled(), restart,
          "What clients are told that the switching sub-domain is called.");
    s.key("connections", &O::connections, config::range(1, 60'000), restart, "More connections are refused.");
    s.key("connections_per_source", &O::connections_per_source, config::range(1, 60'000), restart,
          "More connections of one address are refused; trusted hosts are not counted.");
    s.key("monitors", &O::monitors, config::range(1, 1'000'000), restart, "More monitors of one client are refused.");
    s.key("heartbeat", &O::heartbeat, config::range(0s, 180s), restart,
          "How often a client is asked for a sign of life (SystemStatus); one that says nothing for 30s after it is "
          "disconnected. 0s: never.");
    s.key("session_longest", &O::session_longest, config::range(10s, 30 * 24h), restart,
          "An application session ends after this long unless the client prolongs it; it may ask for less.");
    s.check_file("users_file", &O::users_file, [](const O&, config::NamedFile& file) {
        for (const auto& mistake : sip::Users::read(file.text).mistakes)
            file.error({mistake.line, mistake.column}, "", mistake.message);
    });
    s.check([](const O& options, config::Scope& at) {
        if (auto networks = net::Networks::parse(options.trusted); !networks)
            at.error("trusted", networks.error().text);
        if (options.listen.empty()) return;
        if (options.certificate.empty() != options.key.empty())
            at.error(options.key.empty() ? "certificate" : "key", "certificate and key go together");
        const auto has = [&](std::string_view scheme) {
            return std::ranges::any_of(options.listen, [&](const config::Listen& one) {
                return one.scheme == scheme && (scheme == "tls" || !config::is_loopback(one.host));
            });
        };
        if (has("tls") && options.certificate.empty()) at.error("listen", "a tls: listener needs certificate and key");
        if (options.users_file.empty() && options.trusted.empty())
            at.warning("listen", "nobody may connect: there is neither a users_file nor a trusted network");
        if (has("tcp") && !options.users_file.empty())
            at.warning("listen", "passwords travel in clear text to an address that is not loopback");
    });
    return s;
}

} // namespace lamp::csta
