#include "proto/csta/answers.hpp"

#include <array>

#include "proto/csta/elements.hpp"
#include "proto/csta/errors.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::csta {
namespace {

/// A message of ECMA-323: the root, what `inner` writes into it.
template <class Inner>
std::string document(std::string_view root, Edition edition, Inner inner) {
    xml::Writer writer(root, space(edition));
    inner(writer);
    return writer.done();
}

std::string response(std::string_view request_root) {
    return std::string(request_root) + "Response";
}

void write_calls(xml::Writer& writer, std::span<const DeviceCall> calls) {
    writer.open("snapshotData");
    for (const DeviceCall& call : calls) {
        writer.open("snapshotDeviceResponseInfo");
        write_connection(writer, "connectionIdentifier", call.connection);
        if (call.endpoint) write_party(writer, "endpointDevice", *call.endpoint);
        writer.open("localCallState");
        if (call.states.empty()) {
            writer.open("unknown").close();
        } else {
            writer.open("compoundCallState");
            for (LocalState state : call.states)
                writer.element("localConnectionState", name(state));
            writer.close();
        }
        writer.close();
        write_permitted(writer, call.permitted);
        writer.close();
    }
    writer.close();
}

void write_call_party(xml::Writer& writer, const CallParty& party) {
    writer.open("snapshotCallResponseInfo");
    write_party(writer, "deviceOnCall", party.device);
    if (party.connection) write_connection(writer, "callIdentifier", *party.connection);
    if (party.state) writer.element("localConnectionInfo", name(*party.state));
    writer.close();
}

constexpr std::array<std::string_view, 2> session_ends{"resourceLimitation", "sessionTimerExpired"};

} // namespace

std::string write_done(std::string_view request_root, Edition edition) {
    if (is_session_request(request_root))
        return xml::Writer(std::string(request_root) + "PosResponse", session_space).done();
    return document(response(request_root), edition, [](xml::Writer& /*writer*/) {});
}

std::string write(const SessionStarted& answer) {
    xml::Writer writer("StartApplicationSessionPosResponse", session_space);
    writer.element("sessionID", answer.session_id);
    writer.element("actualProtocolVersion", answer.protocol_version);
    writer.element("actualSessionDuration", answer.duration_s);
    return writer.done();
}

std::string write_session_timer_reset(std::uint32_t duration_s) {
    xml::Writer writer("ResetApplicationSessionTimerPosResponse", session_space);
    writer.element("actualSessionDuration", duration_s);
    return writer.done();
}

std::string write_session_stopped() {
    return write_done("StopApplicationSession", edition_default);
}

std::string write_session_terminated(std::string_view session_id, SessionEnd why) {
    xml::Writer writer("ApplicationSessionTerminated", session_space);
    writer.element("sessionID", session_id);
    writer.open("sessionTermReason");
    writer.element("definedTermReason", session_ends.at(static_cast<std::size_t>(why)));
    return writer.done();
}

std::string write_system_status(SystemState state, std::string_view register_id, Edition edition) {
    return document("SystemStatus", edition, [&](xml::Writer& writer) {
        if (!register_id.empty()) writer.element("sysStatRegisterID", register_id);
        writer.element("systemStatus", name(state));
    });
}

std::string write_requested_system_status(SystemState state, Edition edition) {
    return document("RequestSystemStatusResponse", edition,
                    [&](xml::Writer& writer) { writer.element("systemStatus", name(state)); });
}

std::string write_system_registered(std::string_view register_id, Edition edition) {
    return document("SystemRegisterResponse", edition,
                    [&](xml::Writer& writer) { writer.element("sysStatRegisterID", register_id); });
}

std::string write(const MonitorStarted& answer, Edition edition) {
    return document("MonitorStartResponse", edition, [&](xml::Writer& writer) {
        writer.element("monitorCrossRefID", answer.cross_ref);
        if (!answer.filter.passes_all()) write_filter(writer, "actualMonitorFilter", answer.filter);
        if (answer.existing_calls) writer.flag("monitorExistingCalls", *answer.existing_calls);
    });
}

