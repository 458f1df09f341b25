// One client's conversation: sessions, heartbeats, monitors, snapshots, what it cannot ask (sip-csta.md 17.3 to 17.6).
#include <algorithm>
#include <fmt/format.h>

#include "client.hpp"
#include "csta/ua_session.hpp"
#include "proto/csta/framing.hpp"
#include "proto/sip/digest.hpp"

using namespace testing;

namespace {

const csta::Peer friendly{.address = "127.0.0.1:40000", .trusted = true};
const csta::Peer stranger{.address = "192.0.2.1:40000"};

std::string start_session(std::string_view user = {}, std::string_view password = {}, std::string_view duration = "120",
                          std::string_view version = "http://www.ecma-international.org/standards/ecma-323/csta/ed4") {
    return fmt::format("<StartApplicationSession xmlns=\"http://www.ecma-international.org/standards/ecma-354/"
                       "appl_session\"><applicationInfo><applicationID>tapi</applicationID>"
                       "<applicationSpecificInfo><SessionLoginInfo><userName>{}</userName><password>{}</password>"
                       "</SessionLoginInfo></applicationSpecificInfo></applicationInfo><requestedProtocolVersions>"
                       "<protocolVersion>{}</protocolVersion></requestedProtocolVersions>"
                       "<requestedSessionDuration>{}</requestedSessionDuration></StartApplicationSession>",
                       user, password, version, duration);
}

std::string session_request(std::string_view root, std::string_view id) {
    return fmt::format("<{0} xmlns=\"http://www.ecma-international.org/standards/ecma-354/appl_session\">"
                       "<sessionID>{1}</sessionID><sessionEndReason><definedEndReason>normal</definedEndReason>"
                       "</sessionEndReason></{0}>",
                       root, id);
}

std::shared_ptr<const sip::Users> users() {
    auto reading =
        sip::Users::read("cti:pbx.example:" + sip::ha1(sip::Algorithm::md5, "cti", "pbx.example", "open sesame"));
    REQUIRE(reading.mistakes.empty());
    return std::make_shared<const sip::Users>(std::move(reading.users));
}

Steady at(milliseconds when) {
    return Steady(when);
}

} // namespace

TEST_CASE("a peer that is not trusted needs an application session") {
    Switch exchange;
    exchange.domain.use_users(users());
    exchange.idle();
    Client client(exchange.domain, stranger);
    CHECK(client.request("RequestSystemStatus") == "1 CSTAErrorCode securityViolation\n");
    CHECK(client.monitor("2101") == "2 CSTAErrorCode securityViolation\n");
    CHECK(client.document(start_session("cti", "wrong")) ==
          "3 StartApplicationSessionNegResponse invalidApplicationInfo\n");
    CHECK(client.document(start_session("cti", "open sesame", "120", "urn:ed4")) ==
          "4 StartApplicationSessionNegResponse requestedProtocolVersionNotSupported\n");
    CHECK(client.document(start_session("cti", "open sesame")) == "5 StartApplicationSessionPosResponse\n");
    CHECK(client.value("actualSessionDuration") == "120");
    const auto session = client.value("sessionID");
    CHECK(session.size() == 16);
    CHECK(client.association.user() == "cti");
    CHECK(client.association.application() == "tapi");
    CHECK(client.document(start_session("cti", "open sesame")) ==
          "6 StartApplicationSessionNegResponse maxNumberSessions\n");
    CHECK(client.request("RequestSystemStatus") == "7 RequestSystemStatusResponse normal\n");
    CHECK(client.last().find("csta/ed4\"") != std::string::npos); // what the session has agreed on
    CHECK(client.monitor("2101") == "8 MonitorStartResponse m1\n");

    CHECK(client.document(session_request("StopApplicationSession", "other")) ==
          "9 StopApplicationSessionNegResponse invalidSessionID\n");
    CHECK(client.document(session_request("StopApplicationSession", session)) ==
          "10 StopApplicationSessionPosResponse\n");
    CHECK(client.association.monitors() == 0);
    exchange.take(news(ada, {incoming("a", CallState::ringing)}));
    CHECK(client.said().empty());
    CHECK(client.request("RequestSystemStatus") == "11 CSTAErrorCode securityViolation\n");
}

