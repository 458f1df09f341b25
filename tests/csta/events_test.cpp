// Events: what stands in each, in which order; the documents of as-feature-event.
#include "proto/csta/events.hpp"

#include <array>

#include "here.hpp"
#include "proto/csta/requests.hpp"
#include "proto/xml/tree.hpp"

using namespace testing;
using csta::CallEvent;
using csta::Edition;
using csta::EventKind;
using csta::Party;

namespace {

CallEvent event(EventKind kind) {
    CallEvent out{kind, {"88120", {"2101"}}};
    out.subject = Party::known("2101");
    out.other = Party::known("2199");
    out.calling = Party::known("+15550100");
    out.called = Party::known("2101");
    out.local = csta::LocalState::connected;
    out.cause = csta::Cause::new_call;
    out.private_call_id = "callhalf-1:0";
    out.permitted.hold_call = true;
    out.connections.push_back(
        {csta::Connection{"9", {"2199"}}, csta::Connection{"88120", {"2199"}}, Party::known("2199")});
    out.secondary_old = csta::Connection{"7", {"2101"}};
    out.calls_in_front = 2;
    return out;
}

std::string names(std::string_view text) {
    const auto root = lamp::xml::parse_tree(text);
    REQUIRE(root);
    std::string out = root->name + ":";
    for (const auto& child : root->children)
        out += " " + child.name;
    return out;
}

std::string feature(std::string_view root, std::string_view content) {
    return document(root, content, Edition::ed3);
}

} // namespace

TEST_CASE("a call is delivered, byte by byte") {
    CallEvent delivered{EventKind::delivered, {"88120", {"2101"}}};
    delivered.subject = Party::known("2101");
    delivered.calling = Party::known("+15550100");
    delivered.called = Party::known("2101");
    delivered.local = csta::LocalState::alerting;
    delivered.cause = csta::Cause::new_call;
    CHECK(undeclared(csta::write(delivered, "m17", Edition::ed5)) ==
          document("DeliveredEvent", "<monitorCrossRefID>m17</monitorCrossRefID>"
                                     "<connection><callID>88120</callID><deviceID>2101</deviceID></connection>"
                                     "<alertingDevice><deviceIdentifier>2101</deviceIdentifier></alertingDevice>"
                                     "<callingDevice><deviceIdentifier>+15550100</deviceIdentifier></callingDevice>"
                                     "<calledDevice><deviceIdentifier>2101</deviceIdentifier></calledDevice>"
                                     "<lastRedirectionDevice><notRequired/></lastRedirectionDevice>"
                                     "<localConnectionInfo>alerting</localConnectionInfo><cause>newCall</cause>"));
    delivered.calling = Party::restricted();
    delivered.called = {};
    delivered.last_redirection = Party::known("2300");
    CHECK(csta::write(delivered, "m17", Edition::ed5)
              .contains("<callingDevice><restricted/></callingDevice><calledDevice><notKnown/></calledDevice>"
                        "<lastRedirectionDevice><numberDialed>2300</numberDialed></lastRedirectionDevice>"));
    delivered.calling = Party::not_required(); // has no place but in lastRedirectionDevice
    CHECK(csta::write(delivered, "m17", Edition::ed5).contains("<callingDevice><notKnown/></callingDevice>"));
}

