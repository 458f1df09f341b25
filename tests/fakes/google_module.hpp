// Google's login and Calendar as a module: one listener for both hosts, a key file for a service account, the commands
// google/… of the control port.
#pragma once

#include "module.hpp"

#include <memory>

namespace sim {

std::unique_ptr<Module> make_google(Loop& loop, const Options& options);

} // namespace sim