TEST_CASE("three refused logins are enough") {
    Switch exchange;
    Client client(exchange.domain, stranger);
    for (int i = 0; i < 3; ++i) {
        CHECK(client.association.closing() == csta::Closing::no);
        CHECK(client.document(start_session("cti", "open sesame")).find("NegResponse invalidApplicationInfo") !=
              std::string::npos);
    }
    CHECK(client.association.closing() == csta::Closing::unwelcome);
    CHECK(client.document(start_session()).empty());
}

TEST_CASE("a session ends when it is not prolonged") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    static_cast<void>(client.document(start_session("", "", "120")));
    const auto session = client.value("sessionID");
    client.now = at(100s);
    CHECK(client.document(session_request("ResetApplicationSessionTimer", session)) ==
          "2 ResetApplicationSessionTimerPosResponse\n");
    CHECK(client.value("actualSessionDuration") == "3600"); // no wish
    CHECK(client.document(session_request("ResetApplicationSessionTimer", "other")) ==
          "3 ResetApplicationSessionTimerNegResponse invalidSessionID\n");
    client.association.on_message(9, "<SystemStatusResponse/>", at(3690s));
    client.tick(at(3699s));
    CHECK(client.association.closing() == csta::Closing::no);
    static_cast<void>(client.said());
    client.tick(at(3700s));
    CHECK(client.said() == "<2 ApplicationSessionTerminated\n");
    CHECK(client.association.closing() == csta::Closing::expired);
}

TEST_CASE("the wish for a session's length has its bounds") {
    struct Row {
        std::string_view wish;
        std::string_view granted;
    };
    for (const Row& row :
         {Row{"120", "120"}, Row{"0", "3600"}, Row{"", "3600"}, Row{"1", "10"}, Row{"4294967295", "86400"}}) {
        Switch exchange;
        Client client(exchange.domain, friendly);
        static_cast<void>(client.document(start_session("", "", row.wish)));
        CHECK(client.value("actualSessionDuration") == row.granted);
    }
}

TEST_CASE("heartbeats, and who does not answer them") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    client.tick(at(120s));
    CHECK(client.said().empty()); // it has not said anything yet, so nobody knows its edition
    static_cast<void>(client.request("RequestSystemStatus"));
    client.tick(at(121s));
    CHECK(client.said() == "<1 SystemStatus normal\n");
    client.association.on_message(1, "<SystemStatusResponse/>", at(122s));
    client.tick(at(180s));
    CHECK(client.said().empty());
    client.tick(at(181s));
    CHECK(client.said() == "<2 SystemStatus normal\n");
    client.tick(at(210s));
    CHECK(client.association.closing() == csta::Closing::no);
    client.tick(at(211s));
    CHECK(client.association.closing() == csta::Closing::silent);
    CHECK(exchange.domain.counters().silent == 1);
}

TEST_CASE("whatever a client says is a sign of life") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    static_cast<void>(client.request("RequestSystemStatus"));
    client.tick(at(60s));
    client.now = at(80s);
    static_cast<void>(client.request("RequestSystemStatus"));
    client.tick(at(91s));
    CHECK(client.association.closing() == csta::Closing::no);
}

TEST_CASE("system status: registered, filtered, asked for, told") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    CHECK(client.request("SystemRegister", "<requestTypes><systemStatus>true</systemStatus></requestTypes>"
                                           "<requestedStatusFilter><partiallyDisabled>true</partiallyDisabled>"
                                           "</requestedStatusFilter>") == "1 SystemRegisterResponse\n");
    CHECK(client.value("sysStatRegisterID") == "r1");
    CHECK(client.request("SystemStatus", "<systemStatus>normal</systemStatus>") == "2 SystemStatusResponse\n");

    auto away = [](std::string_view line) {
        auto gone = news(line);
        gone.known = false;
        return gone;
    };
    exchange.take(away(ada), at(10s));
    CHECK(client.said().empty()); // held back by its filter
    exchange.take(away(bob), at(20s));
    exchange.take(away(carol), at(20s));
    CHECK(client.said() == "<1 SystemStatus disabled\n");
    CHECK(client.last().find("r1") != std::string::npos);
    CHECK(client.request("RequestSystemStatus") == "3 RequestSystemStatusResponse disabled\n");
    exchange.take(news(ada), at(30s));
    exchange.take(news(bob), at(30s));
    exchange.take(news(carol), at(30s));
    CHECK(client.said().empty()); // not more than one a second
    exchange.domain.tick(at(31s));
    CHECK(client.said() == "<2 SystemStatus messagesLost\n<3 SystemStatus normal\n");

    CHECK(client.request("SystemRegisterCancel", "<sysStatRegisterID>r2</sysStatRegisterID>") ==
          "4 CSTAErrorCode invalidParameterValue\n");
    CHECK(client.request("SystemRegisterCancel", "<sysStatRegisterID>r1</sysStatRegisterID>") ==
          "5 SystemRegisterCancelResponse\n");
}

