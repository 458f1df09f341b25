// `lamplighter doctor`: looks at the Zoom account step by step, as the daemon would use it, and says for each step what
// to do when it fails. Changes nothing there.
#pragma once
#include "adapters/zoom/options.hpp"
#include "http/examine.hpp"
#include "loop/loop.hpp"

namespace lamp::zoom {

/// True if every step passed.
[[nodiscard]] Task<bool> examine(Loop& loop, ZoomOptions options, http::Tell tell);

} // namespace lamp::zoom
