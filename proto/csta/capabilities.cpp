// What a switching function can do (ECMA-269 section 13): the answers that TAPI bridges ask for first. The names in
// the lists of services and events are not always those of the services and events.
#include <array>

#include "proto/csta/answers.hpp"
#include "proto/csta/elements.hpp"
#include "proto/text/text.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::csta {
namespace {

constexpr std::size_t name_bytes_max = 64;

struct EventRow {
    std::string_view name;
    EventKind kind;
};
// The lists are sequences: the order is the schema's.
constexpr std::array call_control_events{
    EventRow{"bridged", EventKind::bridged},
    EventRow{"callCleared", EventKind::call_cleared},
    EventRow{"conferenced", EventKind::conferenced},
    EventRow{"connectionCleared", EventKind::connection_cleared},
    EventRow{"delivered", EventKind::delivered},
    EventRow{"digitsDialed", EventKind::digits_dialed},
    EventRow{"diverted", EventKind::diverted},
    EventRow{"established", EventKind::established},
    EventRow{"failed", EventKind::failed},
    EventRow{"held", EventKind::held},
    EventRow{"netwReached", EventKind::network_reached},
    EventRow{"offered", EventKind::offered},
    EventRow{"originated", EventKind::originated},
    EventRow{"queued", EventKind::queued},
    EventRow{"retrieved", EventKind::retrieved},
    EventRow{"serviceInitiated", EventKind::service_initiated},
    EventRow{"transferred", EventKind::transferred},
};
constexpr std::array call_associated_events{EventRow{"callInformation", EventKind::call_information}};
constexpr std::array physical_events{EventRow{"messageWaiting", EventKind::message_waiting}};
constexpr std::array logical_events{
    EventRow{"agentBusy", EventKind::agent_busy},
    EventRow{"agentLoggedOff", EventKind::agent_logged_off},
    EventRow{"agentLoggedOn", EventKind::agent_logged_on},
    EventRow{"agentNotReady", EventKind::agent_not_ready},
    EventRow{"agentReady", EventKind::agent_ready},
    EventRow{"agentWorkingAfterCall", EventKind::agent_working_after_call},
    EventRow{"autoAnswer", EventKind::auto_answer},
    EventRow{"callBack", EventKind::call_back},
    EventRow{"callerIDStatus", EventKind::caller_id_status},
    EventRow{"doNotDisturb", EventKind::do_not_disturb},
    EventRow{"forwarding", EventKind::forwarding},
};
constexpr std::array maintenance_events{EventRow{"backInService", EventKind::back_in_service},
                                        EventRow{"outOfService", EventKind::out_of_service}};

void write_empty(xml::Writer& writer, std::string_view element) {
    writer.open(element).close();
}

void write_events(xml::Writer& writer, std::string_view list, std::span<const EventRow> rows,
                  const MonitorFilter& can_tell) {
    bool open = false;
    for (const EventRow& row : rows) {
        if (!can_tell.passes(row.kind)) continue;
        if (!open) writer.open(list);
        open = true;
        write_empty(writer, row.name);
    }
    if (open) writer.close();
}

void write_call_control(xml::Writer& writer, const ServicesPermitted& services) {
    if (services == ServicesPermitted{}) return;
    writer.open("callControlServList");
    for (const PermittedRow& row : permitted_rows())
        if (services.*row.member) write_empty(writer, row.name);
    writer.close();
}

void write_logical(xml::Writer& writer, const Abilities& abilities) {
    if (!abilities.agent && !abilities.do_not_disturb && !abilities.forwarding) return;
    writer.open("logicalServList");
    if (abilities.agent) write_empty(writer, "getAgentState");
    if (abilities.do_not_disturb) write_empty(writer, "getDoNotDisturb");
    if (abilities.forwarding) write_empty(writer, "getForwarding");
    if (abilities.agent) write_empty(writer, "setAgentState");
    if (abilities.do_not_disturb) write_empty(writer, "setDoNotDisturb");
    if (abilities.forwarding) write_empty(writer, "setForwarding");
    writer.close();
}

void write_list(xml::Writer& writer, std::string_view list, std::span<const std::string_view> services) {
    writer.open(list);
    for (std::string_view service : services)
        write_empty(writer, service);
    writer.close();
}

constexpr std::array<std::string_view, 6> exchange_services{
    "getCSTAFeatures",          "getLogicalDeviceInformation", "getPhysicalDeviceInformation",
    "getSwitchingFunctionCaps", "getSwitchingFunctionDevices", "switchingFunctionDevices"};
constexpr std::array<std::string_view, 4> system_services{"systemRegister", "systemStatusRegisterCancel",
                                                          "requestSystemStatus", "systemStatus"};
constexpr std::array<std::string_view, 3> monitor_services{"changeMonitorFilter", "monitorStart", "monitorStop"};
constexpr std::array<std::string_view, 3> snapshot_services{"snapshotCall", "snapshotDevice", "snapshotDeviceData"};

void write_session_lists(xml::Writer& writer, std::string_view system_list) {
    write_list(writer, "capExchangeServList", exchange_services);
    write_list(writer, system_list, system_services);
    write_list(writer, "monitoringServList", monitor_services);
    write_list(writer, "snapshotServList", snapshot_services);
}

void write_physical_services(xml::Writer& writer, bool message_waiting) {
    if (!message_waiting) return;
    writer.open("physDevServList");
    write_empty(writer, "getMessageWaitingIndicator");
    writer.close();
}

void write_services_and_events(xml::Writer& writer, const Abilities& abilities) {
    writer.open("servEvtsList");
    write_session_lists(writer, "systemServList");
    write_call_control(writer, abilities.services);
    write_events(writer, "callControlEvtsList", call_control_events, abilities.can_tell);
    write_events(writer, "callAssociatedEvtsList", call_associated_events, abilities.can_tell);
    write_physical_services(writer, abilities.message_waiting);
    write_events(writer, "physDevEvtsList", physical_events, abilities.can_tell);
    write_logical(writer, abilities);
    write_events(writer, "logicalEvtsList", logical_events, abilities.can_tell);
    write_events(writer, "deviceMaintEvtsList", maintenance_events, abilities.can_tell);
    writer.close();
}

/// Bounds that one may rely on: our ids are short, and what is 0 is not taken at all.
void write_lengths(xml::Writer& writer) {
    writer.open("maxLengthParameters");
    writer.element("accountInfo", 0).element("authCode", 0).element("agentID", 64).element("agentPassword", 0);
    writer.element("callIDInConnectionID", 64).element("correlatorData", 0).element("privateData", 1024);
    writer.element("deviceIdentifiers", 255).element("userData", 0).element("buttonLabel", 0);
    writer.element("lampLabel", 0).element("charactersToSend", 0).close();
}

} // namespace

