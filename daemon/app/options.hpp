// The sections that belong to the daemon as a whole: [daemon], [net], [people], [presence].
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/reader.hpp"

namespace lamp {

struct DaemonOptions {
    std::filesystem::path state_dir = "/var/lib/lamplighter";
    std::string timezone = "UTC";
    std::string country = "NL";
    std::string language = "en";
    log::Level log_level = log::Level::info;
};

struct NetOptions {
    std::filesystem::path ca_file;
    std::string proxy;
    milliseconds certificate_poll{60'000};
};

struct PeopleOptions {
    std::filesystem::path file;
    std::vector<std::string> match{"email", "upn", "line"};
};

struct PresenceOptions {
    std::vector<std::string> rules;
    milliseconds teams_stale_after{120'000};
    milliseconds line_stale_after{60'000};
    std::vector<std::string> meetings{"teams"};
    bool follow_acd = false;
};

/// Whether the people file is looked into: not by who is about to write it.
enum class NamedPeople : std::uint8_t { read, unread };

/// Every section that this daemon knows, in the order of the reference.
[[nodiscard]] config::Schema schema(NamedPeople people = NamedPeople::read);

} // namespace lamp
