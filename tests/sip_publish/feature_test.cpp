// as-feature-event: what a telephone orders in its SUBSCRIBE, what it is told, and which control that becomes.
#include "sip/feature_events.hpp"

#include "here.hpp"
#include "sip/event_packages.hpp"

using namespace testing;
using lamp::presence::AgentState;
using lamp::presence::Forwarding;

namespace {

std::string request(std::string_view root, std::string_view content) {
    return "<?xml version='1.0'?><" + std::string(root) +
           " xmlns='http://www.ecma-international.org/standards/ecma-323/csta/ed3'>" + std::string(content) + "</" +
           std::string(root) + ">";
}

/// "dnd on", "always on 2199", "busy off", "no_answer on 2199 3", "agent available", or "refused".
std::string ordered(std::string_view body) {
    const auto order = read_feature_order(body);
    if (!order) {
        CHECK(!order.error().empty());
        return "refused";
    }
    std::string out;
    calls::Control control;
    control.set_dnd = [&](std::string line, bool on, calls::Answer<void>) {
        out = line + " dnd " + (on ? "on" : "off");
    };
    control.set_forwarding = [&](std::string line, calls::ForwardKind kind, calls::ForwardSetting setting,
                                 calls::Answer<void>) {
        constexpr std::array kinds{"always", "busy", "no_answer", "not_reachable"};
        out = line + ' ' + kinds.at(static_cast<std::size_t>(kind)) + (setting.active ? " on" : " off");
        if (!setting.to.empty()) out += ' ' + setting.to;
        if (setting.rings) out += ' ' + std::to_string(*setting.rings);
    };
    control.set_agent = [&](std::string line, AgentState state, calls::Answer<void>) {
        out = line + " agent " + std::string(name(state));
    };
    give_order(control, "ada@pbx.example", *order, {});
    REQUIRE(out.starts_with("ada@pbx.example "));
    return out.substr(16);
}

} // namespace

TEST_CASE("what telephones order") {
    struct Row {
        std::string_view root;
        std::string_view content;
        std::string_view order;
    };
    // clang-format off
    const Row rows[] = {
        {"SetDoNotDisturb", "<device/><doNotDisturbOn>true</doNotDisturbOn>", "dnd on"},
        {"SetDoNotDisturb", "<device>2101</device><doNotDisturbOn>false</doNotDisturbOn>", "dnd off"},
        {"SetDoNotDisturb", "<device/>", "refused"},
        {"SetForwarding", "<device/><forwardingType>forwardImmediate</forwardingType><activateForward>true</activateForward><forwardDN>2199</forwardDN>", "always on 2199"},
        {"SetForwarding", "<device/><forwardingType>forwardImmediate</forwardingType><activateForward>true</activateForward><forwardDN>tel:+31-20-1230009</forwardDN>", "always on +31201230009"},
        {"SetForwarding", "<device/><forwardingType>forwardBusy</forwardingType><activateForward>false</activateForward>", "busy off"},
        {"SetForwarding", "<device/><forwardingType>forwardNoAns</forwardingType><activateForward>true</activateForward><forwardDN>2199</forwardDN><ringCount>3</ringCount>", "no_answer on 2199 3"},
        {"SetForwarding", "<device/><forwardingType>forwardDND</forwardingType><activateForward>true</activateForward>", "refused"},
        {"SetForwarding", "<device/><forwardingType>forwardWhenItRains</forwardingType><activateForward>true</activateForward>", "refused"},
        {"SetAgentState", "<device/><requestedAgentState>loggedOn</requestedAgentState>", "agent sign_in"},
        {"SetAgentState", "<device/><requestedAgentState>loggedOff</requestedAgentState>", "agent sign_out"},
        {"SetAgentState", "<device/><requestedAgentState>ready</requestedAgentState>", "agent available"},
        {"SetAgentState", "<device/><requestedAgentState>notReady</requestedAgentState>", "agent unavailable"},
        {"SetAgentState", "<device/><requestedAgentState>workingAfterCall</requestedAgentState>", "agent wrap_up"},
        {"MakeCall", "<callingDevice>2101</callingDevice><calledDirectoryNumber>112</calledDirectoryNumber>", "refused"},
        {"SetRefreshments", "", "refused"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.content);
        CHECK(ordered(request(row.root, row.content)) == row.order);
    }
    CHECK(ordered("") == "refused");
    CHECK(ordered("<SetDoNotDisturb>") == "refused");
}

TEST_CASE("one feature is one document, several are parts") {
    Features features;
    features.dnd = true;
    auto body = feature_body(features, "2101");
    CHECK(body.content_type == "application/x-as-feature-event+xml");
    CHECK(body.text.find("<device>2101</device><doNotDisturbOn>true</doNotDisturbOn>") != std::string::npos);

    features.forwards.always = calls::ForwardSetting{true, "2199", {}};
    features.forwards.no_answer = calls::ForwardSetting{false, "2150", 3};
    features.agent = AgentState::unavailable;
    body = feature_body(features, "a<b");
    REQUIRE(body.content_type == "multipart/mixed;boundary=\"lamplighter-feature\"");
    std::vector<std::string> roots;
    std::size_t at = 0;
    while ((at = body.text.find("--lamplighter-feature\r\n", at)) != std::string::npos) {
        const auto length = body.text.find("Content-Length: ", at) + 16;
        const auto begin = body.text.find("\r\n\r\n", at) + 4;
        const auto size = std::stoul(body.text.substr(length));
        CHECK(body.text.substr(begin + size, 4) == "\r\n--");
        const auto document = body.text.substr(begin, size);
        const auto root = document.find("Event ");
        roots.push_back(document.substr(document.rfind('<', root) + 1, root + 5 - document.rfind('<', root) - 1));
        CHECK(document.find(">a&lt;b</") != std::string::npos);
        at = begin;
    }
    CHECK(roots ==
          std::vector<std::string>{"DoNotDisturbEvent", "ForwardingEvent", "ForwardingEvent", "AgentNotReadyEvent"});
    CHECK(body.text.ends_with("\r\n--lamplighter-feature--\r\n"));
    CHECK(body.text.find("<forwardingType>forwardNoAns</forwardingType><forwardStatus>false</forwardStatus>"
                         "<forwardTo>2150</forwardTo><ringCount>3</ringCount>") != std::string::npos);
}

TEST_CASE("what a view tells of the features") {
    View view;
    view.dnd = true;
    view.agent = AgentState::available;
    view.forwarding = Forwarding::always; // where to is not known: not told
    auto features = features_of(view);
    CHECK(features.dnd);
    CHECK(features.agent == AgentState::available);
    CHECK(features.forwards == Forwards());
    const Forwards forwards{.always = calls::ForwardSetting{true, "2199", {}}};
    view.forwards = &forwards;
    CHECK(features_of(view).forwards == forwards);
    Body body;
    event_package(feature_event_package)->render(view, {"sip:2101@pbx.example", nullptr}, body);
    CHECK(body.media_type.starts_with("multipart/mixed"));
    CHECK(body.text.find("<device>2101</device>") != std::string::npos);
    CHECK(body.text.find("<forwardTo>2199</forwardTo>") != std::string::npos);
}
