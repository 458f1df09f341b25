// Presence subscriptions and their notifications (cloud-apis.md A7). Lives on the simulator's loop.
#pragma once

#include "service.hpp"

#include <functional>

namespace sim::graph {

class Subscriptions {
public:
    explicit Subscriptions(Service& service) : service_(service) {}

    using Done = std::function<void(http::Response)>;
    void create(Exchange& exchange, Done done); // the answer comes after the validation of both URLs
    http::Response answer(Exchange& exchange);  // everything but create

private:
    Service& service_;
};

} // namespace sim::graph
