// Zoho's login host and PhoneBridge as a module: one listener for both, the commands zoho/… of the control port.
#pragma once

#include "module.hpp"

#include <memory>

namespace sim {

std::unique_ptr<Module> make_zoho(Loop& loop, const Options& options);

} // namespace sim
