#include "proto/csta/requests.hpp"

#include <algorithm>
#include <array>

#include "proto/csta/elements.hpp"
#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"

namespace lamp::csta {
namespace {

constexpr std::size_t specific_info_max = 32; // leaves of applicationSpecificInfo that are kept
constexpr std::size_t versions_max = 32;

/// Takes the parts of one message; the first thing that is wrong is remembered, and what is taken after it is void.
class Parts {
public:
    explicit Parts(const xml::Element& root) : root_(root) {}

    const xml::Element& root() const { return root_; }

    void wrong(Failure failure, const std::string& what) {
        if (!refused) refused = Refused{root_.name, {}, failure, root_.name + " " + what + "."};
    }
    void lacks(std::string_view element) { wrong(Failure::parameter_missing, "lacks " + std::string(element)); }
    void unknown_value(std::string_view element, Failure failure = Failure::invalid_parameter_value) {
        wrong(failure, "has a value in " + std::string(element) + " that the schema does not know");
    }

    const xml::Element* needed(std::string_view element) {
        const auto* found = root_.child(element);
        if (!found) lacks(element);
        return found;
    }
    std::string text(std::string_view element) const { return std::string(root_.text_of(element)); }
    std::string needed_text(std::string_view element, Failure if_empty = Failure::invalid_parameter_value) {
        const auto* found = needed(element);
        if (found && found->text.empty()) wrong(if_empty, "has nothing in " + std::string(element));
        return found ? found->text : std::string();
    }
    /// Absent: false.
    bool flag(const xml::Element& parent, std::string_view element,
              Failure failure = Failure::invalid_parameter_value) {
        const auto* found = parent.child(element);
        if (!found) return false;
        if (found->text == "true" || found->text == "1") return true;
        if (found->text != "false" && found->text != "0") unknown_value(element, failure);
        return false;
    }
    bool needed_flag(std::string_view element) { return needed(element) && flag(root_, element); }

    /// Absent or empty: nothing.
    template <class Integer>
    std::optional<Integer> number(std::string_view element, Integer least, Integer most, Failure failure) {
        const auto text = root_.text_of(element);
        if (text.empty()) return std::nullopt;
        const auto value = text::number<Integer>(text);
        if (!value || *value < least || *value > most) unknown_value(element, failure);
        return value;
    }

    static DeviceId device(const xml::Element& element) {
        const auto* inner = element.child("deviceIdentifier");
        const auto& holder = inner ? *inner : element;
        return {holder.text, std::string(holder.attribute("typeOfNumber"))};
    }
    DeviceId device(std::string_view element) const {
        const auto* found = root_.child(element);
        return found ? device(*found) : DeviceId{};
    }
    /// The element must be there, and may be empty.
    DeviceId named_device(std::string_view element) { return needed(element) ? device(element) : DeviceId{}; }
    /// It must say something, too.
    DeviceId needed_device(std::string_view element, Failure if_empty = Failure::invalid_device) {
        auto out = named_device(element);
        if (out.empty()) wrong(if_empty, "names nothing in " + std::string(element));
        return out;
    }

    Connection connection(const xml::Element& element) {
        Connection out{std::string(element.text_of("callID"))};
        if (const auto* found = element.child("deviceID")) out.device = device(*found);
        if (out.call_id.empty() && out.device.empty())
            wrong(Failure::invalid_connection, "names neither call nor device in " + element.name);
        return out;
    }
    Connection needed_connection(std::string_view element) {
        const auto* found = needed(element);
        return found ? connection(*found) : Connection{};
    }