std::string write(const SwitchingFunction& answer, std::string_view request_root, Edition edition) {
    xml::Writer writer(std::string(request_root) + "Response", space(edition));
    writer.element("switchingSubDomainName", text::beginning(answer.name, name_bytes_max));
    writer.element("manufacturerName", text::beginning(answer.manufacturer, name_bytes_max));
    writer.open("profiles").flag("basicTelephonyProfile", true).close();
    writer.open("deviceIDFormat").flag("deviceNumber", true).close();
    writer.open("swDomainFeatures").flag("isForwardingAfter", true);
    writer.flag("extCallsIncoming", true).flag("extCallsOutgoing", true).close();
    writer.open("swAppearanceAddressability").flag("nonAddressable", true).close();
    writer.open("swAppearanceTypes").flag("basicStandard", true).close();
    writer.element("ignoreUnsupportedParameters", "ignoreParameters");
    writer.open("mediaClassSupport").flag("voice", true).close();
    writer.element("connectionView", "local");
    write_lengths(writer);
    write_services_and_events(writer, answer.abilities);
    if (answer.system_status_s > 0) writer.element("systemStatusTimer", answer.system_status_s);
    return writer.done();
}

std::string write_csta_features(const Abilities& abilities, Edition edition) {
    xml::Writer writer("GetCSTAFeaturesResponse", space(edition));
    writer.open("supportedServices");
    write_session_lists(writer, "systemStatServList");
    write_call_control(writer, abilities.services);
    write_physical_services(writer, abilities.message_waiting);
    write_logical(writer, abilities);
    writer.close().open("supportedEvents");
    write_events(writer, "callControlEvtsList", call_control_events, abilities.can_tell);
    write_events(writer, "callAssociatedEvtsList", call_associated_events, abilities.can_tell);
    write_events(writer, "physDevEvtsList", physical_events, abilities.can_tell);
    write_events(writer, "logicalEvtsList", logical_events, abilities.can_tell);
    write_events(writer, "deviceMaintEvtsList", maintenance_events, abilities.can_tell);
    return writer.done();
}

std::string write_devices_follow(std::string_view service_cross_ref, Edition edition) {
    xml::Writer writer("GetSwitchingFunctionDevicesResponse", space(edition));
    writer.element("serviceCrossRefID", service_cross_ref);
    return writer.done();
}

std::string write_devices(const Segment& segment, std::span<const Device> devices, Edition edition) {
    xml::Writer writer("SwitchingFunctionDevices", space(edition));
    write_segment(writer, segment);
    writer.open("deviceList");
    for (const Device& device : devices) {
        writer.open("device");
        write_device(writer, "deviceID", device.id);
        writer.element("deviceCategory", device.category).close();
    }
    return writer.done();
}

std::string write(const LogicalDevice& answer, Edition edition) {
    xml::Writer writer("GetLogicalDeviceInformationResponse", space(edition));
    writer.element("deviceCategory", answer.category).flag("hasPhysicalElement", true);
    writer.open("acdModels").flag("nonVisibleACDRelatedDevices", true).close();
    writer.flag("appearanceAddressable", false).element("appearanceType", "basicStandard");
    if (answer.calls_max) writer.element("maxActiveCalls", *answer.calls_max);
    writer.open("mediaClassSupport").flag("voice", true).close();
    writer.open("logDevServList");
    write_call_control(writer, answer.abilities.services);
    write_logical(writer, answer.abilities);
    writer.close().open("logDevEvtsList");
    write_events(writer, "callControlEvtsList", call_control_events, answer.abilities.can_tell);
    write_events(writer, "callAssociatedEvtsList", call_associated_events, answer.abilities.can_tell);
    write_events(writer, "logicalEvtsList", logical_events, answer.abilities.can_tell);
    writer.close();
    write_events(writer, "deviceMaintEvtsList", maintenance_events, answer.abilities.can_tell);
    return writer.done();
}

std::string write(const PhysicalDevice& answer, Edition edition) {
    xml::Writer writer("GetPhysicalDeviceInformationResponse", space(edition));
    writer.element("deviceCategory", answer.category).flag("hasLogicalElement", true);
    if (!answer.model.empty()) writer.element("deviceModelName", text::beginning(answer.model, name_bytes_max));
    write_physical_services(writer, answer.message_waiting);
    if (answer.message_waiting) write_events(writer, "physDevEvtsList", physical_events, MonitorFilter{});
    return writer.done();
}

} // namespace lamp::csta
