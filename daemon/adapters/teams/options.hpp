// What `[teams]` says (interface 3). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/teams/subscription_machine.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/section.hpp"

namespace lamp::teams {

struct TeamsOptions {
    std::string tenant;
    std::string client_id;
    Secret client_secret;
    std::filesystem::path certificate; // instead of the secret; PEM
    Secret private_key;                // its key; PEM
    config::Url login_url{"https://login.microsoftonline.com"};
    config::Url graph_url{"https://graph.microsoft.com"};
    bool read = true;
    bool write = true;
    milliseconds poll{5'000};
    milliseconds session_lifetime{900'000};
    bool write_while_ringing = false;
    std::vector<std::string> except;         // ids of people whose Teams presence is never written
    std::vector<std::string> except_folders; // the same for whole folders
    std::int64_t requests_per_30s = 1500;
    milliseconds directory_poll{300'000};
    bool notifications = false;
    std::string bot;      // application id of the bot's registration; empty: there is none
    std::string bot_role; // empty: searches, and dials as oneself
    config::Url bot_metadata_url{"https://login.botframework.com/v1/.well-known/openidconfiguration"};
    std::filesystem::path ca_file;
    std::string proxy;
    std::string public_url;         // of [http]; where notifications and the bot's activities come to
    bool reads_calendars = false;   // a [[calendar]] of Outlook is read with this application
    SubscriptionTimes subscription; // no keys; tests make them short
};

inline constexpr std::int64_t pacing_lifted = 1'000'000; // requests_per_30s: no pacing to speak of

[[nodiscard]] config::Section<TeamsOptions> teams_section();

/// What `notifications` asks of an address ([http] public_url): https, unless it is this machine. Empty: it will do.
[[nodiscard]] std::string notification_url_mistake(const config::Url& public_url);

} // namespace lamp::teams
