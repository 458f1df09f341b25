#include "proto/csta/events.hpp"

#include <array>

#include "proto/csta/elements.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::csta {
namespace {

/// Which parts an event about a call has behind its connection and devices.
struct Shape {
    bool calling;
    bool called;
    bool redirection;
    bool local;
    bool permitted;
};
// clang-format off
//                   calling called redirection local  permitted
constexpr Shape full{true,   true,  true,       true,  true};
constexpr Shape less{false,  false, false,      true,  true};
constexpr Shape orig{false,  true,  false,      true,  true};
constexpr Shape info{true,   false, false,      false, true};
constexpr Shape none{false,  false, false,      false, false};
// clang-format on

/// How one event about a call is written: the names of its parts.
struct CallRow {
    EventKind kind;
    std::string_view root;
    std::string_view connection;
    std::string_view subject; // empty: none
    std::string_view other;   // empty: none
    Shape shape;
};

using enum EventKind;
// clang-format off
constexpr std::array<CallRow, 18> call_rows{{
    {bridged,            "BridgedEvent",           "bridgedConnection",     "bridgedAppearance",    "",                    less},
    {call_cleared,       "CallClearedEvent",       "clearedCall",           "",                     "",                    none},
    {conferenced,        "ConferencedEvent",       "primaryOldCall",        "conferencingDevice",   "addedParty",          less},
    {connection_cleared, "ConnectionClearedEvent", "droppedConnection",     "releasingDevice",      "",                    less},
    {delivered,          "DeliveredEvent",         "connection",            "alertingDevice",       "",                    full},
    {digits_dialed,      "DigitsDialedEvent",      "dialingConnection",     "dialingDevice",        "dialingSequence",     less},
    {diverted,           "DivertedEvent",          "connection",            "divertingDevice",      "newDestination",      full},
    {established,        "EstablishedEvent",       "establishedConnection", "answeringDevice",      "",                    full},
    {failed,             "FailedEvent",            "failedConnection",      "failingDevice",        "",                    full},
    {held,               "HeldEvent",              "heldConnection",        "holdingDevice",        "",                    less},
    {network_reached,    "NetworkReachedEvent",    "outboundConnection",    "networkInterfaceUsed", "",                    full},
    {offered,            "OfferedEvent",           "offeredConnection",     "offeredDevice",        "",                    full},
    {originated,         "OriginatedEvent",        "originatedConnection",  "callingDevice",        "",                    orig},
    {queued,             "QueuedEvent",            "queuedConnection",      "queue",                "",                    full},
    {retrieved,          "RetrievedEvent",         "retrievedConnection",   "retrievingDevice",     "",                    less},
    {service_initiated,  "ServiceInitiatedEvent",  "initiatedConnection",   "initiatingDevice",     "",                    less},
    // With one r in the schema.
    {transferred,        "TransferedEvent",        "primaryOldCall",        "transferringDevice",   "transferredToDevice", less},
    {call_information,   "CallInformationEvent",   "connection",            "device",               "",                    info},
}};
// clang-format on

struct RootRow {
    EventKind kind;
    std::string_view root;
};
constexpr std::array other_rows{
    RootRow{EventKind::message_waiting, "MessageWaitingEvent"},
    RootRow{EventKind::agent_busy, "AgentBusyEvent"},
    RootRow{EventKind::agent_logged_on, "AgentLoggedOnEvent"},
    RootRow{EventKind::agent_logged_off, "AgentLoggedOffEvent"},
    RootRow{EventKind::agent_not_ready, "AgentNotReadyEvent"},
    RootRow{EventKind::agent_ready, "AgentReadyEvent"},
    RootRow{EventKind::agent_working_after_call, "AgentWorkingAfterCallEvent"},
    RootRow{EventKind::auto_answer, "AutoAnswerEvent"},
    RootRow{EventKind::call_back, "CallBackEvent"},
    RootRow{EventKind::caller_id_status, "CallerIDStatusEvent"},
    RootRow{EventKind::do_not_disturb, "DoNotDisturbEvent"},
    RootRow{EventKind::forwarding, "ForwardingEvent"},
    RootRow{EventKind::back_in_service, "BackInServiceEvent"},
    RootRow{EventKind::out_of_service, "OutOfServiceEvent"},
};

const CallRow* row_of(EventKind kind) {
    for (const CallRow& row : call_rows)
        if (row.kind == kind) return &row;
    return nullptr;
}

bool joins(EventKind kind) {
    return kind == EventKind::transferred || kind == EventKind::conferenced;
}

void write_joined(xml::Writer& writer, const JoinedConnection& joined) {
    writer.open("connectionListItem");
    if (joined.now) write_connection(writer, "newConnection", *joined.now);
    if (joined.old) write_connection(writer, "oldConnection", *joined.old);
    if (joined.endpoint) {
        writer.open("endpoint");
        switch (joined.endpoint->kind) {
        case Party::Kind::known: write_device(writer, "deviceID", joined.endpoint->device); break;
        case Party::Kind::restricted: writer.open("restricted").close(); break;
        case Party::Kind::not_known:
        case Party::Kind::not_required: writer.open("notKnown").close(); break;
        }
        writer.close();
    }
    writer.close();
}

void write_other(xml::Writer& writer, const CallRow& row, const CallEvent& event) {
    if (row.other.empty()) return;
    if (event.kind == EventKind::digits_dialed)
        write_device(writer, row.other, event.other.device); // a plain device
    else
        write_party(writer, row.other, event.other);
}

void write_joined_list(xml::Writer& writer, const CallEvent& event) {
    writer.open(event.kind == EventKind::transferred ? "transferredConnections" : "conferenceConnections");
    for (const JoinedConnection& joined : event.connections)
        write_joined(writer, joined);
    writer.close();
}

void write_parts(xml::Writer& writer, const CallEvent& event) {
    const CallRow* row = row_of(event.kind);
    if (!row) return;
    write_connection(writer, row->connection, event.connection);
    if (joins(event.kind) && event.secondary_old) write_connection(writer, "secondaryOldCall", *event.secondary_old);
    if (!row->subject.empty()) write_party(writer, row->subject, event.subject);
    write_other(writer, *row, event);
    if (joins(event.kind)) write_joined_list(writer, event);
    if (row->shape.calling) write_party(writer, "callingDevice", event.calling);
    if (row->shape.called) write_party(writer, "calledDevice", event.called);
    if (row->shape.redirection) write_redirection(writer, event.last_redirection);
    if (event.kind == EventKind::queued && event.calls_in_front) writer.element("callsInFront", *event.calls_in_front);
    if (row->shape.local && event.local) writer.element("localConnectionInfo", name(*event.local));
    if (event.kind != EventKind::call_information) writer.element("cause", name(event.cause));
    if (row->shape.permitted) write_permitted(writer, event.permitted);
    write_private_call(writer, event.private_call_id);
}

/// A device that is the subject of a feature event: as the schema has it, or plain as telephones know it.
struct Subject {
    bool plain;
    void write(xml::Writer& writer, std::string_view element, const DeviceId& device) const {
        if (plain)
            write_device(writer, element, device);
        else
            write_subject(writer, element, device);
    }
};

void write_cause(xml::Writer& writer, const std::optional<Cause>& cause) {
    if (cause) writer.element("cause", name(*cause));
}

struct FeatureParts {
    xml::Writer& writer;
    Subject subject;

