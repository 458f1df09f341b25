// Zoom as a module: one listener for login and API, the sender of web hooks, the office's meetings, the commands zoom/…
// of the control port.
#pragma once

#include "module.hpp"

#include <memory>

namespace sim {

std::unique_ptr<Module> make_zoom(Loop& loop, const Options& options);

} // namespace sim
