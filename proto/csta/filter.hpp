// Which events a monitor lets through (ECMA-269 15.1, ECMA-323 status-reporting): a bit that is set keeps its event
// BACK; a filter that is not given lets everything through. Avaya's private data `invertFilter` turns the meaning of
// the booleans around, and is honoured when reading. Pure.
#pragma once
#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>

namespace lamp::csta {

enum class EventKind : std::uint8_t {
    // callcontrol
    bridged,
    call_cleared,
    conferenced,
    connection_cleared,
    delivered,
    digits_dialed,
    diverted,
    established,
    failed,
    held,
    network_capabilities_changed,
    network_reached,
    offered,
    originated,
    queued,
    retrieved,
    service_initiated,
    transferred,
    // callAssociated
    call_information,
    charging,
    digits_generated,
    telephony_tones_generated,
    service_completion_failure,
    // physicalDeviceFeature
    message_waiting,
    // logicalDeviceFeature
    agent_busy,
    agent_logged_on,
    agent_logged_off,
    agent_not_ready,
    agent_ready,
    agent_working_after_call,
    auto_answer,
    auto_work_mode,
    call_back,
    call_back_message,
    caller_id_status,
    do_not_disturb,
    forwarding,
    routeing_mode,
    // maintenance
    back_in_service,
    device_capability_changed,
    out_of_service,
    partially_in_service,
};
inline constexpr std::size_t event_kind_count = 42;

class MonitorFilter {
public:
    [[nodiscard]] bool passes(EventKind kind) const { return !held_back_[static_cast<std::size_t>(kind)]; }
    void hold_back(EventKind kind, bool on = true) { held_back_[static_cast<std::size_t>(kind)] = on; }
    [[nodiscard]] bool passes_all() const { return held_back_.none(); }
    bool operator==(const MonitorFilter&) const = default;

private:
    std::bitset<event_kind_count> held_back_;
};

/// A filter that lets through what is in `known` and nothing else: what a switching function can tell at all.
[[nodiscard]] MonitorFilter only(std::span<const EventKind> known);
/// What both let through.
[[nodiscard]] MonitorFilter both(const MonitorFilter& left, const MonitorFilter& right);

} // namespace lamp::csta
