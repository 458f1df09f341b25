// CRMs as a module: one listener for login and all dialects, the commands crm/… of the control port.
#pragma once

#include "module.hpp"

#include <memory>

namespace sim {

std::unique_ptr<Module> make_crm(Loop& loop, const Options& options);

} // namespace sim
