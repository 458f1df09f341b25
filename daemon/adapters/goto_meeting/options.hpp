// What `[goto]` says (interface 3). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/section.hpp"

namespace lamp::goto_meeting {

struct GoToOptions {
    std::string client_id;
    Secret client_secret;
    Secret refresh_token; // the first one; later ones are in the store
    config::Url api_url{"https://api.getgo.com/G2M/rest"};
    config::Url login_url{"https://authentication.logmeininc.com"};
    std::string owner; // whose refresh token it is, where the login does not tell
    milliseconds poll{60'000};
    std::int64_t requests_per_minute = 1200;
    std::filesystem::path ca_file;
    std::string proxy;
};

[[nodiscard]] config::Section<GoToOptions> goto_section();

} // namespace lamp::goto_meeting
