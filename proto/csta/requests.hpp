// What a CSTA client says: ECMA-323 requests, ECMA-354 session requests, answers to what the server asks. Read in any
// prefix and any edition; unknown elements and private data are passed over. Also reads the bodies that telephones send
// in SUBSCRIBE for as-feature-event. Pure.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/csta/errors.hpp"
#include "proto/csta/filter.hpp"
#include "proto/csta/identities.hpp"
#include "proto/csta/words.hpp"

namespace lamp::csta {

// ECMA-354

struct StartSession {
    std::string application_id;
    /// Texts of leaf elements in applicationSpecificInfo by local name, first one wins: "userName", "password" …
    std::vector<std::pair<std::string, std::string>> specific_info;
    std::vector<std::string> protocol_versions; // as they came, first choice first
    std::optional<std::uint32_t> duration_s;    // nothing: the client has no wish
    bool operator==(const StartSession&) const = default;
    /// The first value under one of the names, any case; empty without.
    [[nodiscard]] std::string_view info(std::string_view name) const;
};
struct ResetSessionTimer {
    std::string session_id;
    std::optional<std::uint32_t> duration_s;
    bool operator==(const ResetSessionTimer&) const = default;
};
struct StopSession {
    std::string session_id;
    std::string reason; // "normal", or the application's own words; may be empty
    bool operator==(const StopSession&) const = default;
};

// System status

struct RequestSystemStatus {
    std::string register_id; // may be empty
    bool operator==(const RequestSystemStatus&) const = default;
};
struct SystemStatusTold { // the client's own state; answer with SystemStatusResponse
    SystemState state{};
    bool operator==(const SystemStatusTold&) const = default;
};
struct SystemRegister {
    bool system_status = false;         // wants SystemStatus
    bool request_system_status = false; // wants to be asked for its own
    std::vector<SystemState> held_back; // status filter: states that it does not want to hear
    bool operator==(const SystemRegister&) const = default;
};
struct SystemRegisterCancel {
    std::string register_id;
    bool operator==(const SystemRegisterCancel&) const = default;
};

// Monitoring

enum class MonitorType : std::uint8_t { device, call };
struct MonitorStart {
    std::optional<DeviceId> device; // either this
    std::optional<Connection> call; // or this
    MonitorFilter filter{};
    std::optional<MonitorType> type{};
    bool voice = true; // requestedMonitorMediaClass has it, or is not given
    bool operator==(const MonitorStart&) const = default;
};
struct MonitorStop {
    std::string cross_ref;
    bool operator==(const MonitorStop&) const = default;
};
struct ChangeMonitorFilter {
    std::string cross_ref;
    MonitorFilter filter{};
    bool operator==(const ChangeMonitorFilter&) const = default;
};

// Snapshots, capabilities

struct SnapshotDevice {
    DeviceId device;
    bool operator==(const SnapshotDevice&) const = default;
};
struct SnapshotCall {
    Connection call;
    bool operator==(const SnapshotCall&) const = default;
};
/// GetSwitchingFunctionCaps, also under the name GetSwitchingFunctionCapabilities.
struct GetSwitchingFunctionCaps {
    bool operator==(const GetSwitchingFunctionCaps&) const = default;
};
struct GetSwitchingFunctionDevices {
    DeviceId device{};      // empty: all
    std::string category{}; // "station", "acd" …; empty: all
    bool operator==(const GetSwitchingFunctionDevices&) const = default;
};
struct GetLogicalDeviceInformation {
    DeviceId device;
    bool operator==(const GetLogicalDeviceInformation&) const = default;
};
struct GetPhysicalDeviceInformation {
    DeviceId device;
    bool operator==(const GetPhysicalDeviceInformation&) const = default;
};
struct GetCstaFeatures { // TR/87 clients ask it first
    bool operator==(const GetCstaFeatures&) const = default;
};

// Call control

struct MakeCall {
    DeviceId calling;
    DeviceId called;     // may be empty: off-hook only
    bool prompt = false; // autoOriginate: ring the own telephone first
    bool operator==(const MakeCall&) const = default;
};
/// Services about one connection, or two.
enum class CallService : std::uint8_t {
    answer_call,      // call
    clear_connection, // call
    clear_call,       // call
    hold_call,        // call
    retrieve_call,    // call
    alternate_call,   // call: the held one; other: the active one
    reconnect_call,   // call: the active one; other: the held one
    transfer_call,    // call: the held one; other: the active one
    conference_call,  // call: the held one; other: the active one
};
struct CallRequest {
    CallService service{};
    Connection call;
    Connection other{};
    bool operator==(const CallRequest&) const = default;
};
/// Services about one connection and a device.
enum class CallDeviceService : std::uint8_t {
    consultation_call,         // existing call, consulted device
    single_step_transfer_call, // active call, transferred to
    deflect_call,              // call to be diverted, new destination
    directed_pickup_call,      // call to be picked up, requesting device
};
struct CallDeviceRequest {
    CallDeviceService service{};
    Connection call;
    DeviceId device;
    bool operator==(const CallDeviceRequest&) const = default;
};

// Logical device features. An empty device is allowed: as-feature-event leaves it out, since the URI names it.

struct GetDoNotDisturb {
    DeviceId device;
    bool operator==(const GetDoNotDisturb&) const = default;
};
struct SetDoNotDisturb {
    DeviceId device;
    bool on = false;
    bool operator==(const SetDoNotDisturb&) const = default;
};
struct GetForwarding {
    DeviceId device;
    bool operator==(const GetForwarding&) const = default;
};
struct SetForwarding {
    DeviceId device;
    ForwardingType type = ForwardingType::immediate;
    bool active = false;
    DeviceId to{}; // may be empty: the number that is set stays
    std::optional<int> ring_count{};
    bool operator==(const SetForwarding&) const = default;
};
struct GetAgentState {
    DeviceId device;
    DeviceId group{};
    bool operator==(const GetAgentState&) const = default;
};
struct SetAgentState {
    DeviceId device;
    AgentWish wish{};
    std::string agent_id{};
    bool operator==(const SetAgentState&) const = default;
};
struct GetMessageWaitingIndicator {
    DeviceId device;
    bool operator==(const GetMessageWaitingIndicator&) const = default;
};

// Answers to what the server asks

struct SystemStatusAccepted { // SystemStatusResponse
    bool operator==(const SystemStatusAccepted&) const = default;
};
struct MonitorStopAccepted { // MonitorStopResponse
    bool operator==(const MonitorStopAccepted&) const = default;
};

/// A root that is none of the above; answer with service_not_supported unless it ends in "Response" or "Event".
struct Unknown {
    bool operator==(const Unknown&) const = default;
};

using Body =
    std::variant<Unknown, StartSession, ResetSessionTimer, StopSession, RequestSystemStatus, SystemStatusTold,
                 SystemRegister, SystemRegisterCancel, MonitorStart, MonitorStop, ChangeMonitorFilter, SnapshotDevice,
                 SnapshotCall, GetSwitchingFunctionCaps, GetSwitchingFunctionDevices, GetLogicalDeviceInformation,
                 GetPhysicalDeviceInformation, GetCstaFeatures, MakeCall, CallRequest, CallDeviceRequest,
                 GetDoNotDisturb, SetDoNotDisturb, GetForwarding, SetForwarding, GetAgentState, SetAgentState,
                 GetMessageWaitingIndicator, SystemStatusAccepted, MonitorStopAccepted, CstaError>;

struct Message {
    std::string root;               // local name; root + "Response" answers a request
    std::optional<Edition> edition; // nothing: no CSTA namespace (session requests, sloppy clients)
    Body body;

    template <class T>
    [[nodiscard]] const T* as() const {
        return std::get_if<T>(&body);
    }
};

/// Why a document is no message.
struct Refused {
    std::string root;               // empty: no XML
    std::optional<Edition> edition; // as far as it was read
    Failure failure = Failure::generic;
    std::string text; // one sentence that names the element
};

/// Refuses: no XML (failure `generic`, no root); a required element that is missing (`parameter_missing`), an
/// enumeration or number that the schema does not know (`invalid_parameter_value`, or what says it more closely).
[[nodiscard]] std::expected<Message, Refused> read(std::string_view xml);

} // namespace lamp::csta
