// What the API asks of webhooks, carried to the outbox on the egress loop. Serve loop.
#pragma once
#include "adapters/adapters.hpp"
#include "status/ports.hpp"

namespace lamp {

/// Both outlive the ports.
void add_webhook_ports(status::Ports& ports, Loop& egress, const Adapters& adapters);

} // namespace lamp
