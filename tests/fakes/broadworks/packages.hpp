// Event packages by their exact schema strings (xsi.md 5.3).
#pragma once

#include "services.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sim::bw {

enum class Package : std::uint8_t {
    basic_call,
    standard_call,
    advanced_call,
    agent,
    agent_monitoring,
    queue,
    queue_monitoring,
    queue_configuration,
    route_point,
    call_park,
    voice_mail_summary,
    do_not_disturb,
    forwarding_always,
    forwarding_always_secondary,
    forwarding_busy,
    forwarding_no_answer,
    commpilot_express,
    remote_office,
    broadworks_anywhere,
    hoteling_guest,
    call_waiting,
    sequential_ring,
    simultaneous_ring,
    other, // known to the platform, assigned to nobody: its initial event says `unassigned`
    count
};

using PackageMask = std::uint32_t;
constexpr PackageMask mask_of(Package package) {
    return 1U << static_cast<unsigned>(package);
}
inline constexpr PackageMask call_packages =
    mask_of(Package::basic_call) | mask_of(Package::standard_call) | mask_of(Package::advanced_call);

struct PackageName {
    std::string_view name;
    Package package;
    std::optional<ServiceId> service;
};

const PackageName* find_package(std::string_view name); // null: unknown; `Call Recording` is refused too
std::string_view name_of(Package package);
std::optional<Package> package_of(ServiceId service);

} // namespace sim::bw
