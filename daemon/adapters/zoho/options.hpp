// What `[zoho]` says (interface 3). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/section.hpp"

namespace lamp::zoho {

struct ZohoOptions {
    std::string client_id;
    Secret client_secret;
    Secret refresh_token; // empty: `lamplighter zoho login` has to be done first
    std::string account;  // e-mail address of whoever must consent; empty: anybody may
    config::Url login_url{"https://accounts.zoho.com"};
    config::Url api_url; // empty: the one of login_url's data centre
    bool internal_calls = false;
    milliseconds users_poll{3'600'000};
    std::filesystem::path ca_file;
    std::string proxy;
    std::string public_url; // of [http]: where Zoho reaches us

    /// Without a slash at its end; empty when neither api_url nor the data centre tells.
    [[nodiscard]] std::string api() const;
};

[[nodiscard]] config::Section<ZohoOptions> zoho_section();

} // namespace lamp::zoho
