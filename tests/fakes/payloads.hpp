// Documents that no platform should send, for the stream's fault commands.
#pragma once

#include <cstddef>
#include <string>

namespace sim::payloads {

std::string garbage(std::size_t number); // well-formed, meaningless: unknown roots, empty events, wrong namespaces
std::string error_event();
std::string malformed();       // tags that do not match
std::string bomb();            // billion laughs
std::string external_entity(); // wants file:///etc/passwd
std::string huge(std::size_t bytes);
std::string deep(std::size_t levels);

} // namespace sim::payloads
