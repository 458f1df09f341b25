// `lamplighter doctor`: reads one calendar as the daemon would, and says what to do when that fails. Changes nothing
// there.
#pragma once
#include "adapters/calendars/providers.hpp"
#include "http/examine.hpp"

namespace lamp::calendars {

/// True if every step passed: the place is reached, the login is taken, the next two weeks can be read.
[[nodiscard]] Task<bool> examine(ProviderParts parts, http::Tell tell);

} // namespace lamp::calendars
