// Sessions, system status, monitors, snapshots and capabilities of an association.
#include <algorithm>
#include <array>
#include <limits>

#include "csta/association.hpp"
#include "csta/renaming.hpp"
#include "proto/csta/framing.hpp"

namespace lamp::csta {
namespace {

constexpr unsigned logins_max = 3; // that are refused; then the connection is closed
constexpr std::size_t registrations_max = 8;
constexpr std::size_t calls_per_frame = 30;                     // of a snapshot
constexpr std::size_t list_bytes = 24'000;                      // of a segment of a device list
constexpr std::size_t device_bytes = 200;                       // of one device in it, its name aside
constexpr std::size_t list_pause_bytes = std::size_t{64} << 10; // unsent: the list waits

constexpr std::array told_events{
    EventKind::connection_cleared,
    EventKind::delivered,
    EventKind::diverted,
    EventKind::established,
    EventKind::failed,
    EventKind::held,
    EventKind::network_reached,
    EventKind::originated,
    EventKind::retrieved,
    EventKind::transferred,
    EventKind::call_information,
    EventKind::agent_logged_on,
    EventKind::agent_logged_off,
    EventKind::agent_not_ready,
    EventKind::agent_ready,
    EventKind::agent_working_after_call,
    EventKind::do_not_disturb,
    EventKind::forwarding,
    EventKind::back_in_service,
    EventKind::out_of_service,
};

std::string_view first_of(const StartSession& request, std::initializer_list<std::string_view> names) {
    for (auto name : names)
        if (auto value = request.info(name); !value.empty()) return value;
    return {};
}

} // namespace

// Sessions

Steady Association::session_end(std::optional<std::uint32_t> wish_s, std::uint32_t& granted_s) const {
    const auto& options = domain_.options();
    auto granted = wish_s.value_or(0) == 0 ? options.session_default : milliseconds(seconds(*wish_s));
    granted = std::clamp(granted, options.session_shortest, options.session_longest);
    granted_s = static_cast<std::uint32_t>(granted.count() / 1000);
    return now_ + seconds(granted_s);
}

void Association::take(Invoke id, const StartSession& request) {
    constexpr std::string_view root = "StartApplicationSession";
    if (session_) return refuse_session(id, root, SessionFailure::too_many_sessions);
    const auto user = first_of(request, {"userName", "user", "loginID", "login", "userID"});
    if (!peer_.trusted && !domain_.users().knows(user, first_of(request, {"password", "passwd"}))) {
        ++domain_.counters().sessions_refused;
        refuse_session(id, root, SessionFailure::invalid_application_info);
        if (++refused_logins_ >= logins_max) closing_ = Closing::unwelcome;
        return;
    }
    const auto version = std::ranges::find_if(request.protocol_versions,
                                              [](const std::string& one) { return edition_of(one).has_value(); });
    if (version == request.protocol_versions.end())
        return refuse_session(id, root, SessionFailure::version_not_supported);
    SessionStarted started{Domain::new_session_id(), *version, 0};
    session_ = Session{started.session_id, session_end(request.duration_s, started.duration_s)};
    edition_ = edition_of(*version);
    application_ = request.application_id;
    user_ = user;
    heartbeat_at_ = now_ + domain_.options().heartbeat;
    ++domain_.counters().sessions;
    answer(id, write(started));
}

void Association::take(Invoke id, const ResetSessionTimer& request) {
    if (!session_ || session_->id != request.session_id)
        return refuse_session(id, "ResetApplicationSessionTimer", SessionFailure::invalid_session_id);
    std::uint32_t granted_s = 0;
    session_->ends = session_end(request.duration_s, granted_s);
    answer(id, write_session_timer_reset(granted_s));
}

void Association::take(Invoke id, const StopSession& request) {
    if (!session_ || session_->id != request.session_id)
        return refuse_session(id, "StopApplicationSession", SessionFailure::invalid_session_id);
    while (!monitors_.empty())
        remove_monitor(std::string(monitors_.begin()->first));
    session_.reset();
    registrations_.clear();
    list_.reset();
    application_.clear();
    user_.clear();
    answer(id, write_session_stopped());
}

// System status

void Association::take(Invoke id, const SystemRegister& request) {
    if (registrations_.size() == registrations_max) return refuse(id, Failure::registration_limit_exceeded);
    registrations_.push_back({"r" + std::to_string(++last_registration_), request});
    answer(id, write_system_registered(registrations_.back().id, spoken()));
}

void Association::take(Invoke id, const SystemRegisterCancel& request) {
    if (std::erase_if(registrations_, [&](const Registration& one) { return one.id == request.register_id; }) == 0)
        return refuse(id, Failure::invalid_parameter_value);
    answer(id, write_done("SystemRegisterCancel", spoken()));
}

// Monitors

void Association::take(Invoke id, const MonitorStart& request) {
    if (request.call || request.type == MonitorType::call) return refuse(id, Failure::monitor_type_not_supported);
    if (!request.voice) return refuse(id, Failure::request_incompatible_with_object);
    const auto* row = request.device ? domain_.devices().find(request.device->raw) : nullptr;
    if (!row) return refuse(id, Failure::invalid_device);
    if (monitors_.size() >= domain_.options().monitors) return refuse(id, Failure::overall_monitor_limit_exceeded);
    MonitorStarted started{domain_.next_cross_ref(), {}, false};
    if (!request.filter.passes_all()) started.filter = both(request.filter, only(told_events));
    if (!add_monitor(started.cross_ref, {row->line, *request.device, request.filter}))
        return refuse(id, Failure::object_monitor_limit_exceeded);
    if (const auto own = domain_.devices().id(*row); own != request.device->raw)
        names_[std::string(own)] = request.device->raw;
    const Line* line = domain_.calls().line(row->line);
    started.existing_calls = line && !line->legs.empty();
    answer(id, write(started, spoken()));
    if (line && line->known) return;
    // Nothing is known of it, and that is not the same as idle.
    Event away = ServiceEvent{EventKind::out_of_service, *request.device, Cause::network_out_of_order};
    if (!request.filter.passes(kind(away)) || closing_ != Closing::no) return;
    outlet_.tell(invoke_id_of_events, write(away, started.cross_ref, spoken()));
    ++domain_.counters().events;
}

void Association::take(Invoke id, const MonitorStop& request) {
    if (!monitors_.contains(request.cross_ref)) return refuse(id, Failure::invalid_monitor_cross_ref);
    remove_monitor(request.cross_ref);
    answer(id, write_done("MonitorStop", spoken()));
}

void Association::take(Invoke id, const ChangeMonitorFilter& request) {
    const auto found = monitors_.find(request.cross_ref);
    if (found == monitors_.end()) return refuse(id, Failure::invalid_monitor_cross_ref);
    found->second.filter = request.filter;
    answer(id, write_filter_changed(request.filter, spoken()));
}

// Snapshots

void Association::take(Invoke id, const SnapshotDevice& request) {
    const auto* row = device(id, request.device);
    if (!row) return;
    const Line* line = domain_.calls().line(row->line);
    if (!line || !line->known) return refuse(id, Failure::device_out_of_service);
    auto calls = domain_.calls().snapshot(*row);
    const Renaming renaming(names_, domain_.devices().id(*row), request.device);
    for (DeviceCall& call : calls)
        renaming.apply(call.connection);
    if (calls.size() <= calls_per_frame) return answer(id, write_device_snapshot(calls, spoken()));
    const auto service_ref = domain_.next_cross_ref();
    answer(id, write_device_snapshot_follows(service_ref, spoken()));
    for (std::size_t at = 0; at < calls.size(); at += calls_per_frame) {
        const auto part = std::span(calls).subspan(at, std::min(calls_per_frame, calls.size() - at));
        const Segment segment{service_ref, static_cast<int>(at / calls_per_frame) + 1,
                              at + part.size() == calls.size()};
        ask(write_device_snapshot_data(segment, part, spoken()));
    }
}

void Association::take(Invoke id, const SnapshotCall& request) {
    auto call = domain_.calls().call_snapshot(request.call.call_id);
    if (!call) return refuse(id, Failure::invalid_call);
    const auto* row = request.call.device.empty() ? nullptr : domain_.devices().find(request.call.device.raw);
    Renaming(names_, row ? domain_.devices().id(*row) : std::string_view(), request.call.device).apply(*call);
    answer(id, write(*call, spoken()));
}

// Capabilities

Abilities Association::abilities() const {
    const auto& control = domain_.control();
    Abilities out;
    out.can_tell = only(told_events);
    auto& can = out.services;
    can.make_call = static_cast<bool>(control.dial);
    if (control.order) {
        can.alternate_call = can.answer_call = can.clear_connection = can.deflect_call = can.hold_call = true;
        can.reconnect_call = can.retrieve_call = can.single_step_transfer = can.transfer_call = true;
        can.consultation_call = can.make_call;
    }
    out.do_not_disturb = control.dnd && control.set_dnd;
    out.forwarding = control.forwarding && control.set_forwarding;
    out.agent = control.agent && control.set_agent;
    return out;
}

void Association::take_capabilities(Invoke id, const Message& message) {
    if (const auto* logical = message.as<GetLogicalDeviceInformation>()) {
        if (device(id, logical->device)) answer(id, write(LogicalDevice{.abilities = abilities()}, spoken()));
    } else if (const auto* physical = message.as<GetPhysicalDeviceInformation>()) {
        if (device(id, physical->device)) answer(id, write(PhysicalDevice{}, spoken()));
    } else if (message.as<GetCstaFeatures>()) {
        answer(id, write_csta_features(abilities(), spoken()));
    } else {
        const auto heartbeat_s = static_cast<int>(domain_.options().heartbeat.count() / 1000);
        answer(id, write(SwitchingFunction{domain_.options().name, "Lamplighter", abilities(), heartbeat_s},
                         message.root, spoken()));
    }
}

void Association::take(Invoke id, const GetSwitchingFunctionDevices& request) {
    if (list_) return refuse(id, Failure::resource_busy); // one after the other
    DeviceList list{domain_.next_cross_ref(), domain_.calls().shared_devices()};
    list.end = list.devices->rows().size();
    if (!request.device.empty()) {
        const auto* row = device(id, request.device);
        if (!row) return;
        list.next = static_cast<std::size_t>(row - list.devices->rows().data());
        list.end = list.next + 1;
    }
    if (!request.category.empty() && request.category != "station") list.next = list.end;
    answer(id, write_devices_follow(list.service_ref, spoken()));
    list_ = std::move(list);
    send_list();
}

void Association::send_list() {
    while (list_ && closing_ == Closing::no && outlet_.unsent() < list_pause_bytes) {
        std::vector<Device> devices;
        for (std::size_t bytes = 0; list_->next < list_->end && bytes < list_bytes; ++list_->next) {
            const auto id = list_->devices->id(list_->devices->rows()[list_->next]);
            const auto named = names_.find(std::string(id));
            devices.push_back({DeviceId{std::string(named == names_.end() ? id : named->second)}});
            bytes += devices.back().id.raw.size() + device_bytes;
        }
        const Segment segment{list_->service_ref, ++list_->number, list_->next == list_->end};
        ask(write_devices(segment, devices, spoken()));
        if (segment.last) list_.reset();
    }
}

} // namespace lamp::csta
