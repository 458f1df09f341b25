// What a server answers, byte by byte: names, order and namespaces are what strict clients validate.
#include "proto/csta/answers.hpp"

#include <array>

#include "here.hpp"
#include "proto/csta/errors.hpp"
#include "proto/csta/requests.hpp"

using namespace testing;
using csta::Edition;
using csta::LocalState;

namespace {

std::string session(std::string_view root, std::string_view content) {
    const std::string head = "<" + std::string(root) + " xmlns=\"" + std::string(csta::session_space) + "\"";
    return content.empty() ? head + "/>" : head + ">" + std::string(content) + "</" + std::string(root) + ">";
}

void check(std::string_view written, std::string_view root, std::string_view content) {
    CHECK(undeclared(written) == document(root, content));
}

const csta::Connection leg{"88120", {"2101"}};
constexpr auto ed5 = Edition::ed5;

} // namespace

TEST_CASE("sessions, in their own namespace") {
    CHECK(undeclared(write(csta::SessionStarted{"s1", "http://x/ed5", 120})) ==
          session("StartApplicationSessionPosResponse",
                  "<sessionID>s1</sessionID><actualProtocolVersion>http://x/ed5</actualProtocolVersion>"
                  "<actualSessionDuration>120</actualSessionDuration>"));
    CHECK(undeclared(csta::write_session_timer_reset(90)) ==
          session("ResetApplicationSessionTimerPosResponse", "<actualSessionDuration>90</actualSessionDuration>"));
    CHECK(undeclared(csta::write_session_stopped()) == session("StopApplicationSessionPosResponse", ""));
    CHECK(undeclared(csta::write_session_terminated("s1", csta::SessionEnd::timer_expired)) ==
          session("ApplicationSessionTerminated",
                  "<sessionID>s1</sessionID><sessionTermReason><definedTermReason>sessionTimerExpired"
                  "</definedTermReason></sessionTermReason>"));
    struct Row {
        const char* request;
        csta::SessionFailure failure;
        const char* word;
    };
    const std::array rows{
        Row{"StartApplicationSession", csta::SessionFailure::invalid_application_info, "invalidApplicationInfo"},
        Row{"StartApplicationSession", csta::SessionFailure::version_not_supported,
            "requestedProtocolVersionNotSupported"},
        Row{"StartApplicationSession", csta::SessionFailure::server_resources_busy, "serverResourcesBusy"},
        Row{"StartApplicationSession", csta::SessionFailure::too_many_sessions, "maxNumberSessions"},
        Row{"StopApplicationSession", csta::SessionFailure::invalid_session_id, "invalidSessionID"},
        Row{"ResetApplicationSessionTimer", csta::SessionFailure::cannot_reset_session_timer,
            "serverCannotResetSessionTimer"},
    };
    for (const Row& row : rows) {
        CHECK(undeclared(write(csta::SessionRefusal{row.request, row.failure})) ==
              session(std::string(row.request) + "NegResponse",
                      "<errorCode><definedError>" + std::string(row.word) + "</definedError></errorCode>"));
        CHECK(csta::is_session_request(row.request));
    }
    CHECK_FALSE(csta::is_session_request("MakeCall"));
}

TEST_CASE("errors") {
    using csta::CstaError;
    using csta::Failure;
    check(write(CstaError{Failure::invalid_device}, ed5), "CSTAErrorCode", "<operation>invalidDeviceID</operation>");
    check(write(CstaError{Failure::network_busy}, ed5), "CSTAErrorCode",
          "<systemResourceAvailibility>networkBusy</systemResourceAvailibility>");
    check(write(CstaError{Failure::unspecified}, ed5), "CSTAErrorCode", "<unspecified></unspecified>");
    check(write(CstaError{Failure::generic, "no <such> thing"}, ed5), "CSTAErrorCode",
          "<privateErrorCode>no &lt;such&gt; thing</privateErrorCode>");
    for (int i = 0; i <= static_cast<int>(Failure::unspecified); ++i) {
        const CstaError error{static_cast<Failure>(i)};
        const auto read = csta::read(write(error, Edition::ed3));
        REQUIRE(read);
        CHECK(read->edition == Edition::ed3);
        CHECK(read->body == csta::Body(error));
    }
}

TEST_CASE("the yes that says no more, in the client's edition") {
    CHECK(undeclared(csta::write_done("AnswerCall", Edition::ed3)) ==
          "<AnswerCallResponse xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed3\"/>");
    CHECK(undeclared(csta::write_done("SystemStatus", Edition::ed2_ecma_ch)) ==
          "<SystemStatusResponse xmlns=\"http://www.ecma.ch/standards/ecma-323/csta/ed2\"/>");
    CHECK(undeclared(csta::write_done("StopApplicationSession", ed5)) ==
          session("StopApplicationSessionPosResponse", ""));
}

