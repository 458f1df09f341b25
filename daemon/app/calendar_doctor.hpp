// `lamplighter doctor`, the calendars: each is read once, as the daemon would. The command's own loop.
#pragma once
#include <functional>

#include "config/reader.hpp"
#include "http/examine.hpp"

namespace lamp {

/// `teller` gives each calendar its own voice. True if all steps of all calendars passed.
[[nodiscard]] Task<bool> examine_calendars(Loop& loop, const config::Configuration& configuration,
                                           std::function<http::Tell(std::string calendar)> teller);

} // namespace lamp
