// What clients ask of calls and devices, and what the platform is asked for it (sip-csta.md 17.4, 17.6).
#include <fmt/format.h>

#include "client.hpp"

using namespace testing;

namespace {

const csta::Peer friendly{.address = "127.0.0.1:40000", .trusted = true};

struct House : Switch {
    explicit House(csta::DomainOptions options = {}) : Switch(std::move(options)) { idle(); }
    Client client{domain, friendly};
    /// Ada holds Grace (1, leg a) and talks to Bob (2, leg b); Bob's is the leg c. Carol is rung (3, leg d).
    House& busy() {
        auto second = with(outgoing("b", CallState::active), bob);
        auto other = with(incoming("c", CallState::active), ada);
        second.session = other.session = "shared";
        take(news(ada, {incoming("a", CallState::held), second}));
        take(news(bob, {other}));
        take(news(carol, {incoming("d", CallState::ringing)}));
        return *this;
    }
};

std::string make_call(std::string_view from, std::string_view to) {
    return fmt::format("<callingDevice>{}</callingDevice><calledDirectoryNumber>{}</calledDirectoryNumber>"
                       "<autoOriginate>doNotPrompt</autoOriginate>",
                       from, to);
}

} // namespace

TEST_CASE("each service about calls, and what the platform is asked") {
    struct Row {
        std::string_view root;
        std::string inner;
        std::string_view asked;
        std::string_view refused; // when the platform says that it is not in a state for it
    };
    // clang-format off
    const Row rows[] = {
        {"AnswerCall",      connection("callToBeAnswered", "3", "carol"),       "answer carol@pbx.example d", "noCallToAnswer"},
        {"ClearConnection", connection("connectionToBeCleared", "2", "2101"),   "hang_up ada@pbx.example b", "noConnectionToClear"},
        {"ClearConnection", connection("connectionToBeCleared", "2", "bob"),    "hang_up bob@pbx.example c", "noConnectionToClear"},
        {"ClearConnection", "<connectionToBeCleared><callID>1</callID></connectionToBeCleared>", "hang_up ada@pbx.example a", "noConnectionToClear"},
        {"ClearConnection", "<connectionToBeCleared><deviceID>2102</deviceID></connectionToBeCleared>", "hang_up bob@pbx.example c", "noConnectionToClear"},
        {"HoldCall",        connection("callToBeHeld", "2", "2101"),            "hold ada@pbx.example b", "noActiveCall"},
        {"RetrieveCall",    connection("callToBeRetrieved", "1", "2101"),       "retrieve ada@pbx.example a", "noHeldCall"},
        {"ReconnectCall",   connection("activeCall", "2", "2101") + connection("heldCall", "1", "2101"), "reconnect ada@pbx.example a with b", "noHeldCall"},
        {"TransferCall",    connection("heldCall", "1", "2101") + connection("activeCall", "2", "2101"), "transfer ada@pbx.example a with b", "invalidConnectionState"},
        {"SingleStepTransferCall", connection("activeCall", "2", "2101") + "<transferredTo>tel:+31-20-1230009</transferredTo>", "redirect ada@pbx.example b to +31201230009", "invalidConnectionState"},
        {"DeflectCall",     connection("callToBeDiverted", "3", "carol") + "<newDestination>2102</newDestination>", "redirect carol@pbx.example d to 2102", "invalidConnectionState"},
        {"DeflectCall",     connection("callToBeDiverted", "3", "carol") + "<newDestination>bob@pbx.example</newDestination>", "redirect carol@pbx.example d to 2102", "invalidConnectionState"},
        {"AlternateCall",   connection("heldCall", "1", "2101") + connection("activeCall", "2", "2101"), "hold ada@pbx.example b, retrieve ada@pbx.example a", "noHeldCall"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.root);
        for (const bool accepted : {true, false}) {
            House house;
            house.busy();
            CHECK(house.client.request(row.root, row.inner).empty()); // when the platform has answered
            std::string asked = house.platform.waiting();
            if (row.asked.find(", ") != std::string_view::npos) {
                house.platform.done();
                asked += ", " + house.platform.waiting();
            }
            CHECK(asked == row.asked);
            if (accepted)
                house.platform.done();
            else
                house.platform.refuse(Category::conflict);
            CHECK(house.client.said().starts_with(accepted ? fmt::format("1 {}Response\n", row.root)
                                                           : fmt::format("1 CSTAErrorCode {}\n", row.refused)));
        }
    }
}