TEST_CASE("system status, monitors") {
    check(csta::write_system_status(csta::SystemState::partially_disabled, "", ed5), "SystemStatus",
          "<systemStatus>partiallyDisabled</systemStatus>");
    check(csta::write_system_status(csta::SystemState::messages_lost, "r1", ed5), "SystemStatus",
          "<sysStatRegisterID>r1</sysStatRegisterID><systemStatus>messagesLost</systemStatus>");
    check(csta::write_requested_system_status(csta::SystemState::normal, ed5), "RequestSystemStatusResponse",
          "<systemStatus>normal</systemStatus>");
    check(csta::write_system_registered("r1", ed5), "SystemRegisterResponse",
          "<sysStatRegisterID>r1</sysStatRegisterID>");
    check(write(csta::MonitorStarted{"m17", {}, {}}, ed5), "MonitorStartResponse",
          "<monitorCrossRefID>m17</monitorCrossRefID>");
    csta::MonitorFilter filter;
    filter.hold_back(csta::EventKind::out_of_service);
    filter.hold_back(csta::EventKind::held);
    filter.hold_back(csta::EventKind::bridged);
    check(write(csta::MonitorStarted{"m17", filter, true}, ed5), "MonitorStartResponse",
          "<monitorCrossRefID>m17</monitorCrossRefID><actualMonitorFilter><callcontrol><bridged>true</bridged>"
          "<held>true</held></callcontrol><maintenance><outOfService>true</outOfService></maintenance>"
          "</actualMonitorFilter><monitorExistingCalls>true</monitorExistingCalls>");
    check(csta::write_filter_changed({}, ed5), "ChangeMonitorFilterResponse", "<actualFilterList/>");
    check(csta::write_monitor_stop("m17", ed5), "MonitorStop", "<monitorCrossRefID>m17</monitorCrossRefID>");
}

TEST_CASE("filters there and back") {
    for (std::size_t i = 0; i < csta::event_kind_count; ++i) {
        csta::ChangeMonitorFilter change{"m1"};
        change.filter.hold_back(static_cast<csta::EventKind>(i));
        change.filter.hold_back(csta::EventKind::failed);
        auto text = csta::write_filter_changed(change.filter, ed5);
        // The same filter under the names of the request.
        const auto rename = [&](std::string_view from, std::string_view to) {
            for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
                text.replace(at, from.size(), to);
        };
        rename("ChangeMonitorFilterResponse", "ChangeMonitorFilter");
        rename("actualFilterList", "requestedFilterList");
        text.insert(text.find("<requestedFilterList"), "<monitorCrossRefID>m1</monitorCrossRefID>");
        const auto read = csta::read(text);
        REQUIRE(read);
        CHECK(read->body == csta::Body(change));
    }
}

TEST_CASE("what the server asks is read as what clients ask") {
    const auto status = csta::read(csta::write_system_status(csta::SystemState::messages_lost, "", Edition::ed6));
    REQUIRE(status);
    CHECK(status->edition == Edition::ed6);
    CHECK(status->body == csta::Body(csta::SystemStatusTold{csta::SystemState::messages_lost}));
    const auto stop = csta::read(csta::write_monitor_stop("m<1>", Edition::ed4));
    REQUIRE(stop);
    CHECK(stop->body == csta::Body(csta::MonitorStop{"m<1>"}));
    const auto done = csta::read(csta::write_done("SystemStatus", ed5));
    REQUIRE(done);
    CHECK(done->as<csta::SystemStatusAccepted>());
}

