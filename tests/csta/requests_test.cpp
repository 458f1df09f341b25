// What clients say, one row each: what is read of it; what is refused, and with which words.
#include "proto/csta/requests.hpp"

#include <array>

#include "here.hpp"

using namespace testing;
using csta::Body;
using csta::CallDeviceService;
using csta::CallService;
using csta::Edition;
using csta::EventKind;
using csta::Failure;

namespace {

struct Row {
    const char* root;
    const char* content;
    Body body;
};

void check(const Row& row) {
    CAPTURE(row.root);
    CAPTURE(row.content);
    const auto read = csta::read(document(row.root, row.content));
    REQUIRE(read);
    CHECK(read->root == row.root);
    CHECK(read->edition == Edition::ed5);
    CHECK(read->body == row.body);
}

constexpr auto leg = "<callID>88120</callID><deviceID>2101</deviceID>";
const csta::Connection connection{"88120", {"2101"}};

csta::MonitorFilter without(std::initializer_list<EventKind> kinds) {
    csta::MonitorFilter out;
    for (EventKind kind : kinds)
        out.hold_back(kind);
    return out;
}

std::string session(std::string_view root, std::string_view content) {
    return "<" + std::string(root) + " xmlns=\"" + std::string(csta::session_space) + "\">" + std::string(content) +
           "</" + std::string(root) + ">";
}

constexpr auto start_of_session =
    "<applicationInfo><applicationID>switchboard</applicationID><applicationSpecificInfo>"
    "<ns1:SessionLoginInfo xmlns:ns1=\"http://www.avaya.com/csta\"><ns1:userName>cti</ns1:userName>"
    "<ns1:password>p&amp;w</ns1:password></ns1:SessionLoginInfo></applicationSpecificInfo></applicationInfo>"
    "<requestedProtocolVersions>"
    "<protocolVersion>http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv5</protocolVersion>"
    "<protocolVersion>http://www.ecma-international.org/standards/ecma-323/csta/ed4</protocolVersion>"
    "</requestedProtocolVersions><requestedSessionDuration>180</requestedSessionDuration>";

} // namespace

