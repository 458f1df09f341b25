// GoTo's login host and GoToMeeting's REST service as a module: one listener for both, the commands goto/… of the
// control port.
#pragma once

#include "module.hpp"

#include <memory>

namespace sim {

std::unique_ptr<Module> make_goto(Loop& loop, const Options& options);

} // namespace sim
