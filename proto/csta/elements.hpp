// Pieces that several CSTA messages are written of, and the rows of a monitor filter. For the files of this room only.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "proto/csta/answers.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::csta {

struct FilterRow {
    std::string_view group;
    std::string_view name;
    EventKind kind;
};
[[nodiscard]] std::span<const FilterRow> filter_rows();

/// What is held back, as true; the groups and events that pass are left out.
void write_filter(xml::Writer& writer, std::string_view element, const MonitorFilter& filter);

void write_device(xml::Writer& writer, std::string_view element, const DeviceId& device);
/// Nothing if the device is empty.
void write_device_if(xml::Writer& writer, std::string_view element, const DeviceId& device);
/// <element><deviceIdentifier/></element>, the form of devices that are subjects of events; empty: notKnown.
void write_subject(xml::Writer& writer, std::string_view element, const DeviceId& device);
void write_party(xml::Writer& writer, std::string_view element, const Party& party);
void write_redirection(xml::Writer& writer, const Party& party);
void write_connection(xml::Writer& writer, std::string_view element, const Connection& connection);
void write_permitted(xml::Writer& writer, const ServicesPermitted& permitted);
void write_segment(xml::Writer& writer, const Segment& segment);
/// extensions, last in every message; nothing if the id is empty.
void write_private_call(xml::Writer& writer, std::string_view call_id);

struct PermittedRow {
    std::string_view name;
    bool ServicesPermitted::* member;
};
[[nodiscard]] std::span<const PermittedRow> permitted_rows(); // in the order of the schema

} // namespace lamp::csta
