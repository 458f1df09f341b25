// Microsoft identity and Graph as a module: one listener for both hosts, the office's Teams clients, the commands
// graph/… of the control port.
#pragma once

#include "module.hpp"

#include <memory>

namespace sim {

std::unique_ptr<Module> make_graph(Loop& loop, const Options& options);

} // namespace sim
