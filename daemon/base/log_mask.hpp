// Lets debug lines of the log show something else in place of numbers and names (`[privacy] pseudonymise_logs`).
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace lamp::log {

/// What a field shows instead of its value. Called from every loop, several at once.
using Mask = std::function<std::string(std::string_view key, std::string_view value)>;

/// From now on, for lines of Level::debug; above that no person is named anyway. Empty: values are shown as they are.
void set_mask(Mask mask);

} // namespace lamp::log
