// What TAPI bridges ask first: every element that the schema requires, lists in its order.
#include <array>

#include "here.hpp"
#include "proto/csta/answers.hpp"
#include "proto/xml/tree.hpp"

using namespace testing;
using csta::Edition;
using csta::EventKind;

namespace {

csta::Abilities abilities() {
    const std::array told{EventKind::delivered, EventKind::network_reached, EventKind::agent_logged_off,
                          EventKind::agent_logged_on, EventKind::out_of_service};
    csta::Abilities out;
    out.can_tell = csta::only(told);
    out.services.transfer_call = true;
    out.services.answer_call = true;
    out.forwarding = true;
    out.do_not_disturb = true;
    return out;
}

lamp::xml::Element parsed(std::string_view text) {
    auto root = lamp::xml::parse_tree(text);
    REQUIRE(root);
    return std::move(*root);
}

std::string names(const lamp::xml::Element& element) {
    std::string out;
    for (const auto& child : element.children)
        out += child.name + " ";
    return out;
}

std::string names(const lamp::xml::Element& root, std::string_view descendant) {
    const auto* found = root.descendant(descendant);
    return found ? names(*found) : "none";
}

} // namespace

TEST_CASE("the switching function") {
    csta::SwitchingFunction function{"example.net", "Lamplighter", abilities(), 60};
    const auto root = parsed(write(function, "GetSwitchingFunctionCaps", Edition::ed5));
    CHECK(root.name == "GetSwitchingFunctionCapsResponse");
    CHECK(names(root) ==
          "switchingSubDomainName manufacturerName profiles deviceIDFormat swDomainFeatures "
          "swAppearanceAddressability swAppearanceTypes ignoreUnsupportedParameters mediaClassSupport connectionView "
          "maxLengthParameters servEvtsList systemStatusTimer ");
    CHECK(names(root, "maxLengthParameters") ==
          "accountInfo authCode agentID agentPassword callIDInConnectionID correlatorData privateData "
          "deviceIdentifiers userData buttonLabel lampLabel charactersToSend ");
    CHECK(names(root, "servEvtsList") ==
          "capExchangeServList systemServList monitoringServList snapshotServList callControlServList "
          "callControlEvtsList logicalServList logicalEvtsList deviceMaintEvtsList ");
    CHECK(names(root, "callControlServList") == "answerCall transferCall ");
    CHECK(names(root, "callControlEvtsList") == "delivered netwReached ");
    CHECK(names(root, "logicalServList") == "getDoNotDisturb getForwarding setDoNotDisturb setForwarding ");
    CHECK(names(root, "logicalEvtsList") == "agentLoggedOff agentLoggedOn ");
    CHECK(parsed(write(function, "GetSwitchingFunctionCapabilities", Edition::ed5)).name ==
          "GetSwitchingFunctionCapabilitiesResponse");
    function.name = std::string(63, 'a') + "\xc3\xa9";
    function.system_status_s = 0;
    const auto cut = parsed(write(function, "GetSwitchingFunctionCaps", Edition::ed3));
    CHECK(cut.text_of("switchingSubDomainName") == std::string(63, 'a'));
    CHECK_FALSE(cut.has("systemStatusTimer"));
}

TEST_CASE("features, as TR/87 clients ask for them") {
    const auto root = parsed(csta::write_csta_features(abilities(), Edition::ed3));
    CHECK(root.name == "GetCSTAFeaturesResponse");
    CHECK(names(root) == "supportedServices supportedEvents ");
    CHECK(names(root, "supportedServices") ==
          "capExchangeServList systemStatServList monitoringServList snapshotServList callControlServList "
          "logicalServList ");
    CHECK(names(root, "supportedEvents") == "callControlEvtsList logicalEvtsList deviceMaintEvtsList ");
}

TEST_CASE("devices") {
    CHECK(undeclared(csta::write_devices_follow("x1", Edition::ed5)) ==
          document("GetSwitchingFunctionDevicesResponse", "<serviceCrossRefID>x1</serviceCrossRefID>"));
    const std::array devices{csta::Device{{"2101"}}, csta::Device{{"2300"}, "acd"}};
    CHECK(undeclared(csta::write_devices({"x1", 1, true}, devices, Edition::ed5)) ==
          document("SwitchingFunctionDevices",
                   "<serviceCrossRefID>x1</serviceCrossRefID><segmentID>1</segmentID><lastSegment>true</lastSegment>"
                   "<deviceList><device><deviceID>2101</deviceID><deviceCategory>station</deviceCategory></device>"
                   "<device><deviceID>2300</deviceID><deviceCategory>acd</deviceCategory></device></deviceList>"));
    csta::LogicalDevice logical{"station", abilities(), 4};
    const auto root = parsed(write(logical, Edition::ed5));
    CHECK(names(root) == "deviceCategory hasPhysicalElement acdModels appearanceAddressable appearanceType "
                         "maxActiveCalls mediaClassSupport logDevServList logDevEvtsList deviceMaintEvtsList ");
    CHECK(names(root, "logDevServList") == "callControlServList logicalServList ");
    CHECK(names(root, "logDevEvtsList") == "callControlEvtsList logicalEvtsList ");
    const auto physical = parsed(write(csta::PhysicalDevice{"station", "", true}, Edition::ed5));
    CHECK(names(physical) == "deviceCategory hasLogicalElement physDevServList physDevEvtsList ");
    CHECK(names(parsed(write(csta::PhysicalDevice{"station", "Phone 1"}, Edition::ed5))) ==
          "deviceCategory hasLogicalElement deviceModelName ");
}