TEST_CASE("before the first line is known the platform is initializing") {
    Switch exchange;
    Client client(exchange.domain, friendly);
    CHECK(client.request("RequestSystemStatus") == "1 RequestSystemStatusResponse initializing\n");
    exchange.take(news(ada));
    CHECK(client.said() == "<1 SystemStatus normal\n"); // lines that never were known say nothing
}

TEST_CASE("monitors: the same device twice, each with its name and filter") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    CHECK(client.monitor("2101") == "1 MonitorStartResponse m1\n");
    CHECK(client.last().find("actualMonitorFilter") == std::string::npos);
    CHECK(client.value("monitorExistingCalls") == "false");
    CHECK(client.monitor("tel:+31201232101", "<requestedMonitorFilter><callcontrol><held>true</held></callcontrol>"
                                             "</requestedMonitorFilter>") == "2 MonitorStartResponse m2\n");
    CHECK(client.last().find("<held>true</held>") != std::string::npos);
    exchange.take(news(ada, {with(incoming("a", CallState::ringing), bob)}));
    CHECK(client.said() == "9999 DeliveredEvent m1\n9999 DeliveredEvent m2\n");
    CHECK(client.last().find("<deviceID>tel:+31201232101</deviceID>") != std::string::npos);
    CHECK(client.last().find("<deviceIdentifier>2102</deviceIdentifier>") != std::string::npos);
    exchange.take(news(ada, {with(incoming("a", CallState::held), bob)}));
    CHECK(client.said() == "9999 EstablishedEvent m1\n9999 EstablishedEvent m2\n9999 HeldEvent m1\n");
    CHECK(client.last().find("<deviceID>2101</deviceID>") != std::string::npos);
    CHECK(client.last().find("tel:") == std::string::npos);

    CHECK(client.request("ChangeMonitorFilter",
                         "<monitorCrossRefID>m1</monitorCrossRefID><requestedFilterList><callcontrol>"
                         "<retrieved>true</retrieved></callcontrol></requestedFilterList>") ==
          "3 ChangeMonitorFilterResponse\n");
    exchange.take(news(ada, {with(incoming("a", CallState::active), bob)}));
    CHECK(client.said() == "9999 RetrievedEvent m2\n");
    CHECK(client.monitor("ada@pbx.example") == "4 MonitorStartResponse m3\n");
    CHECK(client.value("monitorExistingCalls") == "true");

    CHECK(client.request("MonitorStop", "<monitorCrossRefID>m2</monitorCrossRefID>") == "5 MonitorStopResponse\n");
    CHECK(client.request("MonitorStop", "<monitorCrossRefID>m2</monitorCrossRefID>") ==
          "6 CSTAErrorCode invalidMonitorCrossRefID\n");
    exchange.take(news(bob, {incoming("b", CallState::ringing)}));
    CHECK(client.said().empty()); // nobody monitors him
    exchange.take(news(ada));
    CHECK(client.said() == "9999 ConnectionClearedEvent m1\n9999 ConnectionClearedEvent m3\n");
}

TEST_CASE("what cannot be monitored") {
    struct Row {
        std::string_view inner;
        std::string_view why;
    };
    // clang-format off
    const Row rows[] = {
        {"<monitorObject><deviceObject>2999</deviceObject></monitorObject>", "invalidDeviceID"},
        {"<monitorObject><deviceObject>2101</deviceObject></monitorObject><monitorType>call</monitorType>", "monitorTypeNotSupported"},
        {"<monitorObject><callObject><callID>1</callID><deviceID>2101</deviceID></callObject></monitorObject>", "monitorTypeNotSupported"},
        {"<monitorObject><deviceObject>2101</deviceObject></monitorObject><requestedMonitorMediaClass><chat>true</chat></requestedMonitorMediaClass>", "requestIncompatibleWithObject"},
        {"<monitorObject><deviceObject></deviceObject></monitorObject>", "invalidMonitorObject"},
        {"", "atLeastOneConditionalParameterNotProvided"},
    };
    // clang-format on
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    for (const Row& row : rows)
        CHECK(client.request("MonitorStart", row.inner) == fmt::format("{} CSTAErrorCode {}\n", client.id, row.why));
}

