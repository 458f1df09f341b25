// What [entra] says: which users of a Microsoft 365 tenant come into the directory.
#pragma once
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/section.hpp"
#include "config/types.hpp"

namespace lamp::directory {

struct EntraOptions {
    std::string tenant{};
    std::string client_id{}; // empty: the application of [teams], with all that belongs to it
    Secret client_secret{};
    std::filesystem::path certificate{}; // instead of the secret; PEM
    Secret private_key{};                // its key; PEM
    config::Url login_url{"https://login.microsoftonline.com"};
    config::Url graph_url{"https://graph.microsoft.com"};
    std::string filter{}; // OData; empty: whoever has a number and is not disabled
    std::string folder{}; // what newcomers are filed by; empty: nothing
    std::filesystem::path ca_file{};
    std::string proxy{};
    milliseconds poll{5 * 60'000};
    std::string sync = "02:00"; // UTC, begun within an hour of it
};

/// `[entra]`, restart; off when absent.
[[nodiscard]] config::Section<EntraOptions> entra_section();

} // namespace lamp::directory
