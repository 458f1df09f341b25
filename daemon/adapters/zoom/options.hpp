// What `[zoom]` says (interface 3). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/section.hpp"

namespace lamp::zoom {

struct ZoomOptions {
    Secret webhook_secret; // empty: no web hooks
    std::string account_id;
    std::string client_id; // empty: no REST
    Secret client_secret;
    config::Url api_url{"https://api.zoom.us/v2"};
    config::Url login_url{"https://zoom.us"};
    milliseconds poll{90'000};
    milliseconds poll_others{600'000};
    std::int64_t requests_per_second = 5;
    milliseconds directory_poll{3'600'000};
    milliseconds webhook_trust{4 * 3'600'000};
    milliseconds tolerance{2 * 3'600'000};
    bool phone_calls = false;
    std::filesystem::path ca_file;
    std::string proxy;

    [[nodiscard]] bool hooks() const { return !webhook_secret.empty(); }
    [[nodiscard]] bool rest() const { return !client_id.empty(); }
};

[[nodiscard]] config::Section<ZoomOptions> zoom_section();

} // namespace lamp::zoom