TEST_CASE("limits of monitors, of one client and of one device") {
    Switch exchange({.monitors = 3, .monitors_per_device = 2});
    exchange.idle();
    Client client(exchange.domain, friendly);
    CHECK(client.monitor("2101") == "1 MonitorStartResponse m1\n");
    CHECK(client.monitor("2101") == "2 MonitorStartResponse m2\n");
    CHECK(client.monitor("2101") == "3 CSTAErrorCode objectMonitorLimitExceeded\n");
    CHECK(client.monitor("2102") == "4 MonitorStartResponse m4\n");
    CHECK(client.monitor("carol") == "5 CSTAErrorCode overallMonitorLimitExceeded\n");
    static_cast<void>(client.request("MonitorStop", "<monitorCrossRefID>m1</monitorCrossRefID>"));
    {
        Client other(exchange.domain, friendly);
        CHECK(other.monitor("2101") == "1 MonitorStartResponse m5\n");
    }
    Client other(exchange.domain, friendly); // what ended with its client is free again
    CHECK(other.monitor("2101") == "1 MonitorStartResponse m6\n");
}

TEST_CASE("a device that leaves takes its monitors along") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    static_cast<void>(client.monitor("2101"));
    static_cast<void>(client.monitor("2102"));
    auto rows = office_rows();
    rows.erase(rows.begin());
    exchange.domain.use_devices(csta::Devices::build(rows));
    CHECK(client.said() == "<1 MonitorStop m1\n");
    CHECK(client.association.monitors() == 1);
    CHECK(client.document("<MonitorStopResponse/>").empty());
    CHECK(client.monitor("2101").find("invalidDeviceID") != std::string::npos);
}

TEST_CASE("a line that nothing is known of is out of service, not idle") {
    Switch exchange;
    Client client(exchange.domain, friendly);
    CHECK(client.monitor("2101") == "1 MonitorStartResponse m1\n9999 OutOfServiceEvent m1\n");
    CHECK(client.request("SnapshotDevice", "<snapshotObject>2101</snapshotObject>") ==
          "2 CSTAErrorCode deviceOutOfService\n");
    exchange.take(news(ada, {incoming("a", CallState::ringing)}));
    CHECK(client.said() == "9999 BackInServiceEvent m1\n9999 DeliveredEvent m1\n<1 SystemStatus normal\n");
}

TEST_CASE("snapshots by the client's own names") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    exchange.take(news(ada, {with(outgoing("a", CallState::active), bob)}));
    CHECK(client.request("SnapshotDevice", "<snapshotObject>sip:ada@pbx.example</snapshotObject>") ==
          "1 SnapshotDeviceResponse\n");
    CHECK(client.value("callID") == "1");
    CHECK(client.value("deviceID") == "sip:ada@pbx.example");
    CHECK(client.request("SnapshotCall", "<snapshotObject><callID>1</callID></snapshotObject>") ==
          "2 SnapshotCallResponse\n");
    CHECK(client.last().find("2102") != std::string::npos);
    CHECK(client.request("SnapshotCall", "<snapshotObject><callID>7</callID></snapshotObject>")
              .starts_with("3 CSTAErrorCode invalidCallID"));
    CHECK(client.request("SnapshotDevice", "<snapshotObject>2102</snapshotObject>") == "4 SnapshotDeviceResponse\n");
    CHECK(client.last().find("callID") == std::string::npos);
    CHECK(client.request("SnapshotDevice", "<snapshotObject>2999</snapshotObject>")
              .starts_with("5 CSTAErrorCode invalidDeviceID"));
    // Too long for one frame.
    std::vector<calls::Call> many;
    for (int i = 0; i < 64; ++i)
        many.push_back(incoming(std::to_string(i), CallState::held));
    exchange.take(news(ada, many));
    CHECK(client.request("SnapshotDevice", "<snapshotObject>2101</snapshotObject>") ==
          "6 SnapshotDeviceResponse\n<1 SnapshotDeviceData\n<2 SnapshotDeviceData\n<3 SnapshotDeviceData\n");
    CHECK(client.last().size() < csta::frame_bytes_readable);
    CHECK(client.value("lastSegment") == "true");
}