TEST_CASE("connections that are none") {
    struct Row {
        std::string_view root;
        std::string inner;
        std::string_view why;
    };
    // clang-format off
    const Row rows[] = {
        {"AnswerCall", connection("callToBeAnswered", "9", "carol"), "invalidCallID"},
        {"AnswerCall", connection("callToBeAnswered", "3", "2999"),  "invalidDeviceID"},
        {"AnswerCall", connection("callToBeAnswered", "3", "2101"),  "invalidConnectionID"},
        {"ClearConnection", "<connectionToBeCleared><callID>2</callID></connectionToBeCleared>", "invalidConnectionID"},
        {"ClearConnection", "<connectionToBeCleared><deviceID>2101</deviceID></connectionToBeCleared>", "invalidConnectionID"},
        {"TransferCall", connection("heldCall", "1", "2101") + connection("activeCall", "1", "2101"), "requestIncompatibleWithConnection"},
        {"TransferCall", connection("heldCall", "1", "2101") + connection("activeCall", "2", "2102"), "requestIncompatibleWithConnection"},
        {"ConferenceCall", connection("heldCall", "1", "2101") + connection("activeCall", "2", "2101"), "serviceNotSupported"},
        {"DirectedPickupCall", connection("callToBePickedUp", "3", "carol") + "<requestingDevice>2101</requestingDevice>", "serviceNotSupported"},
        {"DeflectCall", connection("callToBeDiverted", "2", "2101") + "<newDestination>2102</newDestination>", "invalidConnectionState"},
        {"SingleStepTransferCall", connection("activeCall", "3", "carol") + "<transferredTo>2102</transferredTo>", "noActiveCall"},
        {"HoldCall", "", "atLeastOneConditionalParameterNotProvided"},
    };
    // clang-format on
    House house;
    house.busy();
    for (const Row& row : rows) {
        CAPTURE(row.root);
        CHECK(house.client.request(row.root, row.inner) ==
              fmt::format("{} CSTAErrorCode {}\n", house.client.id, row.why));
    }
    CHECK(house.platform.asked.empty());
}

TEST_CASE("what a refusal of the platform is in CSTA's words") {
    struct Row {
        Category category;
        std::string_view why;
    };
    // clang-format off
    const Row rows[] = {
        {Category::not_found,    "invalidConnectionID"},
        {Category::conflict,     "noActiveCall"},
        {Category::forbidden,    "privilegeViolationSpecifiedDevice"},
        {Category::throttled,    "resourceBusy"},
        {Category::timeout,      "resourceBusy"},
        {Category::unavailable,  "resourceOutOfService"},
        {Category::network,      "networkOutOfService"},
        {Category::limit,        "resourceLimitExceeded"},
        {Category::unauthorised, "generic"},
    };
    // clang-format on
    House house;
    house.busy();
    for (const Row& row : rows) {
        CHECK(house.client.request("HoldCall", connection("callToBeHeld", "2", "2101")).empty());
        house.platform.refuse(row.category);
        CHECK(house.client.said() == fmt::format("{} CSTAErrorCode {}\n", house.client.id, row.why));
    }
}

