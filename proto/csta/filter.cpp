#include "proto/csta/filter.hpp"

#include "proto/csta/elements.hpp"

namespace lamp::csta {
namespace {

constexpr std::string_view call_control = "callcontrol"; // so, with a small c
constexpr std::string_view call_associated = "callAssociated";
constexpr std::string_view physical = "physicalDeviceFeature";
constexpr std::string_view logical = "logicalDeviceFeature";
constexpr std::string_view maintenance = "maintenance";

// In the order of the enumeration, which is the order of the schema.
// clang-format off
constexpr std::array<FilterRow, event_kind_count> rows{{
    {call_control,    "bridged",                    EventKind::bridged},
    {call_control,    "callCleared",                EventKind::call_cleared},
    {call_control,    "conferenced",                EventKind::conferenced},
    {call_control,    "connectionCleared",          EventKind::connection_cleared},
    {call_control,    "delivered",                  EventKind::delivered},
    {call_control,    "digitsDialed",               EventKind::digits_dialed},
    {call_control,    "diverted",                   EventKind::diverted},
    {call_control,    "established",                EventKind::established},
    {call_control,    "failed",                     EventKind::failed},
    {call_control,    "held",                       EventKind::held},
    {call_control,    "networkCapabilitiesChanged", EventKind::network_capabilities_changed},
    {call_control,    "networkReached",             EventKind::network_reached},
    {call_control,    "offered",                    EventKind::offered},
    {call_control,    "originated",                 EventKind::originated},
    {call_control,    "queued",                     EventKind::queued},
    {call_control,    "retrieved",                  EventKind::retrieved},
    {call_control,    "serviceInitiated",           EventKind::service_initiated},
    {call_control,    "transferred",                EventKind::transferred},
    {call_associated, "callInformation",            EventKind::call_information},
    {call_associated, "charging",                   EventKind::charging},
    {call_associated, "digitsGenerated",            EventKind::digits_generated},
    {call_associated, "telephonyTonesGenerated",    EventKind::telephony_tones_generated},
    {call_associated, "serviceCompletionFailure",   EventKind::service_completion_failure},
    {physical,        "messageWaiting",             EventKind::message_waiting},
    {logical,         "agentBusy",                  EventKind::agent_busy},
    {logical,         "agentLoggedOn",              EventKind::agent_logged_on},
    {logical,         "agentLoggedOff",             EventKind::agent_logged_off},
    {logical,         "agentNotReady",              EventKind::agent_not_ready},
    {logical,         "agentReady",                 EventKind::agent_ready},
    {logical,         "agentWorkingAfterCall",      EventKind::agent_working_after_call},
    {logical,         "autoAnswer",                 EventKind::auto_answer},
    {logical,         "autoWorkMode",               EventKind::auto_work_mode},
    {logical,         "callBack",                   EventKind::call_back},
    {logical,         "callBackMessage",            EventKind::call_back_message},
    {logical,         "callerIDStatus",             EventKind::caller_id_status},
    {logical,         "doNotDisturb",               EventKind::do_not_disturb},
    {logical,         "forwarding",                 EventKind::forwarding},
    {logical,         "routeingMode",               EventKind::routeing_mode},
    {maintenance,     "backInService",              EventKind::back_in_service},
    {maintenance,     "deviceCapabilityChanged",    EventKind::device_capability_changed},
    {maintenance,     "outOfService",               EventKind::out_of_service},
    {maintenance,     "partiallyInService",         EventKind::partially_in_service},
}};
// clang-format on

constexpr bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].kind) != i) return false;
    return true;
}
static_assert(in_order());

} // namespace

std::span<const FilterRow> filter_rows() {
    return rows;
}

MonitorFilter only(std::span<const EventKind> known) {
    MonitorFilter out;
    for (const FilterRow& row : rows)
        out.hold_back(row.kind);
    for (EventKind kind : known)
        out.hold_back(kind, false);
    return out;
}

MonitorFilter both(const MonitorFilter& left, const MonitorFilter& right) {
    MonitorFilter out;
    for (const FilterRow& row : rows)
        out.hold_back(row.kind, !left.passes(row.kind) || !right.passes(row.kind));
    return out;
}

void write_filter(xml::Writer& writer, std::string_view element, const MonitorFilter& filter) {
    writer.open(element);
    std::string_view group;
    for (const FilterRow& row : rows) {
        if (filter.passes(row.kind)) continue;
        if (row.group != group) {
            if (!group.empty()) writer.close();
            writer.open(group = row.group);
        }
        writer.flag(row.name, true);
    }
    if (!group.empty()) writer.close();
    writer.close();
}

} // namespace lamp::csta