TEST_CASE("system status and registration") {
    const std::array rows{
        Row{"RequestSystemStatus", "", csta::RequestSystemStatus{}},
        Row{"RequestSystemStatus", "<sysStatRegisterID>r1</sysStatRegisterID>", csta::RequestSystemStatus{"r1"}},
        Row{"SystemStatus", "<systemStatus>normal</systemStatus>", csta::SystemStatusTold{csta::SystemState::normal}},
        Row{"SystemStatus", "<systemStatus>messageLost</systemStatus>",
            csta::SystemStatusTold{csta::SystemState::messages_lost}},
        Row{"SystemStatusResponse", "", csta::SystemStatusAccepted{}},
        Row{"SystemRegister",
            "<requestTypes><systemStatus>true</systemStatus><requestSystemStatus>false</requestSystemStatus></"
            "requestTypes>",
            csta::SystemRegister{true, false, {}}},
        Row{"SystemRegister",
            "<requestTypes><systemStatus>1</systemStatus></requestTypes><requestedStatusFilter><normal>true</"
            "normal><disabled>false</disabled><messageLost>true</messageLost></requestedStatusFilter>",
            csta::SystemRegister{true, false, {csta::SystemState::normal, csta::SystemState::messages_lost}}},
        Row{"SystemRegisterCancel", "<sysStatRegisterID>r1</sysStatRegisterID>", csta::SystemRegisterCancel{"r1"}},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("monitors: every form of a device, filters") {
    using csta::MonitorStart;
    const auto device = [](std::string raw, std::string type = {}) {
        return MonitorStart{csta::DeviceId{std::move(raw), std::move(type)}, {}};
    };
    const std::array rows{
        Row{"MonitorStart", "<monitorObject><deviceObject>2101</deviceObject></monitorObject>", device("2101")},
        Row{"MonitorStart",
            "<monitorObject><deviceObject typeOfNumber=\"dialingNumber\" "
            "mediaClass=\"voice\">tel:+31201234567</deviceObject></monitorObject>",
            device("tel:+31201234567", "dialingNumber")},
        Row{"MonitorStart",
            "<monitorObject><deviceObject><deviceIdentifier "
            "typeOfNumber=\"other\">2101:CM1::0</deviceIdentifier></deviceObject></monitorObject>",
            device("2101:CM1::0", "other")},
        Row{"MonitorStart", "<monitorObject><deviceObject>N&lt;2101&gt;Alice</deviceObject></monitorObject>",
            device("N<2101>Alice")},
        Row{"MonitorStart", "<monitorObject>2101</monitorObject>", device("2101")},
        Row{"MonitorStart",
            "<monitorObject><callObject><callID>88120</callID><deviceID>2101</deviceID></callObject></"
            "monitorObject><monitorType>call</monitorType>",
            MonitorStart{{}, connection, {}, csta::MonitorType::call}},
        Row{"MonitorStart",
            "<monitorObject><deviceObject>2101</deviceObject></monitorObject><monitorType>device</"
            "monitorType><requestedMonitorMediaClass><data>true</data></requestedMonitorMediaClass>",
            MonitorStart{csta::DeviceId{"2101"}, {}, {}, csta::MonitorType::device, false}},
        Row{"MonitorStart",
            "<monitorObject><deviceObject>2101</deviceObject></"
            "monitorObject><requestedMonitorFilter><callcontrol><held>true</held><retrieved>1</"
            "retrieved><delivered>false</delivered></callcontrol>"
            "<physicalDeviceFeature><lampMode>true</lampMode><messageWaiting>true</messageWaiting></"
            "physicalDeviceFeature><logicalDeviceFeature><doNotDisturb>true</doNotDisturb></logicalDeviceFeature></"
            "requestedMonitorFilter>",
            MonitorStart{csta::DeviceId{"2101"},
                         {},
                         without({EventKind::held, EventKind::retrieved, EventKind::message_waiting,
                                  EventKind::do_not_disturb})}},
        Row{"MonitorStart", "<monitorObject><deviceObject>2101</deviceObject></monitorObject><requestedMonitorFilter/>",
            device("2101")},
        Row{"MonitorStop", "<monitorCrossRefID>m17</monitorCrossRefID>", csta::MonitorStop{"m17"}},
        Row{"MonitorStopResponse", "", csta::MonitorStopAccepted{}},
        Row{"ChangeMonitorFilter",
            "<monitorCrossRefID>m17</monitorCrossRefID><requestedFilterList><maintenance><outOfService>true</"
            "outOfService></maintenance></requestedFilterList>",
            csta::ChangeMonitorFilter{"m17", without({EventKind::out_of_service})}},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("Avaya's inverted filter names what is wanted") {
    const auto read = csta::read(document(
        "MonitorStart",
        "<monitorObject><deviceObject>2101</deviceObject></monitorObject><requestedMonitorFilter><callcontrol>"
        "<delivered>true</delivered><held>false</held></callcontrol></requestedMonitorFilter><extensions><privateData>"
        "<private><AvayaEvents xmlns=\"http://www.avaya.com/csta\"><invertFilter>true</invertFilter></AvayaEvents>"
        "</private></privateData></extensions>"));
    REQUIRE(read);
    const auto& filter = read->as<csta::MonitorStart>()->filter;
    CHECK(filter.passes(EventKind::delivered));
    CHECK_FALSE(filter.passes(EventKind::held));
    CHECK_FALSE(filter.passes(EventKind::do_not_disturb));
}

TEST_CASE("snapshots and capabilities") {
    const std::array rows{
        Row{"SnapshotDevice", "<snapshotObject>2101</snapshotObject>", csta::SnapshotDevice{{"2101"}}},
        Row{"SnapshotCall", "<snapshotObject><callID>88120</callID></snapshotObject>", csta::SnapshotCall{{"88120"}}},
        Row{"GetSwitchingFunctionCaps", "", csta::GetSwitchingFunctionCaps{}},
        Row{"GetSwitchingFunctionCapabilities", "", csta::GetSwitchingFunctionCaps{}},
        Row{"GetSwitchingFunctionDevices", "", csta::GetSwitchingFunctionDevices{}},
        Row{"GetSwitchingFunctionDevices",
            "<requestedDeviceID>2101</requestedDeviceID><requestedDeviceCategory>station</requestedDeviceCategory>",
            csta::GetSwitchingFunctionDevices{{"2101"}, "station"}},
        Row{"GetLogicalDeviceInformation", "<device>2101</device>", csta::GetLogicalDeviceInformation{{"2101"}}},
        Row{"GetPhysicalDeviceInformation", "<device>2101</device>", csta::GetPhysicalDeviceInformation{{"2101"}}},
        Row{"GetCSTAFeatures",
            "<extensions><privateData><private><lcs:line "
            "xmlns:lcs=\"http://schemas.microsoft.com/Lcs/2005/04/RCCExtension\">tel:2101</lcs:line></private></"
            "privateData></extensions>",
            csta::GetCstaFeatures{}},
        Row{"GetRouteingMode", "<device>2101</device>", csta::Unknown{}},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("call control") {
    const auto one = [](std::string_view element) {
        return "<" + std::string(element) + ">" + leg + "</" + std::string(element) + ">";
    };
    struct CallRow {
        const char* root;
        const char* first;
        const char* second;
        CallService service;
    };
    // clang-format off
    const std::array calls{
        CallRow{"AnswerCall",      "callToBeAnswered",      nullptr,      CallService::answer_call},
        CallRow{"ClearConnection", "connectionToBeCleared", nullptr,      CallService::clear_connection},
        CallRow{"ClearCall",       "callToBeCleared",       nullptr,      CallService::clear_call},
        CallRow{"HoldCall",        "callToBeHeld",          nullptr,      CallService::hold_call},
        CallRow{"RetrieveCall",    "callToBeRetrieved",     nullptr,      CallService::retrieve_call},
        CallRow{"AlternateCall",   "heldCall",              "activeCall", CallService::alternate_call},
        CallRow{"ReconnectCall",   "activeCall",            "heldCall",   CallService::reconnect_call},
        CallRow{"TransferCall",    "heldCall",              "activeCall", CallService::transfer_call},
        CallRow{"ConferenceCall",  "heldCall",              "activeCall", CallService::conference_call},
    };
    // clang-format on
    for (const CallRow& row : calls) {
        const csta::Connection other{"7", {"2199"}};
        std::string content = one(row.first);
        if (row.second) content.append("<").append(row.second).append("><callID>7</callID><deviceID>2199</deviceID></");
        if (row.second) content.append(row.second).append(">");
        check({row.root, content.c_str(),
               csta::CallRequest{row.service, connection, row.second ? other : csta::Connection{}}});
    }
    const std::array rows{
        Row{"MakeCall",
            "<callingDevice "
            "typeOfNumber=\"explicitPublic:subscriber\">2101</callingDevice><calledDirectoryNumber>+15550100</"
            "calledDirectoryNumber>",
            csta::MakeCall{{"2101", "explicitPublic:subscriber"}, {"+15550100"}}},
        Row{"MakeCall",
            "<callingDevice>tel:2101</callingDevice><calledDirectoryNumber>tel:2199</"
            "calledDirectoryNumber><autoOriginate>prompt</autoOriginate>",
            csta::MakeCall{{"tel:2101"}, {"tel:2199"}, true}},
        Row{"MakeCall",
            "<callingDevice>2101</callingDevice><calledDirectoryNumber/><autoOriginate>doNotPrompt</"
            "autoOriginate><userData>ff</userData>",
            csta::MakeCall{{"2101"}, {}}},
        Row{"ConsultationCall",
            "<existingCall><callID>88120</callID><deviceID>2101</deviceID></existingCall><consultedDevice>2199</"
            "consultedDevice>",
            csta::CallDeviceRequest{CallDeviceService::consultation_call, connection, {"2199"}}},
        Row{"SingleStepTransferCall",
            "<activeCall><callID>88120</callID><deviceID>2101</deviceID></activeCall><transferredTo>2199</"
            "transferredTo>",
            csta::CallDeviceRequest{CallDeviceService::single_step_transfer_call, connection, {"2199"}}},
        Row{"DeflectCall",
            "<callToBeDiverted><callID>88120</callID><deviceID>2101</deviceID></callToBeDiverted><newDestination>2199</"
            "newDestination>",
            csta::CallDeviceRequest{CallDeviceService::deflect_call, connection, {"2199"}}},
        Row{"DeflectCall",
            "<callToBeDiverted><callID>88120</callID><deviceID>2101</deviceID></"
            "callToBeDiverted><newDestination><device>2199</device></newDestination>",
            csta::CallDeviceRequest{CallDeviceService::deflect_call, connection, {"2199"}}},
        Row{"DirectedPickupCall",
            "<callToBePickedUp><callID>88120</callID><deviceID>2101</deviceID></"
            "callToBePickedUp><requestingDevice>2102</requestingDevice>",
            csta::CallDeviceRequest{CallDeviceService::directed_pickup_call, connection, {"2102"}}},
        Row{"AnswerCall",
            "<callToBeAnswered><deviceID typeOfNumber=\"deviceNumber\">2101</deviceID></callToBeAnswered>",
            csta::CallRequest{CallService::answer_call, {"", {"2101", "deviceNumber"}}}},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("logical device features, also as telephones ask for them") {
    const std::array rows{
        Row{"GetDoNotDisturb", "<device>2101</device>", csta::GetDoNotDisturb{{"2101"}}},
        Row{"SetDoNotDisturb", "<device/><doNotDisturbOn>true</doNotDisturbOn>", csta::SetDoNotDisturb{{}, true}},
        Row{"SetDoNotDisturb", "<device>2101</device><doNotDisturbOn>0</doNotDisturbOn>",
            csta::SetDoNotDisturb{{"2101"}, false}},
        Row{"GetForwarding", "<device>2101</device>", csta::GetForwarding{{"2101"}}},
        Row{"SetForwarding",
            "<device/><forwardingType>forwardNoAns</forwardingType><activateForward>true</"
            "activateForward><forwardDN>2199</forwardDN><ringCount>3</ringCount>",
            csta::SetForwarding{{}, csta::ForwardingType::no_answer, true, {"2199"}, 3}},
        Row{"SetForwarding", "<device>2101</device><activateForward>false</activateForward>",
            csta::SetForwarding{{"2101"}}},
        Row{"GetAgentState", "<device>2101</device><acdGroup>2300</acdGroup>", csta::GetAgentState{{"2101"}, {"2300"}}},
        Row{"SetAgentState",
            "<device>2101</device><requestedAgentState>ready</requestedAgentState><agentID>ada</agentID>",
            csta::SetAgentState{{"2101"}, csta::AgentWish::ready, "ada"}},
        Row{"SetAgentState", "<device/><requestedAgentState>workingAfterCall</requestedAgentState>",
            csta::SetAgentState{{}, csta::AgentWish::working_after_call}},
        Row{"GetMessageWaitingIndicator", "<device>2101</device>", csta::GetMessageWaitingIndicator{{"2101"}}},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("sessions") {
    const auto start = csta::read(session("StartApplicationSession", start_of_session));
    REQUIRE(start);
    CHECK_FALSE(start->edition);
    const auto* body = start->as<csta::StartSession>();
    REQUIRE(body);
    CHECK(body->application_id == "switchboard");
    CHECK(body->info("username") == "cti");
    CHECK(body->info("password") == "p&w");
    CHECK(body->info("domain").empty());
    CHECK(body->duration_s == 180);
    REQUIRE(body->protocol_versions.size() == 2);
    CHECK(csta::edition_of(body->protocol_versions[0]) == Edition::ed3);

    const auto reset = csta::read(session("ResetApplicationSessionTimer", "<sessionID>s1</sessionID>"));
    REQUIRE(reset);
    CHECK(reset->body == Body(csta::ResetSessionTimer{"s1", {}}));
    const auto stop = csta::read(session(
        "StopApplicationSession",
        "<sessionID>s1</sessionID><sessionEndReason><definedEndReason>normal</definedEndReason></sessionEndReason>"));
    REQUIRE(stop);
    CHECK(stop->body == Body(csta::StopSession{"s1", "normal"}));
}

TEST_CASE("prefixes, editions, no namespace, an older declaration") {
    const auto prefixed = csta::read(
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n"
        "<ns3:SnapshotDevice xmlns:ns2=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        "xmlns:ns3=\"http://www.ecma-international.org/standards/ecma-323/csta/ed4\"><ns3:snapshotObject>2101"
        "</ns3:snapshotObject></ns3:SnapshotDevice>");
    REQUIRE(prefixed);
    CHECK(prefixed->edition == Edition::ed4);
    CHECK(prefixed->body == Body(csta::SnapshotDevice{{"2101"}}));
    const auto none = csta::read("<MonitorStop><monitorCrossRefID>m1</monitorCrossRefID></MonitorStop>");
    REQUIRE(none);
    CHECK_FALSE(none->edition);
    const auto old = csta::read(document("RequestSystemStatus", "", Edition::ed2_ecma_ch));
    REQUIRE(old);
    CHECK(old->edition == Edition::ed2_ecma_ch);
}

TEST_CASE("errors of the client") {
    const auto read = [](std::string_view content) {
        const auto message = csta::read(document("CSTAErrorCode", content));
        REQUIRE(message);
        REQUIRE(message->as<csta::CstaError>());
        return *message->as<csta::CstaError>();
    };
    CHECK(read("<operation>serviceNotSupported</operation>").failure == Failure::service_not_supported);
    CHECK(read("<systemResourceAvailability>networkBusy</systemResourceAvailability>").failure ==
          Failure::network_busy);
    CHECK(read("<unspecified/>").failure == Failure::unspecified);
    CHECK(read("<privateErrorCode>busy doing nothing</privateErrorCode>").private_code == "busy doing nothing");
}

TEST_CASE("refused, with a failure for the client and the element for people") {
    struct RefusedRow {
        const char* root;
        const char* content;
        Failure failure;
        const char* says; // "? x": has a value in x that the schema does not know
    };
    const std::array rows{
        RefusedRow{"MonitorStart", "", Failure::parameter_missing, "lacks monitorObject"},
        RefusedRow{"MonitorStart", "<monitorObject/>", Failure::invalid_monitor_object,
                   "names nothing in monitorObject"},
        RefusedRow{"MonitorStart", "<monitorObject><deviceObject/></monitorObject>", Failure::invalid_monitor_object,
                   "names nothing in monitorObject"},
        RefusedRow{"MonitorStart", "<monitorObject><callObject/></monitorObject>", Failure::invalid_connection,
                   "names neither call nor device in callObject"},
        RefusedRow{"MonitorStart", "<monitorObject>2101</monitorObject><monitorType>line</monitorType>",
                   Failure::invalid_monitor_type, "? monitorType"},
        RefusedRow{"MonitorStart",
                   "<monitorObject>2101</monitorObject><requestedMonitorFilter><callcontrol><held>yes</held></"
                   "callcontrol></requestedMonitorFilter>",
                   Failure::invalid_monitor_filter, "? held"},
        RefusedRow{"MonitorStop", "", Failure::parameter_missing, "lacks monitorCrossRefID"},
        RefusedRow{"MonitorStop", "<monitorCrossRefID/>", Failure::invalid_monitor_cross_ref,
                   "has nothing in monitorCrossRefID"},
        RefusedRow{"ChangeMonitorFilter", "<monitorCrossRefID>1</monitorCrossRefID>", Failure::parameter_missing,
                   "lacks requestedFilterList"},
        RefusedRow{"SnapshotDevice", "", Failure::parameter_missing, "lacks snapshotObject"},
        RefusedRow{"SnapshotCall", "<snapshotObject/>", Failure::invalid_connection,
                   "names neither call nor device in snapshotObject"},
        RefusedRow{"GetLogicalDeviceInformation", "<device/>", Failure::invalid_device, "names nothing in device"},
        RefusedRow{"MakeCall", "<calledDirectoryNumber>1</calledDirectoryNumber>", Failure::parameter_missing,
                   "lacks callingDevice"},
        RefusedRow{"MakeCall", "<callingDevice> </callingDevice>", Failure::invalid_calling_device,
                   "names nothing in callingDevice"},
        RefusedRow{"MakeCall", "<callingDevice>1</callingDevice><autoOriginate>maybe</autoOriginate>",
                   Failure::invalid_parameter_value, "? autoOriginate"},
        RefusedRow{"AnswerCall", "", Failure::parameter_missing, "lacks callToBeAnswered"},
        RefusedRow{"TransferCall", "<heldCall><callID>1</callID></heldCall>", Failure::parameter_missing,
                   "lacks activeCall"},
        RefusedRow{"DeflectCall", "<callToBeDiverted><callID>1</callID></callToBeDiverted>", Failure::parameter_missing,
                   "lacks newDestination"},
        RefusedRow{"DeflectCall",
                   "<callToBeDiverted><callID>1</callID></callToBeDiverted><newDestination><device>1</"
                   "device><device>2</device></newDestination>",
                   Failure::invalid_destination, "names more than one device in newDestination"},
        RefusedRow{"DeflectCall",
                   "<callToBeDiverted><callID>1</callID></callToBeDiverted><newDestination><device/></newDestination>",
                   Failure::invalid_destination, "names nothing in newDestination"},
        RefusedRow{"SetDoNotDisturb", "<device/>", Failure::parameter_missing, "lacks doNotDisturbOn"},
        RefusedRow{"SetDoNotDisturb", "<doNotDisturbOn>true</doNotDisturbOn>", Failure::parameter_missing,
                   "lacks device"},
        RefusedRow{"SetDoNotDisturb", "<device/><doNotDisturbOn>on</doNotDisturbOn>", Failure::invalid_parameter_value,
                   "? doNotDisturbOn"},
        RefusedRow{"SetForwarding",
                   "<device/><forwardingType>always</forwardingType><activateForward>true</activateForward>",
                   Failure::invalid_forwarding_type, "? forwardingType"},
        RefusedRow{"SetForwarding", "<device/><activateForward>true</activateForward><ringCount>0</ringCount>",
                   Failure::invalid_ring_count, "? ringCount"},
        RefusedRow{"SetForwarding", "<device/><activateForward>true</activateForward><ringCount>3x</ringCount>",
                   Failure::invalid_ring_count, "? ringCount"},
        RefusedRow{"SetAgentState", "<device/><requestedAgentState>lunch</requestedAgentState>",
                   Failure::invalid_agent_state, "? requestedAgentState"},
        RefusedRow{"SystemStatus", "<systemStatus>fine</systemStatus>", Failure::invalid_parameter_value,
                   "? systemStatus"},
        RefusedRow{"SystemRegister", "", Failure::parameter_missing, "lacks requestTypes"},
        RefusedRow{"CSTAErrorCode", "", Failure::parameter_missing, "lacks a category"},
        RefusedRow{"StartApplicationSession", "<applicationInfo/>", Failure::parameter_missing, "lacks applicationID"},
        RefusedRow{"StartApplicationSession",
                   "<applicationInfo><applicationID>a</applicationID></applicationInfo><requestedProtocolVersions/>",
                   Failure::parameter_missing, "lacks protocolVersion"},
        RefusedRow{"ResetApplicationSessionTimer",
                   "<sessionID>s</sessionID><requestedSessionDuration>-1</requestedSessionDuration>",
                   Failure::invalid_parameter_value, "? requestedSessionDuration"},
    };
    for (const RefusedRow& row : rows) {
        CAPTURE(row.root);
        CAPTURE(row.content);
        const auto read = csta::read(document(row.root, row.content));
        REQUIRE_FALSE(read);
        CHECK(read.error().failure == row.failure);
        CHECK(read.error().edition == Edition::ed5);
        CHECK(read.error().root == row.root);
        const std::string says = row.says;
        CHECK(read.error().text == std::string(row.root) + " " +
                                       (says.starts_with("? ")
                                            ? "has a value in " + says.substr(2) + " that the schema does not know."
                                            : says + "."));
    }
    for (std::string_view no_xml : {"", "<MakeCall>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"}) {
        const auto read = csta::read(no_xml);
        REQUIRE_FALSE(read);
        CHECK(read.error().failure == Failure::generic);
        CHECK(read.error().root.empty());
        CHECK_FALSE(read.error().text.empty());
    }
}
