#include "proto/csta/words.hpp"

#include <algorithm>
#include <span>

#include "proto/text/text.hpp"

namespace lamp::csta {
namespace {

constexpr std::array<std::string_view, 6> spaces{
    "http://www.ecma.ch/standards/ecma-323/csta/ed2",
    "http://www.ecma-international.org/standards/ecma-323/csta/ed2",
    "http://www.ecma-international.org/standards/ecma-323/csta/ed3",
    "http://www.ecma-international.org/standards/ecma-323/csta/ed4",
    "http://www.ecma-international.org/standards/ecma-323/csta/ed5",
    "http://www.ecma-international.org/standards/ecma-323/csta/ed6",
};

constexpr std::array<std::string_view, 7> local_states{"null", "initiated", "alerting", "connected",
                                                       "hold", "queued",    "fail"};

constexpr std::array<std::string_view, system_state_count> system_states{
    "disabled", "partiallyDisabled", "enabled",         "initializing",    "messagesLost",
    "normal",   "overloadImminent",  "overloadReached", "overloadRelieved"};

constexpr std::array<std::string_view, 47> causes{
    "aCDBusy",
    "activeParticipation",
    "alternate",
    "busy",
    "callCancelled",
    "callForward",
    "callForwardBusy",
    "callForwardImmediate",
    "callForwardNoAnswer",
    "callNotAnswered",
    "callPickup",
    "conference",
    "consultation",
    "destNotObtainable",
    "destOutOfOrder",
    "distributed",
    "doNotDisturb",
    "enteringDistribution",
    "forcedTransition",
    "incompatibleDestination",
    "keyOperation",
    "lockout",
    "maintenance",
    "makeCall",
    "multipleAlerting",
    "networkCongestion",
    "networkDialling",
    "networkNotObtainable",
    "networkOutOfOrder",
    "networkSignal",
    "newCall",
    "noAvailableAgents",
    "normal",
    "normalClearing",
    "numberUnallocated",
    "overflow",
    "park",
    "recall",
    "redirected",
    "reorderTone",
    "resourcesNotAvailable",
    "singleStepConference",
    "singleStepTransfer",
    "switchingFunctionTerminated",
    "timeout",
    "transfer",
    "trunksBusy",
};

constexpr std::array<std::string_view, 12> forwarding_types{
    "forwardImmediate", "forwardBusy",     "forwardNoAns",  "forwardDND",    "forwardBusyInt", "forwardBusyExt",
    "forwardNoAnsInt",  "forwardNoAnsExt", "forwardImmInt", "forwardImmExt", "forwardDNDInt",  "forwardDNDExt"};

constexpr std::array<std::string_view, 5> agent_wishes{"loggedOn", "loggedOff", "notReady", "ready",
                                                       "workingAfterCall"};
constexpr std::array<std::string_view, 5> agent_modes{"agentNotReady", "agentNull", "agentReady", "agentBusy",
                                                      "agentWorkingAfterCall"};

constexpr std::string_view operation = "operation";
constexpr std::string_view state = "stateIncompatibility";
// So spelled in error-definition.xsd of every edition, and so strict clients want it; the text says "Availability".
constexpr std::string_view resource = "systemResourceAvailibility";
constexpr std::string_view resource_as_in_text = "systemResourceAvailability";
constexpr std::string_view subscribed = "subscribedResourceAvailability";
constexpr std::string_view performance = "performanceManagement";

struct FailureRow {
    Failure failure;
    std::string_view category;
    std::string_view value;
};

// In the order of the enumeration. The first row of a category is the one for values that are not known.
// clang-format off
constexpr std::array failures{
    FailureRow{Failure::generic,                              operation,     "generic"},
    FailureRow{Failure::parameter_missing,                    operation,     "atLeastOneConditionalParameterNotProvided"},
    FailureRow{Failure::invalid_parameter_value,              operation,     "invalidParameterValue"},
    FailureRow{Failure::feature_already_set,                  operation,     "featureAlreadySet"},
    FailureRow{Failure::invalid_agent_identifier,             operation,     "invalidAgentIdentifier"},
    FailureRow{Failure::invalid_agent_password,               operation,     "invalidAgentPassword"},
    FailureRow{Failure::invalid_agent_state,                  operation,     "invalidAgentState"},
    FailureRow{Failure::invalid_destination,                  operation,     "invalidDestination"},
    FailureRow{Failure::invalid_feature,                      operation,     "invalidFeature"},
    FailureRow{Failure::invalid_forwarding_destination,       operation,     "invalidForwardingDestination"},
    FailureRow{Failure::invalid_forwarding_type,              operation,     "invalidForwardingType"},
    FailureRow{Failure::invalid_monitor_cross_ref,            operation,     "invalidMonitorCrossRefID"},
    FailureRow{Failure::invalid_monitor_filter,               operation,     "invalidMonitorFilter"},
    FailureRow{Failure::invalid_monitor_object,               operation,     "invalidMonitorObject"},
    FailureRow{Failure::invalid_monitor_type,                 operation,     "invalidMonitorType"},
    FailureRow{Failure::invalid_ring_count,                   operation,     "invalidRingCount"},
    FailureRow{Failure::invalid_active_call,                  operation,     "invalidActiveCallID"},
    FailureRow{Failure::invalid_held_call,                    operation,     "invalidHeldCallID"},
    FailureRow{Failure::invalid_call,                         operation,     "invalidCallID"},
    FailureRow{Failure::invalid_connection,                   operation,     "invalidConnectionID"},
    FailureRow{Failure::invalid_device,                       operation,     "invalidDeviceID"},
    FailureRow{Failure::invalid_called_device,                operation,     "invalidCalledDeviceID"},
    FailureRow{Failure::invalid_calling_device,               operation,     "invalidCallingDeviceID"},
    FailureRow{Failure::invalid_destination_device,           operation,     "invalidDestinationDeviceID"},
    FailureRow{Failure::object_not_known,                     operation,     "objectNotKnown"},
    FailureRow{Failure::monitor_type_not_supported,           operation,     "monitorTypeNotSupported"},
    FailureRow{Failure::agent_state_not_supported,            operation,     "agentStateNotSupported"},
    FailureRow{Failure::system_register_not_supported,        operation,     "sysStatRegIDNotSupported"},
    FailureRow{Failure::privilege_violation_specified_device, operation,     "privilegeViolationSpecifiedDevice"},
    FailureRow{Failure::privilege_violation_called_device,    operation,     "privilegeViolationCalledDevice"},
    FailureRow{Failure::privilege_violation_calling_device,   operation,     "privilegeViolationCallingDevice"},
    FailureRow{Failure::request_incompatible_with_object,     operation,     "requestIncompatibleWithObject"},
    FailureRow{Failure::request_incompatible_with_connection, operation,     "requestIncompatibleWithConnection"},
    FailureRow{Failure::request_incompatible_with_device,     operation,     "requestIncompatibleWithDevice"},
    FailureRow{Failure::service_not_supported,                operation,     "serviceNotSupported"},
    FailureRow{Failure::security_violation,                   operation,     "securityViolation"},
    FailureRow{Failure::value_out_of_range,                   operation,     "valueOutOfRange"},
    FailureRow{Failure::security_generic,                     "security",    "generic"},
    FailureRow{Failure::state_generic,                        state,         "generic"},
    FailureRow{Failure::invalid_object_state,                 state,         "invalidObjectState"},
    FailureRow{Failure::invalid_device_state,                 state,         "invalidDeviceState"},
    FailureRow{Failure::invalid_connection_state,             state,         "invalidConnectionState"},
    FailureRow{Failure::no_active_call,                       state,         "noActiveCall"},
    FailureRow{Failure::no_call_to_answer,                    state,         "noCallToAnswer"},
    FailureRow{Failure::no_call_to_clear,                     state,         "noCallToClear"},
    FailureRow{Failure::no_call_to_complete,                  state,         "noCallToComplete"},
    FailureRow{Failure::no_connection_to_clear,               state,         "noConnectionToClear"},
    FailureRow{Failure::no_held_call,                         state,         "noHeldCall"},
    FailureRow{Failure::resource_generic,                     resource,      "generic"},
    FailureRow{Failure::resource_busy,                        resource,      "resourceBusy"},
    FailureRow{Failure::internal_resource_busy,               resource,      "internalResourceBusy"},
    FailureRow{Failure::network_busy,                         resource,      "networkBusy"},
    FailureRow{Failure::resource_out_of_service,              resource,      "resourceOutOfService"},
    FailureRow{Failure::device_out_of_service,                resource,      "deviceOutOfService"},
    FailureRow{Failure::network_out_of_service,               resource,      "networkOutOfService"},
    FailureRow{Failure::resource_limit_exceeded,              resource,      "resourceLimitExceeded"},
    FailureRow{Failure::overall_monitor_limit_exceeded,       resource,      "overallMonitorLimitExceeded"},
    FailureRow{Failure::conference_member_limit_exceeded,     resource,      "conferenceMemberLimitExceeded"},
    FailureRow{Failure::registration_limit_exceeded,          resource,      "registrationLimitExceeded"},
    FailureRow{Failure::subscribed_generic,                   subscribed,    "generic"},
    FailureRow{Failure::object_monitor_limit_exceeded,        subscribed,    "objectMonitorLimitExceeded"},
    FailureRow{Failure::outstanding_request_limit_exceeded,   subscribed,    "outstandingReqLimitExceeded"},
    FailureRow{Failure::performance_generic,                  performance,   "generic"},
    FailureRow{Failure::performance_limit_exceeded,           performance,   "performanceLimitExceeded"},
    FailureRow{Failure::private_data_error,                   "privateData", "cSTAPrivateDataInfoError"},
    FailureRow{Failure::unspecified,                          "unspecified", ""},
};
// clang-format on

constexpr bool in_order(std::span<const FailureRow> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].failure) != i) return false;
    return rows.size() == static_cast<std::size_t>(Failure::unspecified) + 1;
}
static_assert(in_order(failures));
static_assert(causes.size() == static_cast<std::size_t>(Cause::trunks_busy) + 1);