TEST_CASE("the answer to MakeCall stands before the call's events") {
    House house;
    auto& client = house.client;
    static_cast<void>(client.monitor("2101"));
    static_cast<void>(client.monitor("2102"));
    static_cast<void>(client.monitor("carol"));
    auto calling = with(outgoing("a", CallState::dialling), bob);
    auto called = with(incoming("b", CallState::ringing), ada);
    calling.session = called.session = "shared";

    SUBCASE("events first") {
        CHECK(client.request("MakeCall", make_call("2101", "2102")).empty());
        CHECK(house.platform.waiting() == "dial ada@pbx.example 2102");
        house.take(news(ada, {calling}));
        house.take(news(bob, {called})); // of the same call, so it waits, too
        house.take(news(carol, {incoming("x", CallState::ringing)}));
        CHECK(client.said() == "9999 DeliveredEvent m3\n"); // has nothing to do with it
        auto dnd = news(bob, {called});
        dnd.dnd = true;
        house.take(dnd);
        CHECK(client.said().empty()); // one device's events stay in order
        house.platform.leg("a");
        CHECK(client.said() == "4 MakeCallResponse\n9999 OriginatedEvent m1\n9999 DeliveredEvent m2\n"
                               "9999 DeliveredEvent m1\n9999 DoNotDisturbEvent m2\n");
    }
    SUBCASE("the answer first") {
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        house.platform.leg("a");
        CHECK(client.said() == "4 MakeCallResponse\n");
        CHECK(client.value("callID") == "1");
        CHECK(client.value("deviceID") == "2101");
        house.take(news(ada, {calling}));
        CHECK(client.said() == "9999 OriginatedEvent m1\n");
        CHECK(client.value("callID") == "1");
        CHECK(client.value("cause") == "makeCall");
        house.take(news(ada, {calling, outgoing("c", CallState::dialling)}));
        CHECK(client.last().find("makeCall") == std::string::npos); // that one she dialled herself
    }
    SUBCASE("why it began, events first") {
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        house.take(news(ada, {calling}));
        house.platform.leg("a");
        CHECK(client.value("cause") == "makeCall");
    }
    SUBCASE("why it began, the answer first") {
        static_cast<void>(client.monitor("ada"));
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        house.platform.leg("a");
        static_cast<void>(client.said());
        const auto own = with(outgoing("x", CallState::dialling), carol); // at the telephone
        house.take(news(ada, {own}));
        CHECK(client.value("cause") == "newCall");
        house.take(news(ada, {own, calling}));
        CHECK(client.said() == "9999 OriginatedEvent m1\n9999 OriginatedEvent m4\n9999 OriginatedEvent m1\n"
                               "9999 OriginatedEvent m4\n");
        CHECK(client.value("cause") == "makeCall"); // on both monitors of the line
    }
    SUBCASE("the platform refuses") {
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        house.take(news(ada, {incoming("x", CallState::ringing)}));
        house.platform.refuse(Category::invalid);
        CHECK(client.said() == "4 CSTAErrorCode invalidCalledDeviceID\n9999 DeliveredEvent m1\n");
    }
    SUBCASE("the platform does not answer") {
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        house.take(news(ada, {calling}));
        client.tick(Steady(30s));
        CHECK(client.said().starts_with("4 CSTAErrorCode resourceBusy\n9999 OriginatedEvent m1\n"));
        house.platform.leg("a"); // too late
        CHECK(client.said().empty());
    }
    SUBCASE("two at once") {
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        house.take(news(ada, {calling}));
        house.platform.leg("a");
        CHECK(client.said() == "4 MakeCallResponse\n"); // the other may be meant
        house.platform.refuse(Category::conflict);
        CHECK(client.said() == "5 CSTAErrorCode invalidDeviceState\n9999 OriginatedEvent m1\n");
    }
    SUBCASE("others hear of it at once") {
        Client other(house.domain, friendly);
        static_cast<void>(other.monitor("2101"));
        static_cast<void>(client.request("MakeCall", make_call("2101", "2102")));
        house.take(news(ada, {calling}));
        CHECK(other.said() == "9999 OriginatedEvent m4\n");
        house.platform.leg("a");
    }
}