TEST_CASE("snapshots, whole and in segments") {
    csta::DeviceCall call{leg, csta::Party::known("2101"), {LocalState::connected, LocalState::hold}, {}};
    call.permitted.hold_call = true;
    call.permitted.clear_connection = true;
    const csta::DeviceCall unknown{{"7", {}}, {}, {}, {}};
    constexpr auto data =
        "<snapshotData><snapshotDeviceResponseInfo><connectionIdentifier><callID>88120</callID>"
        "<deviceID>2101</deviceID></connectionIdentifier><endpointDevice><deviceIdentifier>2101</deviceIdentifier>"
        "</endpointDevice><localCallState><compoundCallState><localConnectionState>connected</localConnectionState>"
        "<localConnectionState>hold</localConnectionState></compoundCallState></localCallState><servicesPermitted>"
        "<callControlServices><clearConnection>true</clearConnection><holdCall>true</holdCall></callControlServices>"
        "</servicesPermitted></snapshotDeviceResponseInfo><snapshotDeviceResponseInfo><connectionIdentifier>"
        "<callID>7</callID></connectionIdentifier><localCallState><unknown/></localCallState>"
        "</snapshotDeviceResponseInfo></snapshotData>";
    const std::array calls{call, unknown};
    check(csta::write_device_snapshot(calls, ed5), "SnapshotDeviceResponse",
          "<crossRefIDorSnapshotData>" + std::string(data) + "</crossRefIDorSnapshotData>");
    check(csta::write_device_snapshot({}, ed5), "SnapshotDeviceResponse",
          "<crossRefIDorSnapshotData><snapshotData/></crossRefIDorSnapshotData>");
    check(csta::write_device_snapshot_follows("x1", ed5), "SnapshotDeviceResponse",
          "<crossRefIDorSnapshotData><serviceCrossRefID>x1</serviceCrossRefID></crossRefIDorSnapshotData>");
    check(csta::write_device_snapshot_data({"x1", 2, true}, calls, ed5), "SnapshotDeviceData",
          "<serviceCrossRefID>x1</serviceCrossRefID><segmentID>2</segmentID><lastSegment>true</lastSegment>" +
              std::string(data));

    csta::CallSnapshot whole;
    whole.parties.push_back({csta::Party::known("2101"), leg, LocalState::alerting});
    whole.parties.push_back({csta::Party::restricted(), {}, {}});
    whole.calling = csta::Party::restricted();
    whole.called = csta::Party::known("2101");
    check(write(whole, ed5), "SnapshotCallResponse",
          "<crossRefIDorSnapshotData><snapshotData><snapshotCallResponseInfo><deviceOnCall><deviceIdentifier>2101"
          "</deviceIdentifier></deviceOnCall><callIdentifier><callID>88120</callID><deviceID>2101</deviceID>"
          "</callIdentifier><localConnectionInfo>alerting</localConnectionInfo></snapshotCallResponseInfo>"
          "<snapshotCallResponseInfo><deviceOnCall><restricted/></deviceOnCall></snapshotCallResponseInfo>"
          "</snapshotData></crossRefIDorSnapshotData><callingDevice><restricted/></callingDevice><calledDevice>"
          "<deviceIdentifier>2101</deviceIdentifier></calledDevice>");
}

TEST_CASE("call control") {
    check(write(csta::CallMade{leg}, ed5), "MakeCallResponse",
          "<callingDevice><callID>88120</callID><deviceID>2101</deviceID></callingDevice>");
    check(write(csta::CallMade{leg, "callhalf-1:0"}, ed5), "MakeCallResponse",
          "<callingDevice><callID>88120</callID><deviceID>2101</deviceID></callingDevice><extensions><privateData>"
          "<private><platformCallID xmlns=\"urn:lamplighter:csta\">callhalf-1:0</platformCallID></private>"
          "</privateData></extensions>");
    check(csta::write_consultation_initiated(leg, ed5), "ConsultationCallResponse",
          "<initiatedCall><callID>88120</callID><deviceID>2101</deviceID></initiatedCall>");
    check(csta::write_picked_up(leg, ed5), "DirectedPickupCallResponse",
          "<pickedCall><callID>88120</callID><deviceID>2101</deviceID></pickedCall>");
    check(csta::write_transferred("SingleStepTransferCall", {"9", {"2199", "dynamic"}}, ed5),
          "SingleStepTransferCallResponse",
          "<transferredCall><callID>9</callID><deviceID typeOfNumber=\"dynamic\">2199</deviceID></transferredCall>");
}

TEST_CASE("logical device features") {
    check(csta::write_do_not_disturb(true, ed5), "GetDoNotDisturbResponse", "<doNotDisturbOn>true</doNotDisturbOn>");
    const std::array settings{csta::Forwarding{csta::ForwardingType::no_answer, true, {"2199"}, 3},
                              csta::Forwarding{csta::ForwardingType::immediate}};
    check(csta::write_forwarding(settings, ed5), "GetForwardingResponse",
          "<forwardingList><forwardListItem><forwardingType>forwardNoAns</forwardingType><forwardStatus>true"
          "</forwardStatus><forwardDN>2199</forwardDN><ringCount>3</ringCount></forwardListItem><forwardListItem>"
          "<forwardingType>forwardImmediate</forwardingType><forwardStatus>false</forwardStatus></forwardListItem>"
          "</forwardingList>");
    check(csta::write_agent_state({"ada", true, csta::AgentMode::ready, {"2300"}}, ed5), "GetAgentStateResponse",
          "<agentStateList><agentStateEntry><agentID>ada</agentID><loggedOnState>true</loggedOnState><agentInfo>"
          "<agentInfoItem><acdGroup>2300</acdGroup><agentState>agentReady</agentState></agentInfoItem></agentInfo>"
          "</agentStateEntry></agentStateList>");
    check(csta::write_message_waiting(false, ed5), "GetMessageWaitingIndicatorResponse",
          "<messageWaitingOn>false</messageWaitingOn>");
}