template <class Enum, std::size_t N>
std::optional<Enum> look_up(const std::array<std::string_view, N>& words, std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Enum>(found - words.begin());
}

template <std::size_t N>
std::string_view at(const std::array<std::string_view, N>& words, auto value) {
    return words.at(static_cast<std::size_t>(value));
}

} // namespace

std::string_view space(Edition edition) {
    return at(spaces, edition);
}

std::optional<Edition> edition_of(std::string_view space_or_version) {
    for (std::size_t i = 0; i < spaces.size(); ++i) {
        if (!space_or_version.starts_with(spaces[i])) continue;
        const auto behind = space_or_version.substr(spaces[i].size());
        if (behind.empty() || behind.front() == '/') return static_cast<Edition>(i);
    }
    return std::nullopt;
}

std::string_view name(LocalState value) {
    return at(local_states, value);
}

std::string_view name(SystemState value) {
    return at(system_states, value);
}

std::optional<SystemState> system_state_named(std::string_view word) {
    if (word == "messageLost") return SystemState::messages_lost;
    return look_up<SystemState>(system_states, word);
}

std::string_view name(Cause cause) {
    return at(causes, cause);
}

std::optional<Cause> cause_named(std::string_view word) {
    return look_up<Cause>(causes, word);
}

std::string_view category(Failure failure) {
    return failures.at(static_cast<std::size_t>(failure)).category;
}

std::string_view name(Failure failure) {
    return failures.at(static_cast<std::size_t>(failure)).value;
}

std::optional<Failure> failure_named(std::string_view category, std::string_view value) {
    if (category == resource_as_in_text) category = resource;
    std::optional<Failure> found;
    for (const FailureRow& row : failures) {
        if (row.category != category) continue;
        if (row.value == value) return row.failure;
        if (!found) found = row.failure;
    }
    return found;
}

std::string_view name(ForwardingType type) {
    return at(forwarding_types, type);
}

std::optional<ForwardingType> forwarding_type_named(std::string_view word) {
    return look_up<ForwardingType>(forwarding_types, word);
}

std::optional<AgentWish> agent_wish_named(std::string_view word) {
    return look_up<AgentWish>(agent_wishes, word);
}

std::string_view name(AgentWish wish) {
    return at(agent_wishes, wish);
}

std::string_view name(AgentMode mode) {
    return at(agent_modes, mode);
}

} // namespace lamp::csta
