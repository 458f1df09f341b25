// `lamplighter support-bundle`: what whoever helps needs to see, in one file, without secrets, names and numbers of
// people.
#pragma once
#include <memory>
#include <string>

#include "cli/arguments.hpp"
#include "cli/daemon_client.hpp"

namespace lamp {

/// Writes a .tar.gz (mode 0600) and prints its name. A part that cannot be had (the daemon does not run, the
/// journal is not readable) is in it as the reason why. Exit code 1 when there is no file.
[[nodiscard]] int support_bundle(const cli::Arguments& arguments, const std::string& config_file,
                                 const cli::Address& daemon);

} // namespace lamp
