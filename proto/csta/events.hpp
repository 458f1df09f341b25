// The events of CSTA III (ECMA-323) and the documents of as-feature-event, which are the same without a monitor's cross
// reference. `write` keeps the order of the schema. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/csta/answers.hpp"
#include "proto/csta/filter.hpp"
#include "proto/csta/identities.hpp"
#include "proto/csta/words.hpp"

namespace lamp::csta {

/// A connection that a transfer or conference leaves behind.
struct JoinedConnection {
    std::optional<Connection> now{}; // newConnection
    std::optional<Connection> old{}; // oldConnection
    std::optional<Party> endpoint{}; // known or not_known or restricted
    bool operator==(const JoinedConnection&) const = default;
};

/// An event about a call. What an event has no place for is not written:
///
///     kind                connection      subject            other                calling called lastRedirection local
///     service_initiated   initiated       initiating                                                              x
///     originated          originated      callingDevice                                   x                       x
///     network_reached     outbound        networkInterface                        x       x      x                x
///     offered, delivered  offered, alert. offered, alerting                       x       x      x                x
///     established         established     answering                               x       x      x                x
///     held, retrieved     held, retr.     holding, retrieving                                                     x
///     queued              queued          queue                                   x       x      x                x
///     diverted            the diverted    diverting          newDestination       x       x      x                x
///     transferred         primaryOldCall  transferring       transferredToDevice                                  x
///     conferenced         primaryOldCall  conferencing       addedParty                                           x
///     failed              failed          failing                                 x       x      x                x
///     connection_cleared  dropped         releasing                                                               x
///     call_cleared        cleared call
///     bridged             bridged         appearance                                                              x
///     digits_dialed       dialling        dialling           dialled sequence                                     x
///     call_information    connection      device                                  x
struct CallEvent {
    EventKind kind = EventKind::delivered;
    Connection connection;
    std::optional<Connection> secondary_old{}; // transferred, conferenced
    Party subject{};
    Party other{};
    Party calling{};
    Party called{};
    Party last_redirection = Party::not_required();
    std::vector<JoinedConnection> connections{}; // transferred, conferenced
    std::optional<int> calls_in_front{};         // queued
    std::optional<LocalState> local{};
    Cause cause = Cause::normal; // call_information has none
    ServicesPermitted permitted{};
    std::string private_call_id{}; // the platform's own id of the call, in private data; may be empty
    bool operator==(const CallEvent&) const = default;
};

struct DoNotDisturbEvent {
    DeviceId device;
    bool on = false;
    bool operator==(const DoNotDisturbEvent&) const = default;
};
struct ForwardingEvent {
    DeviceId device;
    ForwardingType type = ForwardingType::immediate;
    bool active = false;
    DeviceId to{}; // may be empty
    std::optional<int> ring_count{};
    bool operator==(const ForwardingEvent&) const = default;
};
struct AgentEvent {
    EventKind kind = EventKind::agent_ready; // one of agent_…
    DeviceId device;
    std::string agent_id{};
    DeviceId group{};
    std::optional<Cause> cause{};
    bool operator==(const AgentEvent&) const = default;
};
struct ServiceEvent { // back_in_service, out_of_service
    EventKind kind = EventKind::back_in_service;
    DeviceId device;
    std::optional<Cause> cause{};
    bool operator==(const ServiceEvent&) const = default;
};
struct MessageWaitingEvent {
    DeviceId device;
    bool on = false;
    bool operator==(const MessageWaitingEvent&) const = default;
};
struct CallerIdStatusEvent {
    DeviceId device;
    bool provided = false;
    bool operator==(const CallerIdStatusEvent&) const = default;
};
struct AutoAnswerEvent {
    DeviceId device;
    bool on = false;
    std::optional<int> rings{};
    bool operator==(const AutoAnswerEvent&) const = default;
};
struct CallBackEvent {
    DeviceId originating;
    DeviceId target;
    bool on = false; // set; else cancelled
    bool operator==(const CallBackEvent&) const = default;
};

using Event = std::variant<CallEvent, DoNotDisturbEvent, ForwardingEvent, AgentEvent, ServiceEvent, MessageWaitingEvent,
                           CallerIdStatusEvent, AutoAnswerEvent, CallBackEvent>;

/// What a monitor's filter goes by.
[[nodiscard]] EventKind kind(const Event& event);
/// The root element, for example "TransferedEvent" (so spelled by the schema).
[[nodiscard]] std::string_view root_of(EventKind kind);

/// The same document for many monitors: `cross_ref` is the only thing in it that differs.
[[nodiscard]] std::string write(const Event& event, std::string_view cross_ref, Edition edition);

/// as-feature-event (BroadWorks telephones): edition 3, no cross reference, the device as plain text (may be empty).
/// For do not disturb, forwarding and agents; empty for other events.
inline constexpr std::string_view feature_media_type = "application/x-as-feature-event+xml";
[[nodiscard]] std::string write_feature(const Event& event);

} // namespace lamp::csta
