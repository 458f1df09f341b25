// What adapters say of themselves and of people, as the status room wants to hear it. Egress loop, but for
// `write_adapter_metrics`, which the serve loop calls.
#pragma once
#include "adapters/adapters.hpp"
#include "status/metrics.hpp"
#include "status/ports.hpp"

namespace lamp {

[[nodiscard]] std::vector<status::AdapterView> adapter_views(const Adapters& adapters);
[[nodiscard]] status::PersonView person_view(const Adapters& adapters, presence::Slot slot);
[[nodiscard]] std::vector<status::CalendarView> calendar_views(const Adapters& adapters);
[[nodiscard]] std::vector<status::PlanView> plan_views(const Adapters& adapters, milliseconds next);
[[nodiscard]] std::vector<status::DoubtView> doubt_views(const Adapters& adapters);
[[nodiscard]] status::PhotoView photo_view(const fanout::Photo* photo);
[[nodiscard]] std::vector<fanout::Metric> adapter_metrics(const Adapters& adapters);
void write_adapter_metrics(status::MetricsText& text, const std::vector<fanout::Metric>& metrics);

} // namespace lamp