std::string write_monitor_stop(std::string_view cross_ref, Edition edition) {
    return document("MonitorStop", edition,
                    [&](xml::Writer& writer) { writer.element("monitorCrossRefID", cross_ref); });
}

std::string write_filter_changed(const MonitorFilter& filter, Edition edition) {
    return document("ChangeMonitorFilterResponse", edition,
                    [&](xml::Writer& writer) { write_filter(writer, "actualFilterList", filter); });
}

std::string write_device_snapshot(std::span<const DeviceCall> calls, Edition edition) {
    return document("SnapshotDeviceResponse", edition, [&](xml::Writer& writer) {
        writer.open("crossRefIDorSnapshotData");
        write_calls(writer, calls);
    });
}

std::string write_device_snapshot_follows(std::string_view service_cross_ref, Edition edition) {
    return document("SnapshotDeviceResponse", edition, [&](xml::Writer& writer) {
        writer.open("crossRefIDorSnapshotData").element("serviceCrossRefID", service_cross_ref);
    });
}

std::string write_device_snapshot_data(const Segment& segment, std::span<const DeviceCall> calls, Edition edition) {
    return document("SnapshotDeviceData", edition, [&](xml::Writer& writer) {
        write_segment(writer, segment);
        write_calls(writer, calls);
    });
}

std::string write(const CallSnapshot& answer, Edition edition) {
    return document("SnapshotCallResponse", edition, [&](xml::Writer& writer) {
        writer.open("crossRefIDorSnapshotData").open("snapshotData");
        for (const CallParty& party : answer.parties)
            write_call_party(writer, party);
        writer.close().close();
        write_party(writer, "callingDevice", answer.calling);
        write_party(writer, "calledDevice", answer.called);
    });
}

std::string write(const CallMade& answer, Edition edition) {
    return document("MakeCallResponse", edition, [&](xml::Writer& writer) {
        write_connection(writer, "callingDevice", answer.calling);
        write_private_call(writer, answer.private_call_id);
    });
}

std::string write_consultation_initiated(const Connection& initiated, Edition edition) {
    return document("ConsultationCallResponse", edition,
                    [&](xml::Writer& writer) { write_connection(writer, "initiatedCall", initiated); });
}

std::string write_picked_up(const Connection& picked, Edition edition) {
    return document("DirectedPickupCallResponse", edition,
                    [&](xml::Writer& writer) { write_connection(writer, "pickedCall", picked); });
}

std::string write_transferred(std::string_view request_root, const Connection& transferred, Edition edition) {
    return document(response(request_root), edition,
                    [&](xml::Writer& writer) { write_connection(writer, "transferredCall", transferred); });
}

std::string write_do_not_disturb(bool on, Edition edition) {
    return document("GetDoNotDisturbResponse", edition,
                    [&](xml::Writer& writer) { writer.flag("doNotDisturbOn", on); });
}

std::string write_forwarding(std::span<const Forwarding> settings, Edition edition) {
    return document("GetForwardingResponse", edition, [&](xml::Writer& writer) {
        writer.open("forwardingList");
        for (const Forwarding& setting : settings) {
            writer.open("forwardListItem").element("forwardingType", name(setting.type));
            writer.flag("forwardStatus", setting.active);
            write_device_if(writer, "forwardDN", setting.to);
            if (setting.ring_count) writer.element("ringCount", *setting.ring_count);
            writer.close();
        }
    });
}

std::string write_agent_state(const Agent& agent, Edition edition) {
    return document("GetAgentStateResponse", edition, [&](xml::Writer& writer) {
        writer.open("agentStateList").open("agentStateEntry");
        if (!agent.id.empty()) writer.element("agentID", agent.id);
        writer.flag("loggedOnState", agent.logged_on).open("agentInfo").open("agentInfoItem");
        write_device_if(writer, "acdGroup", agent.group);
        writer.element("agentState", name(agent.mode));
    });
}

std::string write_message_waiting(bool on, Edition edition) {
    return document("GetMessageWaitingIndicatorResponse", edition,
                    [&](xml::Writer& writer) { writer.flag("messageWaitingOn", on); });
}

} // namespace lamp::csta
