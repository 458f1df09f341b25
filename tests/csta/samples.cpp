// Writes one of everything that a CSTA server says, as frames, for csta_client_test.py, which holds them against the
// schema's own tables. Usage: csta_samples EDITION(2..6) > frames
#include <array>
#include <cstdlib>
#include <iostream>

#include "proto/csta/answers.hpp"
#include "proto/csta/errors.hpp"
#include "proto/csta/events.hpp"
#include "proto/csta/framing.hpp"

using namespace lamp::csta;

namespace {

class Samples {
public:
    explicit Samples(Edition edition) : edition_(edition) {}

    void add(std::string_view xml, std::uint16_t invoke_id = 1) {
        if (!append_frame(out, invoke_id, xml)) std::abort();
    }
    void add_event(const Event& event) { add(write(event, "m17", edition_), invoke_id_of_events); }

    void errors() {
        for (int i = 0; i <= static_cast<int>(Failure::unspecified); ++i)
            add(write(CstaError{static_cast<Failure>(i)}, edition_));
        add(write(CstaError{Failure::generic, "busy & tired"}, edition_));
        add(write(SessionRefusal{"StartApplicationSession", SessionFailure::too_many_sessions}));
        add(write(SessionRefusal{"StopApplicationSession", SessionFailure::invalid_session_id}));
        add(write(SessionRefusal{"ResetApplicationSessionTimer", SessionFailure::cannot_reset_session_timer}));
    }

    void answers() {
        for (std::string_view request :
             {"AnswerCall", "ClearConnection", "ClearCall", "HoldCall", "RetrieveCall", "AlternateCall",
              "ReconnectCall", "DeflectCall", "MonitorStop", "SetDoNotDisturb", "SetForwarding", "SetAgentState",
              "SystemStatus", "SystemRegisterCancel", "StopApplicationSession"})
            add(write_done(request, edition_));
        add(write(SessionStarted{"s1", std::string(space(edition_)), 120}));
        add(write_session_timer_reset(120));
        add(write_session_terminated("s1", SessionEnd::resource_limitation));
        for (std::size_t i = 0; i < system_state_count; ++i)
            add(write_system_status(static_cast<SystemState>(i), i % 2 == 0 ? "" : "r1", edition_));
        add(write_requested_system_status(SystemState::normal, edition_));
        add(write_system_registered("r1", edition_));
        add(write(MonitorStarted{"m17", only({}), true}, edition_)); // every row of the filter
        add(write_monitor_stop("m17", edition_));
        add(write_filter_changed({}, edition_));
        add(write(CallMade{leg, "callhalf-1:0"}, edition_));
        add(write_consultation_initiated(leg, edition_));
        add(write_picked_up(leg, edition_));
        add(write_transferred("TransferCall", leg, edition_));
        add(write_transferred("SingleStepTransferCall", leg, edition_));
        add(write_do_not_disturb(true, edition_));
        const std::array settings{Forwarding{ForwardingType::no_answer, true, {"2199"}, 3},
                                  Forwarding{ForwardingType::immediate}};
        add(write_forwarding(settings, edition_));
        add(write_agent_state({"ada", true, AgentMode::ready, {"2300"}}, edition_));
        add(write_message_waiting(true, edition_));
    }

    void snapshots() {
        ServicesPermitted all{true, true, true, true, true, true, true, true, true, true, true, true};
        const std::array calls{
            DeviceCall{leg, Party::known("2101"), {LocalState::connected, LocalState::hold}, all},
            DeviceCall{{"7", {}}, {}, {}, {}},
        };
        add(write_device_snapshot(calls, edition_));
        add(write_device_snapshot({}, edition_));
        add(write_device_snapshot_follows("x1", edition_));
        add(write_device_snapshot_data({"x1", 1, true}, calls, edition_));
        CallSnapshot call;
        call.parties = {{Party::known("2101"), leg, LocalState::alerting}, {Party::restricted(), {}, {}}};
        add(write(call, edition_));
        capabilities(all);
    }

    void events() {
        for (std::size_t i = 0; i < event_kind_count; ++i)
            add_kind(static_cast<EventKind>(i));
        add_event(DoNotDisturbEvent{{"2101"}, true});
        add_event(ForwardingEvent{{"2101"}, ForwardingType::no_answer, true, {"2199"}, 3});
        add_event(MessageWaitingEvent{{"2101"}, true});
        add_event(CallerIdStatusEvent{{"2101"}, true});
        add_event(AutoAnswerEvent{{"2101"}, true, 2});
        add_event(CallBackEvent{{"2101"}, {"2199"}, true});
    }

    std::string out;

private:
    void capabilities(const ServicesPermitted& all) {
        const Abilities abilities{{}, all, true, true, true, true};
        for (std::string_view request : {"GetSwitchingFunctionCaps", "GetSwitchingFunctionCapabilities"})
            add(write(SwitchingFunction{"example.net", "Lamplighter", abilities, 60}, request, edition_));
        add(write_csta_features(abilities, edition_));
        add(write_devices_follow("x1", edition_));
        const std::array devices{Device{{"2101"}}, Device{{"2300"}, "acd"}};
        add(write_devices({"x1", 1, true}, devices, edition_));
        add(write(LogicalDevice{"station", abilities, 4}, edition_));
        add(write(PhysicalDevice{"station", "Phone 1", true}, edition_));
    }

    void add_kind(EventKind kind) {
        const auto root = root_of(kind);
        if (root.empty()) return; // never told
        if (root.starts_with("Agent")) add_event(AgentEvent{kind, {"2101"}, "ada", {"2300"}, Cause::normal});
        if (kind == EventKind::back_in_service || kind == EventKind::out_of_service)
            add_event(ServiceEvent{kind, {"2101"}, Cause::maintenance});
        if (kind <= EventKind::call_information) add_call(kind);
    }

    void add_call(EventKind kind) {
        CallEvent full{kind, leg};
        full.subject = full.called = Party::known("2101");
        full.other = Party::known("2199");
        full.calling = Party::restricted();
        full.last_redirection = Party::known("2300");
        full.secondary_old = Connection{"7", {"2101"}};
        full.connections.push_back({leg, Connection{"7", {"2199"}}, Party::known("2199")});
        full.calls_in_front = 2;
        full.local = LocalState::connected;
        full.permitted.hold_call = true;
        full.private_call_id = "callhalf-1:0";
        for (int cause = 0; cause <= static_cast<int>(Cause::trunks_busy); ++cause) {
            full.cause = static_cast<Cause>(cause);
            if (cause == 0 || kind == EventKind::delivered) add_event(full);
        }
        CallEvent least{kind, {"88120", {}}};
        least.other = Party::known("2199");
        add_event(least);
    }

    const Connection leg{"88120", {"2101"}};
    Edition edition_;
};

} // namespace

int main(int argc, char** argv) {
    const auto edition =
        argc == 2 ? edition_of("http://www.ecma-international.org/standards/ecma-323/csta/ed" + std::string(argv[1]))
                  : std::nullopt;
    if (!edition) {
        std::cerr << "usage: csta_samples EDITION\n";
        return 2;
    }
    Samples samples(*edition);
    samples.errors();
    samples.answers();
    samples.snapshots();
    samples.events();
    std::cout << samples.out << std::flush;
    return 0;
}
