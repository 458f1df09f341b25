// The house file: which tenants one service keeps, each with a configuration file and a process of its own.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/reader.hpp"

namespace lamp::tenants {

inline constexpr std::size_t tenants_max = 500;

/// [daemon] of a house file: of the process that keeps the tenants.
struct HouseOptions {
    log::Level log_level = log::Level::info;
    milliseconds stop_wait{12'000};
    milliseconds watchdog{30'000};
};

/// [[tenant]]
struct TenantOptions {
    std::string name;
    std::filesystem::path config;
    std::vector<std::string> env;
    int cpu_weight = 100;
    std::string memory_max; // as memory.max of a control group takes it; empty: no limit

    bool operator==(const TenantOptions&) const = default;
};

/// What a house file may hold.
[[nodiscard]] config::Schema house_schema();

/// Whether this is a house file: a text with [[tenant]]. One that cannot be read at all is none.
[[nodiscard]] bool is_house(std::string_view text);

/// All mistakes of the house file itself; tenants' own files are not looked at. Sections of `own`, the schema of a
/// tenant's file, are answered with where they belong.
[[nodiscard]] config::Answer read_house(const std::filesystem::path& file, const config::Schema& own,
                                        const config::Sources& sources);

} // namespace lamp::tenants
