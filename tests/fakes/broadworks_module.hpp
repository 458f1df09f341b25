// BroadWorks as a module: its XSPs, its office and load, its control commands (control.cpp).
#pragma once

#include "module.hpp"

#include <memory>

namespace sim {

std::unique_ptr<Module> make_broadworks(Loop& loop, const Options& options);

} // namespace sim
