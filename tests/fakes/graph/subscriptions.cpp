// See subscriptions.hpp.
#include "subscriptions.hpp"

namespace sim::graph {

void Subscriptions::create(Exchange& exchange, Done done) {
    done(service_.error(501, "NotImplemented", "No subscriptions.", &exchange.request));
}

http::Response Subscriptions::answer(Exchange& exchange) {
    return service_.error(501, "NotImplemented", "No subscriptions.", &exchange.request);
}

} // namespace sim::graph
