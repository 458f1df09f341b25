// Metrics of what is no adapter: the database, and where contacts come from. Serve loop.
#pragma once
#include <vector>

#include "calls/integration.hpp"
#include "status/metrics.hpp"
#include "store/store.hpp"

namespace lamp {

void write_store_metrics(status::MetricsText& text, const store::StoreReport& report);
void write_integration_metrics(status::MetricsText& text, const std::vector<calls::IntegrationView>& views);

} // namespace lamp