TEST_CASE("capabilities, and the list of devices in segments that wait for room") {
    std::vector<csta::DeviceRow> rows;
    for (int i = 0; i < 1000; ++i)
        rows.push_back({fmt::format("user{:04}@pbx.example", i), "", fmt::format("{}", 20000 + i), "", ""});
    Switch exchange;
    exchange.domain.use_devices(csta::Devices::build(rows));
    Client client(exchange.domain, friendly);
    CHECK(client.request("GetSwitchingFunctionCaps") == "1 GetSwitchingFunctionCapsResponse\n");
    CHECK(client.request("GetSwitchingFunctionCapabilities") == "2 GetSwitchingFunctionCapabilitiesResponse\n");
    CHECK(client.request("GetLogicalDeviceInformation", "<device>20007</device>") ==
          "3 GetLogicalDeviceInformationResponse\n");
    CHECK(client.request("GetPhysicalDeviceInformation", "<device>20007</device>") ==
          "4 GetPhysicalDeviceInformationResponse\n");
    CHECK(client.request("GetCSTAFeatures") == "5 GetCSTAFeaturesResponse\n");
    CHECK(client.request("GetSwitchingFunctionDevices", "<requestedDeviceID>20007</requestedDeviceID>") ==
          "6 GetSwitchingFunctionDevicesResponse\n<1 SwitchingFunctionDevices\n");
    CHECK(client.last().find("20007") != std::string::npos);

    client.unsent_bytes = 1 << 20;
    CHECK(client.request("GetSwitchingFunctionDevices") == "7 GetSwitchingFunctionDevicesResponse\n");
    CHECK(client.request("GetSwitchingFunctionDevices") == "8 CSTAErrorCode resourceBusy\n");
    client.association.on_room();
    CHECK(client.said().empty());
    client.unsent_bytes = 0;
    client.association.on_room();
    const auto segments = client.said();
    CHECK(std::ranges::count(segments, '\n') == 9);
    CHECK(client.value("lastSegment") == "true");
    CHECK(client.last().size() < csta::frame_bytes_readable);
    CHECK(client.request("GetSwitchingFunctionDevices", "<requestedDeviceCategory>acd</requestedDeviceCategory>") ==
          "9 GetSwitchingFunctionDevicesResponse\n<11 SwitchingFunctionDevices\n");
    CHECK(client.request("GetSwitchingFunctionDevices", "<requestedDeviceID>1</requestedDeviceID>") ==
          "10 CSTAErrorCode invalidDeviceID\n");
}

TEST_CASE("what is no request, and what is none of ours") {
    Switch exchange;
    exchange.idle();
    Client client(exchange.domain, friendly);
    CHECK(client.request("ParkCall") == "1 CSTAErrorCode serviceNotSupported\n");
    CHECK(client.request("GetMessageWaitingIndicator", "<device>2101</device>") ==
          "2 CSTAErrorCode serviceNotSupported\n");
    CHECK(client.request("UnheardOfResponse").empty());
    CHECK(client.request("DeliveredEvent").empty());
    CHECK(client.request("CSTAErrorCode", "<operation>generic</operation>").empty());
    CHECK(client.document("<MonitorStart") == "6 CSTAErrorCode generic\n");
    CHECK(client.document("") == "7 CSTAErrorCode generic\n");
    CHECK(client.document("<!DOCTYPE a [<!ENTITY b 'c'>]><MonitorStop>&b;</MonitorStop>") ==
          "8 CSTAErrorCode generic\n");
    CHECK(client.request("RequestSystemStatus") == "9 RequestSystemStatusResponse normal\n");
    for (int i = 0; i < 9; ++i)
        static_cast<void>(client.document("HELO"));
    CHECK(client.association.closing() == csta::Closing::no);
    static_cast<void>(client.document("HELO"));
    CHECK(client.association.closing() == csta::Closing::broken);
}

