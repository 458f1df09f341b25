// What `[sip]` and `[[sip_list]]` say (interface 3 and 7.13). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/reader.hpp"

namespace lamp::sip {

/// What those get who ask for somebody private.
enum class PrivateAnswer : std::uint8_t {
    refuse, // 403
    polite, // an idle line and an unknown presence, whatever is true
};

struct SipOptions {
    std::vector<config::Listen> listen; // udp:, tcp:, tls:; empty: SIP is off
    std::string domain;                 // the host of every resource
    std::filesystem::path certificate;  // PEM, the chain; for tls: listeners
    std::filesystem::path key;          // PEM
    std::filesystem::path client_ca;    // PEM; given: clients must show a certificate that it vouches for
    std::vector<std::string> advertise; // by listener: what Via and Contact say instead of the local address
    std::filesystem::path users_file;   // HA1 sums of those who may log in
    std::string realm;                  // of the challenges; empty: the domain
    std::vector<std::string> algorithms{"SHA-256", "MD5"}; // challenges, in this order
    std::vector<std::string> trusted;                      // networks that need not log in
    milliseconds min_expires = std::chrono::seconds(60);
    milliseconds max_expires = std::chrono::hours(1);
    std::uint32_t max_subscriptions = 200'000;
    std::uint32_t challenges_per_second = 50; // to one address; more requests without a login go unanswered
    std::vector<std::string> private_people;  // ids whom only they themselves and trusted peers may watch
    PrivateAnswer private_answer = PrivateAnswer::refuse;
    bool show_remote = true; // who is on the other side, to watchers who are not trusted

    [[nodiscard]] const std::string& realm_or_domain() const { return realm.empty() ? domain : realm; }
};

struct ListOptions {
    std::string name;
    std::vector<std::string> members; // whatever finds a resource
    bool operator==(const ListOptions&) const = default;
};

[[nodiscard]] config::Section<SipOptions> sip_section();
[[nodiscard]] config::Section<ListOptions> list_section();

} // namespace lamp::sip