TEST_CASE("every event about a call, in the order of the schema") {
    struct Row {
        EventKind kind;
        const char* names; // between monitorCrossRefID and extensions
    };
    const std::array rows{
        Row{EventKind::service_initiated, "ServiceInitiatedEvent: * initiatedConnection initiatingDevice "
                                          "localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::originated, "OriginatedEvent: * originatedConnection callingDevice calledDevice "
                                   "localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::network_reached,
            "NetworkReachedEvent: * outboundConnection networkInterfaceUsed callingDevice calledDevice "
            "lastRedirectionDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::offered, "OfferedEvent: * offeredConnection offeredDevice callingDevice calledDevice "
                                "lastRedirectionDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::delivered, "DeliveredEvent: * connection alertingDevice callingDevice calledDevice "
                                  "lastRedirectionDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::established, "EstablishedEvent: * establishedConnection answeringDevice callingDevice "
                                    "calledDevice lastRedirectionDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::held, "HeldEvent: * heldConnection holdingDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::retrieved,
            "RetrievedEvent: * retrievedConnection retrievingDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::queued, "QueuedEvent: * queuedConnection queue callingDevice calledDevice lastRedirectionDevice "
                               "callsInFront localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::diverted, "DivertedEvent: * connection divertingDevice newDestination callingDevice "
                                 "calledDevice lastRedirectionDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::transferred,
            "TransferedEvent: * primaryOldCall secondaryOldCall transferringDevice transferredToDevice "
            "transferredConnections localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::conferenced, "ConferencedEvent: * primaryOldCall secondaryOldCall conferencingDevice addedParty "
                                    "conferenceConnections localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::failed, "FailedEvent: * failedConnection failingDevice callingDevice calledDevice "
                               "lastRedirectionDevice localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::connection_cleared, "ConnectionClearedEvent: * droppedConnection releasingDevice "
                                           "localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::call_cleared, "CallClearedEvent: * clearedCall cause *"},
        Row{EventKind::bridged,
            "BridgedEvent: * bridgedConnection bridgedAppearance localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::digits_dialed, "DigitsDialedEvent: * dialingConnection dialingDevice dialingSequence "
                                      "localConnectionInfo cause servicesPermitted *"},
        Row{EventKind::call_information, "CallInformationEvent: * connection device callingDevice servicesPermitted *"},
    };
    for (const Row& row : rows) {
        std::string expected = row.names;
        expected.replace(expected.find('*'), 1, "monitorCrossRefID");
        expected.replace(expected.find('*'), 1, "extensions");
        const auto written = csta::write(event(row.kind), "m17", Edition::ed6);
        CHECK(names(written) == expected);
        const auto read = csta::read(written);
        REQUIRE(read);
        CHECK(read->edition == Edition::ed6);
        CHECK(read->root == csta::root_of(row.kind));
    }
}

TEST_CASE("a transfer names the old calls and the new connections") {
    const auto written = csta::write(event(EventKind::transferred), "m17", Edition::ed5);
    CHECK(written.contains(
        "<primaryOldCall><callID>88120</callID><deviceID>2101</deviceID></primaryOldCall>"
        "<secondaryOldCall><callID>7</callID><deviceID>2101</deviceID></secondaryOldCall>"
        "<transferringDevice><deviceIdentifier>2101</deviceIdentifier></transferringDevice>"
        "<transferredToDevice><deviceIdentifier>2199</deviceIdentifier></transferredToDevice>"
        "<transferredConnections><connectionListItem>"
        "<newConnection><callID>9</callID><deviceID>2199</deviceID></newConnection>"
        "<oldConnection><callID>88120</callID><deviceID>2199</deviceID></oldConnection>"
        "<endpoint><deviceID>2199</deviceID></endpoint></connectionListItem></transferredConnections>"));
    CHECK(written.contains("<extensions><privateData><private><platformCallID xmlns=\"urn:lamplighter:csta\">"
                           "callhalf-1:0</platformCallID></private></privateData></extensions>"));
    CHECK(csta::write(event(EventKind::digits_dialed), "m1", Edition::ed5)
              .contains("<dialingSequence>2199</dialingSequence>"));
    CallEvent bare{EventKind::conferenced, {"1", {}}};
    bare.connections.push_back({{}, csta::Connection{"1", {"2"}}, Party::restricted()});
    CHECK(csta::write(bare, "m1", Edition::ed5)
              .contains("<endpoint><restricted/></endpoint></connectionListItem></conferenceConnections><cause>normal"
                        "</cause></ConferencedEvent>"));
}

TEST_CASE("features, agents and service: for monitors, and for telephones") {
    struct Row {
        csta::Event event;
        EventKind kind;
        const char* root;
        const char* monitored; // after monitorCrossRefID
        const char* plain;     // nullptr: telephones do not know it
    };
    using csta::AgentEvent;
    const std::array rows{
        Row{csta::DoNotDisturbEvent{{"2101"}, true}, EventKind::do_not_disturb, "DoNotDisturbEvent",
            "<device><deviceIdentifier>2101</deviceIdentifier></device><doNotDisturbOn>true</doNotDisturbOn>",
            "<device>2101</device><doNotDisturbOn>true</doNotDisturbOn>"},
        Row{csta::ForwardingEvent{{"2101"}, csta::ForwardingType::no_answer, true, {"2199"}, 3}, EventKind::forwarding,
            "ForwardingEvent",
            "<device><deviceIdentifier>2101</deviceIdentifier></device><forwardingType>forwardNoAns</"
            "forwardingType><forwardStatus>true</forwardStatus><forwardTo>2199</forwardTo><ringCount>3</ringCount>",
            "<device>2101</device><forwardingType>forwardNoAns</forwardingType><forwardStatus>true</"
            "forwardStatus><forwardTo>2199</forwardTo><ringCount>3</ringCount>"},
        Row{csta::ForwardingEvent{{}}, EventKind::forwarding, "ForwardingEvent",
            "<device><notKnown/></device><forwardingType>forwardImmediate</forwardingType><forwardStatus>false</"
            "forwardStatus>",
            "<device></device><forwardingType>forwardImmediate</forwardingType><forwardStatus>false</forwardStatus>"},
        Row{AgentEvent{EventKind::agent_not_ready, {"2101"}, "ada", {"2300"}, csta::Cause::normal},
            EventKind::agent_not_ready, "AgentNotReadyEvent",
            "<agentDevice><deviceIdentifier>2101</deviceIdentifier></agentDevice><agentID>ada</agentID><acdGroup>2300</"
            "acdGroup><cause>normal</cause>",
            "<agentDevice>2101</agentDevice><agentID>ada</agentID><acdGroup>2300</acdGroup><cause>normal</cause>"},
        Row{AgentEvent{EventKind::agent_logged_on, {"2101"}}, EventKind::agent_logged_on, "AgentLoggedOnEvent",
            "<agentDevice><deviceIdentifier>2101</deviceIdentifier></agentDevice>", "<agentDevice>2101</agentDevice>"},
        Row{csta::ServiceEvent{EventKind::out_of_service, {"2101"}, csta::Cause::maintenance},
            EventKind::out_of_service, "OutOfServiceEvent",
            "<device><deviceIdentifier>2101</deviceIdentifier></device><cause>maintenance</cause>", nullptr},
        Row{csta::ServiceEvent{EventKind::back_in_service, {"2101"}}, EventKind::back_in_service, "BackInServiceEvent",
            "<device><deviceIdentifier>2101</deviceIdentifier></device>", nullptr},
        Row{csta::MessageWaitingEvent{{"2101"}, true}, EventKind::message_waiting, "MessageWaitingEvent",
            "<targetDevice><deviceIdentifier>2101</deviceIdentifier></targetDevice><messageWaitingOn>true</"
            "messageWaitingOn>",
            nullptr},
        Row{csta::CallerIdStatusEvent{{"2101"}, true}, EventKind::caller_id_status, "CallerIDStatusEvent",
            "<device>2101</device><callerIDProvided>true</callerIDProvided>", nullptr},
        Row{csta::AutoAnswerEvent{{"2101"}, true, 2}, EventKind::auto_answer, "AutoAnswerEvent",
            "<invokingDevice><deviceIdentifier>2101</deviceIdentifier></invokingDevice><autoAnswerOn>true</"
            "autoAnswerOn><numberOfRings>2</numberOfRings>",
            nullptr},
        Row{csta::CallBackEvent{{"2101"}, {"2199"}, true}, EventKind::call_back, "CallBackEvent",
            "<originatingDevice><deviceIdentifier>2101</deviceIdentifier></"
            "originatingDevice><targetDevice><deviceIdentifier>2199</deviceIdentifier></"
            "targetDevice><callBackSetCanceled>true</callBackSetCanceled>",
            nullptr},
    };
    for (const Row& row : rows) {
        CAPTURE(row.root);
        CHECK(kind(row.event) == row.kind);
        CHECK(undeclared(csta::write(row.event, "m17", Edition::ed5)) ==
              document(row.root, "<monitorCrossRefID>m17</monitorCrossRefID>" + std::string(row.monitored)));
        if (row.plain)
            CHECK(undeclared(csta::write_feature(row.event)) == feature(row.root, row.plain));
        else
            CHECK(csta::write_feature(row.event).empty());
    }
    CHECK(csta::write_feature(event(EventKind::held)).empty());
}

TEST_CASE("what an event may carry is escaped") {
    const auto written = csta::write(csta::DoNotDisturbEvent{{"N<2101>\"A & B\"\x01"}, true}, "<m>", Edition::ed5);
    CHECK(written.contains("<monitorCrossRefID>&lt;m&gt;</monitorCrossRefID>"));
    CHECK(written.contains("<deviceIdentifier>N&lt;2101&gt;&quot;A &amp; B&quot;</deviceIdentifier>"));
}
