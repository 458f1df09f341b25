// What the configuration says of one REST source of contacts. The keys stand in the section [[recognition]], which
// embeds these.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "base/secret.hpp"
#include "config/section.hpp"
#include "config/types.hpp"

namespace lamp::recognition::rest {

struct RestOptions {
    std::string preset{}; // empty: this is no REST source
    std::filesystem::path presets = "/etc/lamplighter/presets";
    std::map<std::string, std::string> parameters{};
    std::string url{}; // instead of the preset's base; generic: the whole address of the list
    std::map<std::string, std::string>
        mapping{};           // JSON pointers: items, id, name, updated, deleted, url, numbers, fields
    config::Url login_url{}; // instead of the preset's token address
    Secret token{};          // bearer, api_key
    std::string username{};  // basic
    Secret password{};
    std::string client_id{}; // client_credentials, refresh_token
    Secret client_secret{};
    std::filesystem::path certificate{}; // client_credentials, instead of the secret; PEM
    Secret private_key{};                // its key; PEM
    Secret refresh_token{};
    Secret service_account{}; // google_service_account: the key file's JSON
    std::string subject{};    // google_service_account: whom it acts for
    std::filesystem::path ca_file{};
    std::string proxy{};
    std::uint64_t daily_requests = 0; // instead of the preset's
    bool operator==(const RestOptions&) const = default;
};

/// For `embed`: all keys but url and password, which other sources have, too: the section around sets the two members
/// itself. The checks are in `check_rest`.
[[nodiscard]] config::Section<RestOptions> rest_section();
/// A secret, or a certificate with its key: what is missing, doubled or does not fit.
void check_application(const Secret& client_secret, const std::filesystem::path& certificate, const Secret& private_key,
                       config::Scope& at);
/// What the preset wants and the section does not give, and what the preset's own file has wrong.
void check_rest(const RestOptions& options, config::Scope& at);

} // namespace lamp::recognition::rest
