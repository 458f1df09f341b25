// A house file and all that stands behind it: each tenant's own file as the tenant will see it, and what two tenants
// may not share. Main thread.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "config/reader.hpp"
#include "tenants/house.hpp"

namespace lamp {

/// What is wrong with one tenant's file, or with what it wants beside the others.
struct TenantCheck {
    std::string name;
    config::Problems problems;                                  // of the files, those that they name, and sharing
    std::shared_ptr<const config::Configuration> configuration; // null: its own file has mistakes
    bool shares = false;                                        // wants what a tenant before it has
};

struct HouseCheck {
    std::shared_ptr<const config::Configuration> house; // null: the house file itself has mistakes
    config::Problems problems;                          // of the house file
    std::vector<TenantCheck> tenants;                   // in its order

    /// The house first, then tenant by tenant.
    [[nodiscard]] config::Problems all() const;
    /// Those that must not run beside the others.
    [[nodiscard]] std::set<std::string> sharing() const;
};

/// Whether `file` can be read and is a house file.
[[nodiscard]] bool is_house_file(const std::filesystem::path& file, const config::Sources& machine);

/// All mistakes at once. A tenant is measured against those before it whose files are good. Files may be many and
/// large: `between` is called before each tenant.
[[nodiscard]] HouseCheck check_house(
    const std::filesystem::path& file, const config::Sources& machine, const std::function<void()>& between = [] {});

} // namespace lamp