    void operator()(const CallEvent& event) const { write_parts(writer, event); }
    void operator()(const DoNotDisturbEvent& event) const {
        subject.write(writer, "device", event.device);
        writer.flag("doNotDisturbOn", event.on);
    }
    void operator()(const ForwardingEvent& event) const {
        subject.write(writer, "device", event.device);
        writer.element("forwardingType", name(event.type));
        writer.flag("forwardStatus", event.active);
        write_device_if(writer, "forwardTo", event.to);
        if (event.ring_count) writer.element("ringCount", *event.ring_count);
    }
    void operator()(const AgentEvent& event) const {
        subject.write(writer, "agentDevice", event.device);
        if (!event.agent_id.empty()) writer.element("agentID", event.agent_id);
        write_device_if(writer, "acdGroup", event.group);
        write_cause(writer, event.cause);
    }
    void operator()(const ServiceEvent& event) const {
        subject.write(writer, "device", event.device);
        write_cause(writer, event.cause);
    }
    void operator()(const MessageWaitingEvent& event) const {
        subject.write(writer, "targetDevice", event.device);
        writer.flag("messageWaitingOn", event.on);
    }
    void operator()(const CallerIdStatusEvent& event) const {
        write_device(writer, "device", event.device);
        writer.flag("callerIDProvided", event.provided);
    }
    void operator()(const AutoAnswerEvent& event) const {
        subject.write(writer, "invokingDevice", event.device);
        writer.flag("autoAnswerOn", event.on);
        if (event.rings) writer.element("numberOfRings", *event.rings);
    }
    void operator()(const CallBackEvent& event) const {
        subject.write(writer, "originatingDevice", event.originating);
        subject.write(writer, "targetDevice", event.target);
        writer.flag("callBackSetCanceled", event.on);
    }
};

struct KindOf {
    EventKind operator()(const CallEvent& event) const { return event.kind; }
    EventKind operator()(const AgentEvent& event) const { return event.kind; }
    EventKind operator()(const ServiceEvent& event) const { return event.kind; }
    EventKind operator()(const DoNotDisturbEvent& /*event*/) const { return EventKind::do_not_disturb; }
    EventKind operator()(const ForwardingEvent& /*event*/) const { return EventKind::forwarding; }
    EventKind operator()(const MessageWaitingEvent& /*event*/) const { return EventKind::message_waiting; }
    EventKind operator()(const CallerIdStatusEvent& /*event*/) const { return EventKind::caller_id_status; }
    EventKind operator()(const AutoAnswerEvent& /*event*/) const { return EventKind::auto_answer; }
    EventKind operator()(const CallBackEvent& /*event*/) const { return EventKind::call_back; }
};

bool is_feature(const Event& event) {
    return std::holds_alternative<DoNotDisturbEvent>(event) || std::holds_alternative<ForwardingEvent>(event) ||
           std::holds_alternative<AgentEvent>(event);
}

} // namespace

EventKind kind(const Event& event) {
    return std::visit(KindOf{}, event);
}

std::string_view root_of(EventKind kind) {
    if (const CallRow* row = row_of(kind)) return row->root;
    for (const RootRow& row : other_rows)
        if (row.kind == kind) return row.root;
    return {};
}

std::string write(const Event& event, std::string_view cross_ref, Edition edition) {
    xml::Writer writer(root_of(kind(event)), space(edition));
    writer.element("monitorCrossRefID", cross_ref);
    std::visit(FeatureParts{writer, {.plain = false}}, event);
    return writer.done();
}

std::string write_feature(const Event& event) {
    if (!is_feature(event)) return {};
    xml::Writer writer(root_of(kind(event)), space(Edition::ed3));
    std::visit(FeatureParts{writer, {.plain = true}}, event);
    return writer.done();
}

} // namespace lamp::csta
