// See packages.hpp.
#include "packages.hpp"

#include <array>

namespace sim::bw {

namespace {

using enum Package;

constexpr std::array names = {
    PackageName{"Basic Call", basic_call, {}},
    PackageName{"Standard Call", standard_call, {}},
    PackageName{"Advanced Call", advanced_call, {}},
    PackageName{"Call Center Agent", agent, {}},
    PackageName{"Call Center Agent Monitoring", agent_monitoring, {}},
    PackageName{"Call Center Queue", queue, {}},
    PackageName{"Call Center Monitoring", queue_monitoring, {}},
    PackageName{"Call Center Configuration", queue_configuration, {}},
    PackageName{"Route Point Queue", route_point, {}},
    PackageName{"Call Park", call_park, {}},
    PackageName{"Voice Mail Message Summary", voice_mail_summary, {}},
    PackageName{"Do Not Disturb", do_not_disturb, ServiceId::do_not_disturb},
    PackageName{"Call Forwarding Always", forwarding_always, ServiceId::forwarding_always},
    PackageName{"Call Forwarding Always Secondary", forwarding_always_secondary,
                ServiceId::forwarding_always_secondary},
    PackageName{"Call Forwarding Busy", forwarding_busy, ServiceId::forwarding_busy},
    PackageName{"Call Forwarding No Answer", forwarding_no_answer, ServiceId::forwarding_no_answer},
    PackageName{"CommPilot Express", commpilot_express, ServiceId::commpilot_express},
    PackageName{"Remote Office", remote_office, ServiceId::remote_office},
    PackageName{"BroadWorks Anywhere", broadworks_anywhere, ServiceId::broadworks_anywhere},
    PackageName{"Hoteling Guest", hoteling_guest, ServiceId::hoteling_guest},
    PackageName{"Call Waiting", call_waiting, ServiceId::call_waiting},
    PackageName{"Sequential Ring", sequential_ring, ServiceId::sequential_ring},
    PackageName{"Simultaneous Ring Personal", simultaneous_ring, ServiceId::simultaneous_ring},
    PackageName{"Flexible Seating Guest", other, {}},
    PackageName{"Voice Messaging", other, {}},
    PackageName{"Third-Party Voice Mail Support", other, {}},
    PackageName{"Call Transfer", other, {}},
    PackageName{"Last Number Redial", other, {}},
    PackageName{"Music On Hold", other, {}},
    PackageName{"N-Way Call", other, {}},
    PackageName{"Three-Way Call", other, {}},
    PackageName{"Security Classification", other, {}},
    PackageName{"Silent Alerting", other, {}},
    PackageName{"Personal Assistant", other, {}},
    PackageName{"Push Notification Registration", other, {}},
    PackageName{"Meet Me Conference", other, {}},
    PackageName{"Collaborate Room", other, {}},
};

} // namespace

const PackageName* find_package(std::string_view name) {
    for (const PackageName& row : names)
        if (row.name == name) // exact: packages are values, not resource names
            return &row;
    return nullptr;
}

std::string_view name_of(Package package) {
    for (const PackageName& row : names)
        if (row.package == package) return row.name;
    return {};
}

std::optional<Package> package_of(ServiceId service) {
    for (const PackageName& row : names)
        if (row.service == service) return row.package;
    return std::nullopt;
}

} // namespace sim::bw
