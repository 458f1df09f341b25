#include "sip/ways.hpp"

#include "sip/address.hpp"

namespace lamp::sip {

Flow answer_flow(const Flow& from, const Message& request) {
    Flow flow = from;
    if (!from.reliable && !request.via().wants_rport()) flow.port = request.via().sent_by.port.value_or(5060);
    return flow;
}

Flow notify_flow(const Flow& from, const Message& request) {
    if (from.reliable) return from;
    Flow flow = from;
    const Uri* target = request.contact() ? &request.contact()->uri : nullptr;
    Parsed<Address> route = std::unexpected(Fault{});
    if (const auto value = request.find(Header::record_route)) {
        auto rest = *value;
        if (const auto first = next_element(rest)) route = parse_address(*first);
        target = route ? &route->uri : nullptr;
    }
    if (!target) return flow;
    if (const auto address = address_of(target->host); address && *address == from.address)
        flow.port = target->port.value_or(5060);
    return flow;
}

} // namespace lamp::sip
