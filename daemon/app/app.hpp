// The composition root: makes loops, table, fan-out, platforms and the status service, wires them, and ends them in
// order. The only file that knows all rooms.
//
// Loops: control (this thread: signals, reload, roster, watchdog), ingress (XSI), serve (HTTP).
#pragma once
#include <memory>

#include "app/options.hpp"

namespace lamp {

/// Runs the daemon until SIGTERM or SIGINT. Returns the process's exit code: 0, or 1 with a line in the log.
[[nodiscard]] int run_daemon(const std::filesystem::path& file,
                             std::shared_ptr<const config::Configuration> configuration);

} // namespace lamp