TEST_CASE("more events than can be held behind an answer are told as lost") {
    House house({.held_events = 2});
    static_cast<void>(house.client.monitor("2101"));
    static_cast<void>(house.client.request("MakeCall", make_call("2101", "2102")));
    for (bool on : {true, false, true}) {
        auto now = news(ada);
        now.dnd = on;
        house.take(now);
    }
    house.platform.leg("a");
    CHECK(house.client.said() == "2 MakeCallResponse\n<1 SystemStatus messagesLost\n<2 SystemStatus normal\n");
    CHECK(house.domain.counters().lost_events == 3);
}

TEST_CASE("calls that cannot be made") {
    House house;
    auto& client = house.client;
    CHECK(client.request("MakeCall", make_call("2999", "2102")) == "1 CSTAErrorCode invalidCallingDeviceID\n");
    CHECK(client.request("MakeCall", make_call("2101", "")) == "2 CSTAErrorCode invalidCalledDeviceID\n");
    CHECK(client.request("MakeCall", make_call("", "2102")).find("invalidCallingDeviceID") != std::string::npos);
    CHECK(client.request("MakeCall", make_call("2101", "carol@pbx.example")) ==
          "4 CSTAErrorCode invalidCalledDeviceID\n"); // has nothing that could be dialled
    CHECK(house.platform.asked.empty());
    static_cast<void>(client.request("MakeCall", make_call("2101", "sip:bob@pbx.example")));
    CHECK(house.platform.waiting() == "dial ada@pbx.example 2102");
    house.platform.refuse(Category::not_found);
    CHECK(client.said() == "5 CSTAErrorCode invalidCallingDeviceID\n");
}

TEST_CASE("so many requests may wait for the platform") {
    House house({.outstanding = 2});
    house.busy();
    for (int i = 0; i < 2; ++i)
        static_cast<void>(house.client.request("HoldCall", connection("callToBeHeld", "2", "2101")));
    CHECK(house.client.request("HoldCall", connection("callToBeHeld", "2", "2101")) ==
          "3 CSTAErrorCode outstandingReqLimitExceeded\n");
    house.platform.done();
    CHECK(house.client.said() == "1 HoldCallResponse\n");
    CHECK(house.client.request("HoldCall", connection("callToBeHeld", "2", "2101")).empty());
    house.platform.done();
    house.platform.done();
    CHECK(house.client.said() == "2 HoldCallResponse\n4 HoldCallResponse\n");
}

TEST_CASE("a consultation holds, then dials") {
    House house;
    auto& client = house.client;
    static_cast<void>(client.monitor("2101"));
    house.take(news(ada, {incoming("a", CallState::active)}));
    static_cast<void>(client.said());
    const auto consult = connection("existingCall", "1", "2101") + "<consultedDevice>2102</consultedDevice>";

    SUBCASE("as it should be") {
        CHECK(client.request("ConsultationCall", consult).empty());
        CHECK(house.platform.waiting() == "hold ada@pbx.example a");
        house.platform.done();
        CHECK(house.platform.waiting() == "dial ada@pbx.example 2102");
        house.take(news(ada, {incoming("a", CallState::held)}));
        CHECK(client.said().empty());
        house.platform.leg("b");
        CHECK(client.said() == "2 ConsultationCallResponse\n9999 HeldEvent m1\n");
    }
    SUBCASE("held already") {
        house.take(news(ada, {incoming("a", CallState::held)}));
        static_cast<void>(client.said());
        CHECK(client.request("ConsultationCall", consult).empty());
        CHECK(house.platform.waiting() == "dial ada@pbx.example 2102");
        house.platform.refuse(Category::invalid);
        CHECK(client.said() == "2 CSTAErrorCode invalidCalledDeviceID\n");
    }
    SUBCASE("cannot be held") {
        CHECK(client.request("ConsultationCall", consult).empty());
        house.platform.refuse(Category::conflict);
        CHECK(client.said() == "2 CSTAErrorCode noActiveCall\n");
    }
}

TEST_CASE("a client that left does not get an answer") {
    House house;
    {
        Client client(house.domain, friendly);
        static_cast<void>(
            client.request("SetDoNotDisturb", "<device>2101</device><doNotDisturbOn>true</doNotDisturbOn>"));
    }
    house.platform.done();
    CHECK(house.client.said().empty());
}

