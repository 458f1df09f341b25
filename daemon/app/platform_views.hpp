// What is shown of the platforms: status, metrics, systemd's status line. Pure: made from reports.
#pragma once
#include <span>
#include <string>

#include "status/metrics.hpp"
#include "status/ports.hpp"
#include "xsi/platform.hpp"

namespace lamp {

[[nodiscard]] status::PlatformView platform_view(xsi::PlatformReport report);
void write_platform_metrics(status::MetricsText& text, std::span<const xsi::PlatformReport> reports);
/// "39 of 40 lines are known, every channel is up".
[[nodiscard]] std::string platforms_line(std::span<const xsi::PlatformReport> reports);

} // namespace lamp
