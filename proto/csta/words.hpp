// The words of CSTA III (ECMA-269, as ECMA-323's schemas spell them): editions, states, causes, errors, events. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lamp::csta {

/// The namespaces that are spoken. Everything here is the same in all of them but for optional elements at the end.
enum class Edition : std::uint8_t { ed2_ecma_ch, ed2, ed3, ed4, ed5, ed6 };
inline constexpr Edition edition_default = Edition::ed5;
inline constexpr std::string_view session_space = "http://www.ecma-international.org/standards/ecma-354/appl_session";
[[nodiscard]] std::string_view space(Edition edition);
/// By namespace; also by what stands in StartApplicationSession, where some add a path of their own (".../ed3/priv5").
[[nodiscard]] std::optional<Edition> edition_of(std::string_view space_or_version);

/// State of one connection (ECMA-269 6.1.5).
enum class LocalState : std::uint8_t { null, initiated, alerting, connected, hold, queued, fail };
[[nodiscard]] std::string_view name(LocalState state);

/// `messages_lost` is "messagesLost" as a value, and "messageLost" in a status filter; both are read.
enum class SystemState : std::uint8_t {
    disabled,
    partially_disabled,
    enabled,
    initializing,
    messages_lost,
    normal,
    overload_imminent,
    overload_reached,
    overload_relieved,
};
inline constexpr std::size_t system_state_count = 9;
[[nodiscard]] std::string_view name(SystemState state);
[[nodiscard]] std::optional<SystemState> system_state_named(std::string_view word);

/// Those of EventCause that have a use here.
enum class Cause : std::uint8_t {
    acd_busy,
    active_participation,
    alternate,
    busy,
    call_cancelled,
    call_forward,
    call_forward_busy,
    call_forward_immediate,
    call_forward_no_answer,
    call_not_answered,
    call_pickup,
    conference,
    consultation,
    dest_not_obtainable,
    dest_out_of_order,
    distributed,
    do_not_disturb,
    entering_distribution,
    forced_transition,
    incompatible_destination,
    key_operation,
    lockout,
    maintenance,
    make_call,
    multiple_alerting,
    network_congestion,
    network_dialling,
    network_not_obtainable,
    network_out_of_order,
    network_signal,
    new_call,
    no_available_agents,
    normal,
    normal_clearing,
    number_unallocated,
    overflow,
    park,
    recall,
    redirected,
    reorder_tone,
    resources_not_available,
    single_step_conference,
    single_step_transfer,
    switching_function_terminated,
    timeout,
    transfer,
    trunks_busy,
};
[[nodiscard]] std::string_view name(Cause cause);
[[nodiscard]] std::optional<Cause> cause_named(std::string_view word);

/// Why a request is refused (CSTAErrorCode, ECMA-269 section 9.3). Each stands in one category.
enum class Failure : std::uint8_t {
    // operation
    generic,
    parameter_missing, // atLeastOneConditionalParameterNotProvided
    invalid_parameter_value,
    feature_already_set,
    invalid_agent_identifier,
    invalid_agent_password,
    invalid_agent_state,
    invalid_destination,
    invalid_feature,
    invalid_forwarding_destination,
    invalid_forwarding_type,
    invalid_monitor_cross_ref,
    invalid_monitor_filter,
    invalid_monitor_object,
    invalid_monitor_type,
    invalid_ring_count,
    invalid_active_call,
    invalid_held_call,
    invalid_call,
    invalid_connection,
    invalid_device,
    invalid_called_device,
    invalid_calling_device,
    invalid_destination_device,
    object_not_known,
    monitor_type_not_supported,
    agent_state_not_supported,
    system_register_not_supported, // sysStatRegIDNotSupported
    privilege_violation_specified_device,
    privilege_violation_called_device,
    privilege_violation_calling_device,
    request_incompatible_with_object,
    request_incompatible_with_connection,
    request_incompatible_with_device,
    service_not_supported,
    security_violation,
    value_out_of_range,
    // security
    security_generic,
    // stateIncompatibility
    state_generic,
    invalid_object_state,
    invalid_device_state,
    invalid_connection_state,
    no_active_call,
    no_call_to_answer,
    no_call_to_clear,
    no_call_to_complete,
    no_connection_to_clear,
    no_held_call,
    // systemResourceAvailability
    resource_generic,
    resource_busy, // also for "try again later"
    internal_resource_busy,
    network_busy,
    resource_out_of_service,
    device_out_of_service,
    network_out_of_service,
    resource_limit_exceeded,
    overall_monitor_limit_exceeded,
    conference_member_limit_exceeded,
    registration_limit_exceeded,
    // subscribedResourceAvailability
    subscribed_generic,
    object_monitor_limit_exceeded,
    outstanding_request_limit_exceeded,
    // performanceManagement
    performance_generic,
    performance_limit_exceeded,
    // privateData: see CstaError::private_code
    private_data_error,
    // unspecified has no value
    unspecified,
};
[[nodiscard]] std::string_view category(Failure failure); // the element that the value stands in
[[nodiscard]] std::string_view name(Failure failure);     // empty for unspecified
/// A category that is known with a value that is not: the category's generic one. Nothing on other categories.
[[nodiscard]] std::optional<Failure> failure_named(std::string_view category, std::string_view value);

enum class ForwardingType : std::uint8_t {
    immediate,
    busy,
    no_answer,
    dnd,
    busy_internal,
    busy_external,
    no_answer_internal,
    no_answer_external,
    immediate_internal,
    immediate_external,
    dnd_internal,
    dnd_external,
};
[[nodiscard]] std::string_view name(ForwardingType type);
[[nodiscard]] std::optional<ForwardingType> forwarding_type_named(std::string_view word);

/// What SetAgentState asks for.
enum class AgentWish : std::uint8_t { logged_on, logged_off, not_ready, ready, working_after_call };
[[nodiscard]] std::optional<AgentWish> agent_wish_named(std::string_view word);
[[nodiscard]] std::string_view name(AgentWish wish);

/// What GetAgentState tells. `null` with loggedOnState=false is an agent who is signed off.
enum class AgentMode : std::uint8_t { not_ready, null, ready, busy, working_after_call };
[[nodiscard]] std::string_view name(AgentMode mode);

} // namespace lamp::csta