TEST_CASE("do not disturb, forwarding and agents") {
    House house;
    auto& client = house.client;
    auto& platform = house.platform;
    static_cast<void>(client.request("GetDoNotDisturb", "<device>2101</device>"));
    CHECK(platform.waiting() == "dnd? ada@pbx.example");
    platform.next().flag(true);
    ++platform.answered;
    CHECK(client.said() == "1 GetDoNotDisturbResponse\n");
    CHECK(client.value("doNotDisturbOn") == "true");
    static_cast<void>(client.request("SetDoNotDisturb", "<device>2101</device><doNotDisturbOn>true</doNotDisturbOn>"));
    CHECK(platform.waiting() == "dnd ada@pbx.example=true");
    platform.done();
    CHECK(client.said() == "2 SetDoNotDisturbResponse\n");

    static_cast<void>(client.request("SetForwarding",
                                     "<device>2101</device><forwardingType>forwardNoAns</forwardingType>"
                                     "<activateForward>true</activateForward><forwardDN>tel:+31201230009"
                                     "</forwardDN><ringCount>4</ringCount>"));
    CHECK(platform.waiting() == "forwarding ada@pbx.example 2=true +31201230009 4");
    platform.refuse(Category::invalid);
    CHECK(client.said() == "3 CSTAErrorCode invalidForwardingDestination\n");
    CHECK(client.request("SetForwarding",
                         "<device>2101</device><forwardingType>forwardDND</forwardingType>"
                         "<activateForward>true</activateForward>") == "4 CSTAErrorCode invalidForwardingType\n");

    static_cast<void>(client.request("GetForwarding", "<device>2101</device>"));
    CHECK(platform.waiting() == "forwarding? ada@pbx.example 0");
    platform.next().setting(calls::ForwardSetting{true, "2102", {}});
    ++platform.answered;
    CHECK(platform.waiting() == "forwarding? ada@pbx.example 1");
    platform.refuse(Category::not_found); // the line does not have it
    platform.next().setting(calls::ForwardSetting{false, "", 3});
    ++platform.answered;
    CHECK(client.said() == "5 GetForwardingResponse\n");
    CHECK(client.last().find("forwardImmediate") != std::string::npos);
    CHECK(client.last().find("forwardBusy") == std::string::npos);
    CHECK(client.last().find("forwardNoAns") != std::string::npos);

    static_cast<void>(
        client.request("SetAgentState", "<device>2101</device><requestedAgentState>ready</requestedAgentState>"));
    CHECK(platform.waiting() ==
          "agent ada@pbx.example=" + std::string(presence::name(presence::AgentState::available)));
    platform.refuse(Category::not_found);
    CHECK(client.said() == "6 CSTAErrorCode invalidFeature\n");
    static_cast<void>(client.request("GetAgentState", "<device>2101</device>"));
    platform.next().agent(presence::AgentState::wrap_up);
    ++platform.answered;
    CHECK(client.said() == "7 GetAgentStateResponse\n");
    CHECK(client.value("agentState") == "agentWorkingAfterCall");
    CHECK(client.request("SetDoNotDisturb", "<device>2999</device><doNotDisturbOn>true</doNotDisturbOn>") ==
          "8 CSTAErrorCode invalidDeviceID\n");
}

TEST_CASE("what the platform cannot be asked for is not offered") {
    csta::Domain domain({}, {});
    domain.use_devices(office());
    Client client(domain, friendly);
    for (std::string_view root : {"SetDoNotDisturb", "GetDoNotDisturb", "GetForwarding", "GetAgentState"})
        CHECK(client.request(root, "<device>2101</device><doNotDisturbOn>true</doNotDisturbOn>")
                  .find("serviceNotSupported") != std::string::npos);
    CHECK(client.request("MakeCall", make_call("2101", "2102")) == "5 CSTAErrorCode serviceNotSupported\n");
}