TEST_CASE("the edition is that of the first request") {
    struct Row {
        std::string_view space;
        std::string_view answered;
    };
    for (const Row& row :
         {Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed3", "csta/ed3\""},
          Row{"http://www.ecma.ch/standards/ecma-323/csta/ed2", "ecma.ch/standards/ecma-323/csta/ed2\""},
          Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed6", "csta/ed6\""}}) {
        Switch exchange;
        exchange.idle();
        Client client(exchange.domain, friendly);
        static_cast<void>(client.document(fmt::format(
            "<ns3:MonitorStart xmlns:ns3=\"{}\"><ns3:monitorObject><ns3:deviceObject>2101</ns3:deviceObject>"
            "</ns3:monitorObject></ns3:MonitorStart>",
            row.space)));
        CHECK(client.last().find(row.answered) != std::string::npos);
        exchange.take(news(ada, {incoming("a", CallState::ringing)}));
        CHECK(client.said() == "9999 DeliveredEvent m1\n");
        CHECK(client.last().find(row.answered) != std::string::npos);
    }
}

TEST_CASE("a client that does not keep up is told that it lost events") {
    Switch exchange({.queue_bytes = 1000});
    exchange.idle();
    Client client(exchange.domain, friendly);
    static_cast<void>(client.monitor("2101"));
    client.unsent_bytes = 1001;
    exchange.take(news(ada, {incoming("a", CallState::ringing)}));
    CHECK(client.said().empty());
    client.unsent_bytes = 600; // still more than half
    client.association.on_room();
    exchange.take(news(ada, {incoming("a", CallState::active)}));
    CHECK(client.said().empty()); // no event after a hole before the hole is told
    CHECK(exchange.domain.counters().lost_events == 2);
    client.unsent_bytes = 500;
    client.association.on_room();
    CHECK(client.said() == "<1 SystemStatus messagesLost\n<2 SystemStatus normal\n");
    exchange.take(news(ada));
    CHECK(client.said() == "9999 ConnectionClearedEvent m1\n");

    SUBCASE("and one that does not want to hear of it loses its monitors") {
        static_cast<void>(client.request("SystemRegister", "<requestTypes><systemStatus>true</systemStatus>"
                                                           "</requestTypes><requestedStatusFilter><messageLost>true"
                                                           "</messageLost></requestedStatusFilter>"));
        client.unsent_bytes = 1001;
        exchange.take(news(ada, {incoming("b", CallState::ringing)}));
        client.unsent_bytes = 0;
        client.association.on_room();
        CHECK(client.said() == "<3 MonitorStop m1\n");
        CHECK(client.association.monitors() == 0);
    }
}

TEST_CASE("uaCSTA: bodies of a SIP dialog") {
    Switch exchange;
    exchange.idle();
    std::vector<std::string> events;
    csta::UaSession session(
        exchange.domain, "sip:ada@pbx.example", [&](std::string xml) { events.push_back(std::move(xml)); }, Steady());
    std::vector<std::string> answers;
    const auto body = [&](std::string_view xml) {
        session.on_body(xml, Steady(), [&](std::string answer) { answers.push_back(std::move(answer)); });
        return answers.empty() ? std::string("later") : answers.back();
    };
    constexpr std::string_view space = "xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed3\"";
    CHECK(body(fmt::format("<RequestSystemStatus {}/>", space)).find("<systemStatus>normal</systemStatus>") !=
          std::string::npos);
    CHECK(body(fmt::format("<MonitorStart {}><monitorObject><deviceObject>tel:+31201232101;ext=2101</deviceObject>"
                           "</monitorObject></MonitorStart>",
                           space))
              .find("<monitorCrossRefID>m1</monitorCrossRefID>") != std::string::npos);
    answers.clear();
    CHECK(body(fmt::format("<MakeCall {}><callingDevice>tel:+31201232101;ext=2101</callingDevice>"
                           "<calledDirectoryNumber>tel:+31201230009</calledDirectoryNumber>"
                           "<autoOriginate>doNotPrompt</autoOriginate></MakeCall>",
                           space)) == "later");
    exchange.take(news(ada, {outgoing("a", CallState::dialling)}));
    CHECK(events.empty());
    CHECK(exchange.platform.waiting() == "dial ada@pbx.example +31201230009");
    exchange.platform.leg("a");
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].find("MakeCallResponse") != std::string::npos);
    CHECK(answers[0].find("<deviceID>tel:+31201232101;ext=2101</deviceID>") != std::string::npos);
    REQUIRE(events.size() == 2);
    CHECK(events[0].find("OriginatedEvent") != std::string::npos);
    CHECK(events[0].find("csta/ed3\"") != std::string::npos);
    CHECK(body("<SystemStatusResponse/>").empty());
    session.on_tick(at(3600s));
    CHECK(events.size() == 2); // SIP keeps it alive
    CHECK_FALSE(session.over());
}
