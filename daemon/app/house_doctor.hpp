// What `lamplighter doctor` looks at on this machine: the state folder and its database, the listening addresses, our
// own certificates, the files of users, the proxy.
#pragma once
#include <functional>
#include <string>

#include "config/reader.hpp"
#include "http/examine.hpp"

namespace lamp {

/// One step a line, as those of other systems; true if all passed. Beside a running daemon it changes nothing.
[[nodiscard]] Task<bool> examine_house(Loop& loop, const config::Configuration& configuration,
                                       std::function<http::Tell(std::string section)> teller);

} // namespace lamp
