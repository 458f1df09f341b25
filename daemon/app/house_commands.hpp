// What commands do with a house file: `--tenant NAME` picks one tenant, whose file and environment they then see; check
// and doctor look at all of them; `lamplighter tenants` asks each how it is.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/daemon_client.hpp"
#include "config/reader.hpp"

namespace lamp {

/// Where a daemon with this configuration is asked; nothing where its port is any.
[[nodiscard]] std::optional<cli::Address> address_in(const config::Configuration& configuration);

/// `--config HOUSE --tenant NAME` in `words` becomes `--config FILE`, and this process's environment that tenant's.
/// An exit code where that cannot be, or where a house file is given to a command that wants one tenant; it was said
/// why. Before anything else runs: it changes the environment.
[[nodiscard]] std::optional<int> pick_tenant(std::vector<std::string>& words, const std::string& usual_file);

/// Every tenant's doctor under a heading; an exit code.
[[nodiscard]] int examine_tenants(const std::string& house);

/// `lamplighter tenants`.
[[nodiscard]] int tenants_command(const cli::Arguments& arguments, const std::string& house);

} // namespace lamp