    std::optional<Refused> refused;

private:
    const xml::Element& root_;
};

/// Avaya's private data: the booleans of the filter say what is wanted.
bool inverted(const xml::Element& root) {
    const auto* extensions = root.child("extensions");
    const auto* found = extensions ? extensions->descendant("invertFilter") : nullptr;
    return found && (found->text == "true" || found->text == "1");
}

MonitorFilter read_filter(Parts& parts, const xml::Element& element) {
    MonitorFilter out;
    const bool wanted = inverted(parts.root());
    for (const FilterRow& row : filter_rows()) {
        const auto* group = element.child(row.group);
        if (!group && row.group == "callcontrol") group = element.child("callControl");
        const bool set = group && parts.flag(*group, row.name, Failure::invalid_monitor_filter);
        out.hold_back(row.kind, set != wanted);
    }
    return out;
}

// Sessions

void gather(const xml::Element& element, std::vector<std::pair<std::string, std::string>>& out) {
    for (const auto& child : element.children) {
        if (out.size() == specific_info_max) return;
        if (child.children.empty())
            out.emplace_back(child.name, child.text);
        else
            gather(child, out);
    }
}

std::optional<std::uint32_t> read_duration(Parts& parts) {
    return parts.number<std::uint32_t>("requestedSessionDuration", 0, UINT32_MAX, Failure::invalid_parameter_value);
}

Body read_start_session(Parts& parts) {
    StartSession out;
    const auto* info = parts.needed("applicationInfo");
    if (info) out.application_id = info->text_of("applicationID");
    if (info && out.application_id.empty()) parts.lacks("applicationID");
    if (const auto* specific = info ? info->child("applicationSpecificInfo") : nullptr)
        gather(*specific, out.specific_info);
    if (const auto* versions = parts.needed("requestedProtocolVersions"))
        for (const auto& version : versions->children)
            if (version.name == "protocolVersion" && out.protocol_versions.size() < versions_max)
                out.protocol_versions.push_back(version.text);
    if (out.protocol_versions.empty()) parts.lacks("protocolVersion");
    out.duration_s = read_duration(parts);
    return out;
}

Body read_reset_session(Parts& parts) {
    return ResetSessionTimer{parts.needed_text("sessionID"), read_duration(parts)};
}

Body read_stop_session(Parts& parts) {
    StopSession out{parts.needed_text("sessionID"), {}};
    if (const auto* reason = parts.root().child("sessionEndReason"))
        out.reason = reason->children.empty() ? reason->text : reason->children.front().text;
    return out;
}

// System status

Body read_request_status(Parts& parts) {
    return RequestSystemStatus{parts.text("sysStatRegisterID")};
}

Body read_status(Parts& parts) {
    const auto state = system_state_named(parts.needed_text("systemStatus"));
    if (!state) parts.unknown_value("systemStatus");
    return SystemStatusTold{state.value_or(SystemState::normal)};
}

Body read_register(Parts& parts) {
    SystemRegister out;
    if (const auto* types = parts.needed("requestTypes")) {
        out.system_status = parts.flag(*types, "systemStatus");
        out.request_system_status = parts.flag(*types, "requestSystemStatus");
    }
    if (const auto* filter = parts.root().child("requestedStatusFilter"))
        for (const auto& state : filter->children)
            if (const auto known = system_state_named(state.name); known && parts.flag(*filter, state.name))
                out.held_back.push_back(*known);
    return out;
}

Body read_register_cancel(Parts& parts) {
    return SystemRegisterCancel{parts.needed_text("sysStatRegisterID")};
}

// Monitoring

void read_monitor_object(Parts& parts, MonitorStart& out) {
    const auto* object = parts.needed("monitorObject");
    if (!object) return;
    if (const auto* call = object->child("callObject"))
        out.call = parts.connection(*call);
    else
        out.device = Parts::device(object->child("deviceObject") ? *object->child("deviceObject") : *object);
    if (out.device && out.device->empty())
        parts.wrong(Failure::invalid_monitor_object, "names nothing in monitorObject");
}

Body read_monitor_start(Parts& parts) {
    MonitorStart out;
    read_monitor_object(parts, out);
    if (const auto* filter = parts.root().child("requestedMonitorFilter")) out.filter = read_filter(parts, *filter);
    if (const auto type = parts.root().text_of("monitorType"); !type.empty()) {
        if (type != "device" && type != "call") parts.unknown_value("monitorType", Failure::invalid_monitor_type);
        out.type = type == "call" ? MonitorType::call : MonitorType::device;
    }
    if (const auto* media = parts.root().child("requestedMonitorMediaClass")) out.voice = parts.flag(*media, "voice");
    return out;
}

Body read_monitor_stop(Parts& parts) {
    return MonitorStop{parts.needed_text("monitorCrossRefID", Failure::invalid_monitor_cross_ref)};
}

Body read_change_filter(Parts& parts) {
    ChangeMonitorFilter out{parts.needed_text("monitorCrossRefID", Failure::invalid_monitor_cross_ref)};
    if (const auto* filter = parts.needed("requestedFilterList")) out.filter = read_filter(parts, *filter);
    return out;
}

// Snapshots, capabilities

Body read_snapshot_call(Parts& parts) {
    return SnapshotCall{parts.needed_connection("snapshotObject")};
}

Body read_devices(Parts& parts) {
    return GetSwitchingFunctionDevices{parts.device("requestedDeviceID"), parts.text("requestedDeviceCategory")};
}

template <class Request>
Body read_nothing(Parts& /*parts*/) {
    return Request{};
}

template <class Request>
Body read_device_alone(Parts& parts) {
    return Request{parts.needed_device("device")};
}

// Features that a telephone may ask for without naming itself
template <class Request>
Body read_own_device(Parts& parts) {
    return Request{parts.named_device("device")};
}

Body read_snapshot_device(Parts& parts) {
    return SnapshotDevice{parts.needed_device("snapshotObject")};
}

// Call control

Body read_make_call(Parts& parts) {
    MakeCall out{parts.needed_device("callingDevice", Failure::invalid_calling_device),
                 parts.device("calledDirectoryNumber")};
    const auto originate = parts.text("autoOriginate");
    out.prompt = originate == "prompt";
    if (!originate.empty() && !out.prompt && originate != "doNotPrompt") parts.unknown_value("autoOriginate");
    return out;
}

struct CallRow {
    std::string_view root;
    CallService service;
    std::string_view call;
    std::string_view other; // empty: one connection only
};
// clang-format off
constexpr std::array call_rows{
    CallRow{"AnswerCall",      CallService::answer_call,      "callToBeAnswered",      ""},
    CallRow{"ClearConnection", CallService::clear_connection, "connectionToBeCleared", ""},
    CallRow{"ClearCall",       CallService::clear_call,       "callToBeCleared",       ""},
    CallRow{"HoldCall",        CallService::hold_call,        "callToBeHeld",          ""},
    CallRow{"RetrieveCall",    CallService::retrieve_call,    "callToBeRetrieved",     ""},
    CallRow{"AlternateCall",   CallService::alternate_call,   "heldCall",              "activeCall"},
    CallRow{"ReconnectCall",   CallService::reconnect_call,   "activeCall",            "heldCall"},
    CallRow{"TransferCall",    CallService::transfer_call,    "heldCall",              "activeCall"},
    CallRow{"ConferenceCall",  CallService::conference_call,  "heldCall",              "activeCall"},
};
// clang-format on

Body read_call(Parts& parts, const CallRow& row) {
    CallRequest out{row.service, parts.needed_connection(row.call)};
    if (!row.other.empty()) out.other = parts.needed_connection(row.other);
    return out;
}

struct CallDeviceRow {
    std::string_view root;
    CallDeviceService service;
    std::string_view call;
    std::string_view device;
    Failure no_device;
};
using enum CallDeviceService;
using enum Failure;
// clang-format off
constexpr std::array<CallDeviceRow, 4> call_device_rows{{
    {"ConsultationCall",       consultation_call,         "existingCall",     "consultedDevice",  invalid_called_device},
    {"SingleStepTransferCall", single_step_transfer_call, "activeCall",       "transferredTo",    invalid_destination},
    {"DeflectCall",            deflect_call,              "callToBeDiverted", "newDestination",   invalid_destination},
    {"DirectedPickupCall",     directed_pickup_call,      "callToBePickedUp", "requestingDevice", invalid_destination_device},
}};
// clang-format on

/// Edition 6 writes the destinations of DeflectCall as a list of `device`; one can be served.
DeviceId read_destination(Parts& parts, const CallDeviceRow& row) {
    const auto* found = parts.root().child(row.device);
    const auto is_device = [](const xml::Element& child) { return child.name == "device"; };
    const auto several = found ? std::ranges::count_if(found->children, is_device) : 0;
    if (several > 1) parts.wrong(row.no_device, "names more than one device in " + std::string(row.device));
    if (several == 0) return parts.needed_device(row.device, row.no_device);
    auto out = Parts::device(*found->child("device"));
    if (out.empty()) parts.wrong(row.no_device, "names nothing in " + std::string(row.device));
    return out;
}

Body read_call_device(Parts& parts, const CallDeviceRow& row) {
    return CallDeviceRequest{row.service, parts.needed_connection(row.call), read_destination(parts, row)};
}

// Logical device features

Body read_set_dnd(Parts& parts) {
    return SetDoNotDisturb{parts.named_device("device"), parts.needed_flag("doNotDisturbOn")};
}

Body read_set_forwarding(Parts& parts) {
    SetForwarding out{parts.named_device("device")};
    if (const auto word = parts.text("forwardingType"); !word.empty()) {
        const auto type = forwarding_type_named(word);
        if (!type) parts.unknown_value("forwardingType", Failure::invalid_forwarding_type);
        out.type = type.value_or(ForwardingType::immediate);
    }
    out.active = parts.needed_flag("activateForward");
    out.to = parts.device("forwardDN");
    out.ring_count = parts.number<int>("ringCount", 1, 100, Failure::invalid_ring_count);
    return out;
}

Body read_get_agent(Parts& parts) {
    return GetAgentState{parts.named_device("device"), parts.device("acdGroup")};
}

Body read_set_agent(Parts& parts) {
    SetAgentState out{parts.named_device("device")};
    const auto wish = agent_wish_named(parts.needed_text("requestedAgentState", Failure::invalid_agent_state));
    if (!wish) parts.unknown_value("requestedAgentState", Failure::invalid_agent_state);
    out.wish = wish.value_or(AgentWish::not_ready);
    out.agent_id = parts.text("agentID");
    return out;
}

// Answers to the server

Body read_error(Parts& parts) {
    if (parts.root().children.empty()) parts.lacks("a category");
    CstaError out;
    for (const auto& child : parts.root().children) {
        if (child.name == "privateErrorCode")
            out.private_code = child.text;
        else if (const auto failure = failure_named(child.name, child.text))
            out.failure = *failure;
    }
    return out;
}

struct Row {
    std::string_view root;
    Body (*read)(Parts&);
};
// clang-format off
constexpr std::array rows{
    Row{"StartApplicationSession",          read_start_session},
    Row{"ResetApplicationSessionTimer",     read_reset_session},
    Row{"StopApplicationSession",           read_stop_session},
    Row{"RequestSystemStatus",              read_request_status},
    Row{"SystemStatus",                     read_status},
    Row{"SystemRegister",                   read_register},
    Row{"SystemRegisterCancel",             read_register_cancel},
    Row{"MonitorStart",                     read_monitor_start},
    Row{"MonitorStop",                      read_monitor_stop},
    Row{"ChangeMonitorFilter",              read_change_filter},
    Row{"SnapshotDevice",                   read_snapshot_device},
    Row{"SnapshotCall",                     read_snapshot_call},
    Row{"GetSwitchingFunctionCaps",         read_nothing<GetSwitchingFunctionCaps>},
    Row{"GetSwitchingFunctionCapabilities", read_nothing<GetSwitchingFunctionCaps>},
    Row{"GetSwitchingFunctionDevices",      read_devices},
    Row{"GetLogicalDeviceInformation",      read_device_alone<GetLogicalDeviceInformation>},
    Row{"GetPhysicalDeviceInformation",     read_device_alone<GetPhysicalDeviceInformation>},
    Row{"GetCSTAFeatures",                  read_nothing<GetCstaFeatures>},
    Row{"MakeCall",                         read_make_call},
    Row{"GetDoNotDisturb",                  read_own_device<GetDoNotDisturb>},
    Row{"SetDoNotDisturb",                  read_set_dnd},
    Row{"GetForwarding",                    read_own_device<GetForwarding>},
    Row{"SetForwarding",                    read_set_forwarding},
    Row{"GetAgentState",                    read_get_agent},
    Row{"SetAgentState",                    read_set_agent},
    Row{"GetMessageWaitingIndicator",       read_own_device<GetMessageWaitingIndicator>},
    Row{"SystemStatusResponse",             read_nothing<SystemStatusAccepted>},
    Row{"MonitorStopResponse",              read_nothing<MonitorStopAccepted>},
    Row{"CSTAErrorCode",                    read_error},
};
// clang-format on

Body read_body(Parts& parts) {
    const auto is_it = [&](const auto& row) { return row.root == parts.root().name; };
    if (const auto row = std::ranges::find_if(rows, is_it); row != rows.end()) return row->read(parts);
    if (const auto row = std::ranges::find_if(call_rows, is_it); row != call_rows.end()) return read_call(parts, *row);
    if (const auto row = std::ranges::find_if(call_device_rows, is_it); row != call_device_rows.end())
        return read_call_device(parts, *row);
    return Unknown{};
}

} // namespace

std::string_view StartSession::info(std::string_view name) const {
    for (const auto& [key, value] : specific_info)
        if (text::same_letters(key, name)) return value;
    return {};
}

std::expected<Message, Refused> read(std::string_view xml) {
    std::string root_space;
    const auto root = xml::parse_tree(xml, root_space);
    if (!root) return std::unexpected(Refused{{}, {}, Failure::generic, root.error().text});
    const auto edition = edition_of(root_space);
    Parts parts(*root);
    auto body = read_body(parts);
    if (parts.refused) {
        parts.refused->edition = edition;
        return std::unexpected(std::move(*parts.refused));
    }
    return Message{root->name, edition, std::move(body)};
}

} // namespace lamp::csta
