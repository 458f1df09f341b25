// What a CSTA server answers and asks: positive responses, SystemStatus, MonitorStop, the segments of long lists,
// sessions (ECMA-354). Each `write` gives a whole document in the edition's namespace, elements in the order of the
// schema. Nothing here fails: texts are escaped, control characters dropped. Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/csta/filter.hpp"
#include "proto/csta/identities.hpp"
#include "proto/csta/words.hpp"

namespace lamp::csta {

/// The response that says yes and no more, to a request that is known (not Unknown): root + "Response" without content
/// (AnswerCall, HoldCall, MonitorStop, SetDoNotDisturb, SystemStatus …), "PosResponse" for StopApplicationSession.
[[nodiscard]] std::string write_done(std::string_view request_root, Edition edition);

// Sessions (ECMA-354; their own namespace)

struct SessionStarted {
    std::string session_id;
    std::string protocol_version; // one of those that were asked for, as it was written there
    std::uint32_t duration_s = 0;
};
[[nodiscard]] std::string write(const SessionStarted& answer);
[[nodiscard]] std::string write_session_timer_reset(std::uint32_t duration_s);
[[nodiscard]] std::string write_session_stopped();
enum class SessionEnd : std::uint8_t { resource_limitation, timer_expired };
[[nodiscard]] std::string write_session_terminated(std::string_view session_id, SessionEnd why);

// System status

[[nodiscard]] std::string write_system_status(SystemState state, std::string_view register_id, Edition edition);
[[nodiscard]] std::string write_requested_system_status(SystemState state, Edition edition);
[[nodiscard]] std::string write_system_registered(std::string_view register_id, Edition edition);

// Monitoring

struct MonitorStarted {
    std::string cross_ref;
    MonitorFilter filter{};             // written if it holds anything back
    std::optional<bool> existing_calls; // there are calls on the device: the client may want a snapshot
};
[[nodiscard]] std::string write(const MonitorStarted& answer, Edition edition);
[[nodiscard]] std::string write_monitor_stop(std::string_view cross_ref, Edition edition); // the server's own
[[nodiscard]] std::string write_filter_changed(const MonitorFilter& filter, Edition edition);

// Snapshots

struct ServicesPermitted { // what may be asked for in this state; all false: the element is left out
    bool alternate_call = false;
    bool answer_call = false;
    bool clear_connection = false;
    bool consultation_call = false;
    bool deflect_call = false;
    bool directed_pickup_call = false;
    bool hold_call = false;
    bool make_call = false;
    bool reconnect_call = false;
    bool retrieve_call = false;
    bool single_step_transfer = false;
    bool transfer_call = false;
    bool operator==(const ServicesPermitted&) const = default;
};

struct DeviceCall { // one call of one device
    Connection connection;
    std::optional<Party> endpoint{}; // the device on the call
    std::vector<LocalState> states;  // the device's own first, then the other sides'
    ServicesPermitted permitted{};
};
[[nodiscard]] std::string write_device_snapshot(std::span<const DeviceCall> calls, Edition edition);
/// For lists that are too long for one frame: the response names a service cross reference, SnapshotDeviceData follow.
/// Segments are the server's own messages, with invoke ids of its own; nobody answers them.
[[nodiscard]] std::string write_device_snapshot_follows(std::string_view service_cross_ref, Edition edition);
struct Segment {
    std::string_view service_cross_ref;
    int number = 1; // 1, 2, 3 …
    bool last = false;
};
[[nodiscard]] std::string write_device_snapshot_data(const Segment& segment, std::span<const DeviceCall> calls,
                                                     Edition edition);

struct CallParty { // one device of one call
    Party device;
    std::optional<Connection> connection{};
    std::optional<LocalState> state{};
};
struct CallSnapshot {
    std::vector<CallParty> parties;
    Party calling{};
    Party called{};
};
[[nodiscard]] std::string write(const CallSnapshot& answer, Edition edition);

// Capabilities

/// What a switching function, or one device of it, can do at all.
struct Abilities {
    MonitorFilter can_tell{};     // events
    ServicesPermitted services{}; // call control
    bool do_not_disturb = false;  // get and set
    bool forwarding = false;
    bool agent = false;
    bool message_waiting = false; // get
};

struct SwitchingFunction {
    std::string name; // of the switching sub-domain; cut at 64 bytes, and so is the next
    std::string manufacturer;
    Abilities abilities{};
    int system_status_s = 0; // heartbeat, up to 180; 0: left out
};
/// `request_root` tells GetSwitchingFunctionCaps from GetSwitchingFunctionCapabilities.
[[nodiscard]] std::string write(const SwitchingFunction& answer, std::string_view request_root, Edition edition);
[[nodiscard]] std::string write_csta_features(const Abilities& abilities, Edition edition);

struct Device {
    DeviceId id;
    std::string_view category = "station"; // DeviceCategory: "station", "acd", "group" …
};
/// GetSwitchingFunctionDevices: the response names a service cross reference, SwitchingFunctionDevices follow.
[[nodiscard]] std::string write_devices_follow(std::string_view service_cross_ref, Edition edition);
[[nodiscard]] std::string write_devices(const Segment& segment, std::span<const Device> devices, Edition edition);

struct LogicalDevice {
    std::string_view category = "station";
    Abilities abilities{};
    std::optional<int> calls_max{};
};
[[nodiscard]] std::string write(const LogicalDevice& answer, Edition edition);
struct PhysicalDevice {
    std::string_view category = "station";
    std::string model{}; // may be empty
    bool message_waiting = false;
};
[[nodiscard]] std::string write(const PhysicalDevice& answer, Edition edition);

// Call control

struct CallMade { // MakeCall
    Connection calling;
    std::string private_call_id{}; // the platform's own id of the call, in private data; may be empty
};
[[nodiscard]] std::string write(const CallMade& answer, Edition edition);
/// ConsultationCall: initiatedCall; DirectedPickupCall: pickedCall; TransferCall, SingleStepTransferCall:
/// transferredCall.
[[nodiscard]] std::string write_consultation_initiated(const Connection& initiated, Edition edition);
[[nodiscard]] std::string write_picked_up(const Connection& picked, Edition edition);
[[nodiscard]] std::string write_transferred(std::string_view request_root, const Connection& transferred,
                                            Edition edition);

// Logical device features

[[nodiscard]] std::string write_do_not_disturb(bool on, Edition edition); // GetDoNotDisturbResponse
struct Forwarding {
    ForwardingType type{};
    bool active = false;
    DeviceId to{};
    std::optional<int> ring_count{};
};
[[nodiscard]] std::string write_forwarding(std::span<const Forwarding> settings, Edition edition);
struct Agent {
    std::string id; // may be empty
    bool logged_on = false;
    AgentMode mode = AgentMode::null;
    DeviceId group{}; // may be empty
};
[[nodiscard]] std::string write_agent_state(const Agent& agent, Edition edition);
[[nodiscard]] std::string write_message_waiting(bool on, Edition edition);

} // namespace lamp::csta
