// A realistic set of sections to test the room `config` with, and a machine made of maps.
#pragma once
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/reader.hpp"
#include "config/section.hpp"

namespace lamp::config {

struct DaemonOptions {
    std::filesystem::path state_dir = "/var/lib/lamplighter";
    std::string timezone = "Europe/Amsterdam";
    std::string country = "NL";
    std::string log_level = "info";
};
struct TlsOptions {
    std::optional<std::filesystem::path> certificate;
    std::optional<std::filesystem::path> key;
};
struct HttpOptions {
    std::vector<Listen> listen{Listen("127.0.0.1:8080")};
    std::optional<Url> public_url;
    TlsOptions tls;
};
enum class Target { user, group, enterprise };
struct BroadworksOptions {
    std::string name;
    std::vector<Url> hosts;
    std::string username;
    Secret password;
    Target target = Target::user;
    std::string group;
    milliseconds heartbeat = std::chrono::seconds(15);
    std::uint16_t subscriptions_per_second = 20;
    bool discover = false;
};
struct PeopleOptions {
    std::filesystem::path file;
    std::vector<std::string> match{"email", "upn", "line"};
};
struct Rule13 { // a row of [presence] rules
    std::string when;
    std::uint8_t status = 0;
};
struct PresenceOptions {
    std::vector<Rule13> rules;
    milliseconds teams_stale_after = std::chrono::minutes(2);
    double weight = 1;
};
struct TeamsOptions {
    std::string tenant;
    Secret client_secret;
    Url graph_url{"https://graph.microsoft.com"};
    milliseconds poll = std::chrono::seconds(5);
};
struct SipOptions {
    std::vector<Listen> listen{Listen("udp:0.0.0.0:5060"), Listen("tcp:0.0.0.0:5060")};
};
struct SipListOptions {
    std::string name;
    std::vector<std::string> members;
};
struct WebhookOptions {
    Url url;
    Secret secret;
    std::map<std::string, std::string> headers;
};

[[nodiscard]] Schema office();

/// What this process would ask of a machine, out of maps. Files not named do not exist.
struct FakeMachine {
    std::map<std::string, FileText> files;
    std::map<std::string, std::string> environment;
    std::set<std::string> folders{"/var/lib/lamplighter"};
    std::set<std::string> unreadable;

    [[nodiscard]] Sources sources() const;
};

/// Reads `toml` as /etc/l.toml; its problems, one a line.
[[nodiscard]] std::string problems_of(std::string_view toml, const FakeMachine& machine = {});
/// Reads a text that must have no error.
[[nodiscard]] std::shared_ptr<const Configuration> good(std::string_view toml, const FakeMachine& machine = {});

} // namespace lamp::config
