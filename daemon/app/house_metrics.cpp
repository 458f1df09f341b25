#include "app/house_metrics.hpp"

#include <algorithm>

namespace lamp {

void write_store_metrics(status::MetricsText& text, const store::StoreReport& report) {
    text.gauge("lamplighter_store_failing", "1 while the disk does not take what must survive a restart.")
        .sample(std::uint64_t{report.failing});
    text.gauge("lamplighter_store_queue", "Units of work that wait for the database.").sample(report.queued);
    text.counter("lamplighter_store_units_total", "Units of work that were confirmed, failed, or found no room.")
        .sample({{"outcome", "done"}}, report.units)
        .sample({{"outcome", "failed"}}, report.failures)
        .sample({{"outcome", "refused"}}, report.refused);
}

void write_integration_metrics(status::MetricsText& text, const std::vector<calls::IntegrationView>& views) {
    // One that somebody has switched off or deleted is neither up nor old.
    auto shown = views;
    std::erase_if(shown, [](const calls::IntegrationView& one) { return one.deleted || !one.enabled; });
    if (shown.empty()) return;
    text.gauge("lamplighter_integration_up", "1 while this source of contacts works.");
    for (const auto& one : shown)
        text.sample({{"integration", one.name}}, std::uint64_t{one.state == "up" || one.state == "syncing"});
    text.gauge("lamplighter_integration_contacts", "Contacts of this source.");
    for (const auto& one : shown)
        text.sample({{"integration", one.name}}, one.contacts);
    text.gauge("lamplighter_integration_last_sync_seconds", "The last good synchronisation, in seconds since 1970.");
    for (const auto& one : shown)
        if (one.last_sync)
            text.sample({{"integration", one.name}},
                        static_cast<double>(one.last_sync->time_since_epoch().count()) / 1000);
}

} // namespace lamp
