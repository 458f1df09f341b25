// Time zones as Windows names them (Unicode CLDR, windowsZones). Data.
#pragma once
#include <span>
#include <string_view>

namespace lamp::ical {

struct WindowsZone {
    std::string_view windows, iana;
};
[[nodiscard]] std::span<const WindowsZone> windows_zones();
/// The IANA zone of "W. Europe Standard Time", in any case; empty when Windows knows no such zone.
[[nodiscard]] std::string_view iana_of_windows(std::string_view name);

} // namespace lamp::ical
