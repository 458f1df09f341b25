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

std::optional<Uri> next_hop(std::string_view request) {
    constexpr std::string_view route = "\r\nRoute: ";
    const auto head = request.substr(0, request.find("\r\n\r\n"));
    if (const auto at = head.find(route); at != std::string_view::npos) {
        auto value = head.substr(at + route.size());
        value = value.substr(0, value.find("\r\n"));
        const auto first = next_element(value);
        const auto address = first ? parse_address(*first) : Parsed<Address>(std::unexpected(Fault{}));
        return address ? std::optional(address->uri) : std::nullopt;
    }
    const auto from = head.find(' ');
    if (from == std::string_view::npos) return std::nullopt;
    const auto uri = parse_uri(head.substr(from + 1, head.find(' ', from + 1) - from - 1));
    return uri ? std::optional(*uri) : std::nullopt;
}

} // namespace lamp::sip
