// The keys of `[sip]` and `[[sip_list]]`.
#include <algorithm>
#include <fmt/format.h>

#include "net/networks.hpp"
#include "proto/sip/cursor.hpp"
#include "proto/sip/users.hpp"
#include "sip/names.hpp"
#include "sip/options.hpp"

namespace lamp::sip {

using namespace std::chrono_literals;
using enum config::Reload;

namespace {

/// Sums are of a realm and an algorithm: a file for another domain looks well and lets nobody in.
void check_users(const SipOptions& options, config::NamedFile& file) {
    const auto reading = Users::read(file.text);
    for (const auto& mistake : reading.mistakes)
        file.error({mistake.line, mistake.column}, "", mistake.message);
    std::vector<Algorithm> algorithms;
    for (const auto& word : options.algorithms)
        algorithms.push_back(algorithm(word));
    if (reading.mistakes.empty() && reading.users.size() != 0 &&
        !reading.users.anybody(options.realm_or_domain(), algorithms))
        file.warning({1, 1}, "",
                     fmt::format("nobody can log in: no line has the realm \"{}\" and an algorithm that is asked for",
                                 options.realm_or_domain()));
}

} // namespace

config::Section<SipOptions> sip_section() {
    using O = SipOptions;
    config::Section<O> s{"sip", config::Shape::table,
                         "Desk phones and soft-clients watch people over SIP (RFC 6665) and publish (RFC 3903)."};
    s.key("listen", &O::listen, config::count(0, 16) & config::schemes({"udp", "tcp", "tls"}), restart,
          "Where to listen; empty: not at all. Port 0 takes any free one, which is logged.")
        .example(R"(["udp:0.0.0.0:5060", "tcp:0.0.0.0:5060", "tls:0.0.0.0:5061"])");
    s.key("domain", &O::domain, restart, "What stands behind the @ in the addresses that phones watch.")
        .example(R"("example.net")");
    s.key("certificate", &O::certificate, config::readable_file(), restart,
          "TLS certificate and its chain (PEM), its name being the domain's. Read anew at each reload.")
        .example(R"("/etc/lamplighter/sip.pem")");
    s.key("key", &O::key, config::readable_file(), restart, "The certificate's private key (PEM).")
        .example(R"("/etc/lamplighter/sip.key")");
    s.key("client_ca", &O::client_ca, config::readable_file(), restart,
          "Certificates (PEM) that vouch for clients; given, a TLS client without such a certificate is refused.")
        .example(R"("/etc/lamplighter/phones-ca.pem")");
    s.key("advertise", &O::advertise, restart,
          "For each listener, what is written into Via and Contact instead of the local address: behind address "
          "translation. An empty text leaves that listener as it is.")
        .example(R"(["198.51.100.4:5060"])");
    s.key("users_file", &O::users_file, live,
          "Who may log in: user:realm:HA1 (MD5) or user:realm:SHA-256:HA1, a line each.")
        .example(R"("sip-users")");
    s.key("realm", &O::realm, restart, "The realm of the sums in the users file; the domain when not set.")
        .example(R"("example.net")");
    s.key("algorithms", &O::algorithms, config::one_of({"MD5", "SHA-256", "SHA-512-256"}) & config::count(1, 3),
          restart, "Which sums are asked for, the best first. Old phones take the first one only: give them MD5.");
    s.key("trusted", &O::trusted, live, "Networks whose hosts need not log in: proxies, session border controllers.")
        .example(R"(["10.0.0.0/8"])");
    s.key("min_expires", &O::min_expires, config::range(1s, 1h), restart,
          "Subscriptions and publications for a shorter time are refused with 423.");
    s.key("max_expires", &O::max_expires, config::range(60s, 24h), restart,
          "Subscriptions and publications for a longer time are shortened.");
    s.key("max_subscriptions", &O::max_subscriptions, config::range(1, 10'000'000), restart,
          "More subscriptions are refused with 503.");
    s.key("challenges_per_second", &O::challenges_per_second, config::range(1, 1'000'000), restart,
          "Requests without a login that are answered to one address; four times as many at once, more are dropped. "
          "Telephones behind one translated address count together.");
    s.key("private", &O::private_people, live,
          "Ids of people whom only they themselves and trusted hosts may watch; their lines too. A line that several "
          "share stays open to those who share it.")
        .example(R"(["alice@example.net"])");
    s.key("private_answer", &O::private_answer,
          config::choices<PrivateAnswer>({{"refuse", PrivateAnswer::refuse}, {"polite", PrivateAnswer::polite}}), live,
          "What others get: refuse answers 403, polite shows an idle line whatever is true.");
    s.key("show_remote", &O::show_remote, live,
          "Whether watchers who log in see who is on the other side of a call. Withheld callers are never shown.");
    s.check_file("users_file", &O::users_file, check_users);
    s.check([](const O& options, config::Scope& at) {
        if (auto networks = net::Networks::parse(options.trusted); !networks)
            at.error("trusted", networks.error().text);
        for (auto one = options.algorithms.begin(); one != options.algorithms.end(); ++one)
            if (std::find(options.algorithms.begin(), one, *one) != one)
                at.error("algorithms", fmt::format("has \"{}\" twice", *one));
        if (options.listen.empty()) return;
        if (options.domain.empty()) at.error("domain", "is needed where [sip] listens");
        if (options.certificate.empty() != options.key.empty())
            at.error(options.key.empty() ? "certificate" : "key", "certificate and key go together");
        for (const config::Listen& listen : options.listen)
            if (listen.scheme == "tls" && options.certificate.empty()) {
                at.error("listen", "a tls: listener needs certificate and key");
                break;
            }
        if (options.advertise.size() > options.listen.size()) at.error("advertise", "has more entries than listen");
        if (options.users_file.empty() && options.trusted.empty())
            at.warning("listen", "nobody may watch: there is neither a users_file nor a trusted network");
        if (options.min_expires > options.max_expires) at.error("min_expires", "is longer than max_expires");
    });
    return s;
}

config::Section<ListOptions> list_section() {
    using O = ListOptions;
    config::Section<O> s{"sip_list", config::Shape::array_of_tables,
                         "Lists that a phone watches with one subscription (RFC 4662, BroadWorks' BLF list)."};
    s.key("name", &O::name, config::filled(), live, "The user part of the list's address.")
        .required()
        .example(R"("blf-reception")");
    s.key("members", &O::members, config::count(1, list_members_max) & config::filled(), live,
          "Ids of people, lines, numbers, extensions or other lists, in the order of the phone's keys.")
        .required()
        .example(R"(["alice@example.net", "2102"])");
    return s;
}

} // namespace lamp::sip
