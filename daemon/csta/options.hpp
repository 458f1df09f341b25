// What `[csta]` says (interface 3, 7.14). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/reader.hpp"

namespace lamp::csta {

struct CstaOptions {
    std::vector<config::Listen> listen; // tcp:, tls:; empty: no CSTA
    std::filesystem::path users_file;
    std::vector<std::string> trusted; // networks
    std::filesystem::path certificate, key;
    std::string name = "Lamplighter";
    std::uint32_t connections = 1'000;
    std::uint32_t connections_per_source = 50;
    std::uint32_t monitors = 10'000;
    milliseconds heartbeat{60'000};
    milliseconds session_longest{24 * 3'600'000};
};

[[nodiscard]] config::Section<CstaOptions> csta_section();

} // namespace lamp::csta
