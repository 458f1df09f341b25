// The machine's time zones, each read from disk once, when it is first asked for. One loop's.
#pragma once
#include <deque>
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

    /// Zones that others describe: what was made of a description, for the next time it comes. The oldest are
    /// forgotten.
    [[nodiscard]] std::optional<Zone> described(std::string_view description) const;
    void remember(std::string_view description, Zone zone);

private:
    static constexpr std::size_t described_max = 256;
    static constexpr std::size_t description_bytes_max = 16 << 10;

    [[nodiscard]] std::optional<Zone> read(const std::string& name);
    /// As the folder spells it.
    [[nodiscard]] const std::string* spelling(std::string_view name);

    std::filesystem::path folder_;
    std::map<std::string, Zone, std::less<>> known_{};
    std::map<std::string, std::string> spellings_{}; // by lower case
    std::map<std::string, Zone, std::less<>> described_{};
    std::deque<std::string> order_{}; // of `described_`, the oldest first
};

} // namespace lamp
