// The machine's time zones, each read from disk once, when it is first asked for. One loop's.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/zone.hpp"

namespace lamp {

class Zones {
public:
    explicit Zones(std::filesystem::path folder = "/usr/share/zoneinfo") : folder_(std::move(folder)) {}
    /// By IANA name, "Europe/Amsterdam", in any case; nothing when there is no such zone. No name leads out of the
    /// folder.
    [[nodiscard]] std::optional<Zone> find(std::string_view name);

private:
    std::filesystem::path folder_;
    std::map<std::string, std::optional<Zone>, std::less<>> known_{};
};

} // namespace lamp
