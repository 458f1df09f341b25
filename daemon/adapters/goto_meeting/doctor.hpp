// `lamplighter doctor`: GoTo's two hosts step by step. The login itself is not tried: each use may replace the refresh
// token, and the running daemon would be left with one that is worthless. Its status says what became of it.
#pragma once
#include "adapters/goto_meeting/options.hpp"
#include "http/examine.hpp"
#include "loop/loop.hpp"

namespace lamp::goto_meeting {

/// True if every step passed.
[[nodiscard]] Task<bool> examine(Loop& loop, GoToOptions options, http::Tell tell);

} // namespace lamp::goto_meeting
