#include "proto/csta/elements.hpp"

#include <algorithm>

namespace lamp::csta {
namespace {

constexpr std::string_view private_space = "urn:lamplighter:csta";

constexpr std::array permitted{
    PermittedRow{"alternateCall", &ServicesPermitted::alternate_call},
    PermittedRow{"answerCall", &ServicesPermitted::answer_call},
    PermittedRow{"clearConnection", &ServicesPermitted::clear_connection},
    PermittedRow{"consultationCall", &ServicesPermitted::consultation_call},
    PermittedRow{"deflectCall", &ServicesPermitted::deflect_call},
    PermittedRow{"directedPickupCall", &ServicesPermitted::directed_pickup_call},
    PermittedRow{"holdCall", &ServicesPermitted::hold_call},
    PermittedRow{"makeCall", &ServicesPermitted::make_call},
    PermittedRow{"reconnectCall", &ServicesPermitted::reconnect_call},
    PermittedRow{"retrieveCall", &ServicesPermitted::retrieve_call},
    PermittedRow{"singleStepTransfer", &ServicesPermitted::single_step_transfer},
    PermittedRow{"transferCall", &ServicesPermitted::transfer_call},
};

void write_choice(xml::Writer& writer, std::string_view element, std::string_view empty_child) {
    writer.open(element).open(empty_child).close().close();
}

} // namespace

std::span<const PermittedRow> permitted_rows() {
    return permitted;
}

void write_device(xml::Writer& writer, std::string_view element, const DeviceId& device) {
    writer.open(element);
    if (!device.type_of_number.empty()) writer.attribute("typeOfNumber", device.type_of_number);
    writer.text(device.raw).close();
}

void write_device_if(xml::Writer& writer, std::string_view element, const DeviceId& device) {
    if (!device.empty()) write_device(writer, element, device);
}

void write_subject(xml::Writer& writer, std::string_view element, const DeviceId& device) {
    write_party(writer, element, {device.empty() ? Party::Kind::not_known : Party::Kind::known, device});
}

void write_party(xml::Writer& writer, std::string_view element, const Party& party) {
    switch (party.kind) {
    case Party::Kind::known:
        writer.open(element);
        write_device(writer, "deviceIdentifier", party.device);
        writer.close();
        break;
    case Party::Kind::restricted: write_choice(writer, element, "restricted"); break;
    case Party::Kind::not_known:
    case Party::Kind::not_required: write_choice(writer, element, "notKnown"); break;
    }
}

void write_redirection(xml::Writer& writer, const Party& party) {
    constexpr std::string_view element = "lastRedirectionDevice";
    switch (party.kind) {
    case Party::Kind::known:
        writer.open(element);
        write_device(writer, "numberDialed", party.device);
        writer.close();
        break;
    case Party::Kind::not_known: write_choice(writer, element, "notKnown"); break;
    case Party::Kind::restricted: write_choice(writer, element, "restricted"); break;
    case Party::Kind::not_required: write_choice(writer, element, "notRequired"); break;
    }
}

void write_connection(xml::Writer& writer, std::string_view element, const Connection& connection) {
    writer.open(element);
    if (!connection.call_id.empty()) writer.element("callID", connection.call_id);
    write_device_if(writer, "deviceID", connection.device);
    writer.close();
}

void write_permitted(xml::Writer& writer, const ServicesPermitted& permitted_now) {
    if (permitted_now == ServicesPermitted{}) return;
    writer.open("servicesPermitted").open("callControlServices");
    for (const PermittedRow& row : permitted)
        if (permitted_now.*row.member) writer.flag(row.name, true);
    writer.close().close();
}

void write_segment(xml::Writer& writer, const Segment& segment) {
    writer.element("serviceCrossRefID", segment.service_cross_ref);
    writer.element("segmentID", segment.number);
    writer.flag("lastSegment", segment.last);
}

void write_private_call(xml::Writer& writer, std::string_view call_id) {
    if (call_id.empty()) return;
    writer.open("extensions").open("privateData").open("private");
    writer.open("platformCallID").attribute("xmlns", private_space).text(call_id).close();
    writer.close().close().close();
}

} // namespace lamp::csta
