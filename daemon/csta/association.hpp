// One client: its application session (ECMA-354), monitors, snapshots, requests and their answers, heartbeats
// (sip-csta.md 17.3 to 17.6). A machine without sockets: documents with invoke ids in, documents out through an Outlet.
// Lives on the CSTA loop.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "csta/domain.hpp"
#include "csta/outlet.hpp"
#include "proto/csta/errors.hpp"
#include "proto/csta/requests.hpp"

namespace lamp::csta {

struct Peer {
    std::string address;    // for status and logs
    bool trusted = false;   // may skip the application session
    bool heartbeats = true; // SystemStatus from time to time; not where something else keeps the dialog alive
};

/// Why an association is over, from our side.
enum class Closing : std::uint8_t { no, silent, expired, broken, unwelcome, overflow };
[[nodiscard]] std::string_view name(Closing why);

class Association {
public:
    Association(Domain& domain, Outlet& outlet, Peer peer, Steady now);
    ~Association();
    Association(const Association&) = delete;
    Association& operator=(const Association&) = delete;

    void on_message(std::uint16_t invoke_id, std::string_view xml, Steady now);
    /// About once a second: heartbeats, the session's end, answers that do not come.
    void on_tick(Steady now);
    /// The client has taken what was queued, or a good part of it: lists go on, losses are told.
    void on_room();
    /// Not `no`: what was sent is to be delivered, then the connection closed. Nothing more comes out.
    [[nodiscard]] Closing closing() const { return closing_; }

    // --- for status

    [[nodiscard]] const Peer& peer() const { return peer_; }
    [[nodiscard]] std::string_view application() const { return application_; } // id, or empty without a session
    [[nodiscard]] std::string_view user() const { return user_; }
    [[nodiscard]] std::size_t monitors() const { return monitors_.size(); }
    [[nodiscard]] bool in_session() const { return session_.has_value(); }
    [[nodiscard]] bool welcome() const { return peer_.trusted || session_.has_value(); }
    [[nodiscard]] Edition edition() const { return edition_.value_or(edition_default); }
    [[nodiscard]] Steady last_heard() const { return heard_at_; }

    // --- for the domain

    void on_event(const LineEvent& event);
    void on_state(SystemState state);
    void on_devices_changed();

private:
    struct Session {
        std::string id;
        Steady ends;
    };
    struct Monitor {
        std::string cross_ref;
        std::string line;
        DeviceId device; // as the client named it
        MonitorFilter filter;
    };
    /// A request whose answer waits for the platform.
    struct Pending {
        std::uint16_t invoke_id = 0;
        std::string root;
        std::string line;          // whose events are held back; empty: nobody's
        std::optional<Steady> due; // set at the next tick
        bool done = false;
    };
    struct Registration {
        std::string id;
        SystemRegister wish;
    };
    struct DeviceList { // an answer that is sent segment by segment
        std::string service_ref;
        std::shared_ptr<const Devices> devices;
        std::optional<std::string> only; // line
        std::size_t next = 0;
        int number = 0;
    };
    using Invoke = std::uint16_t;

    // association.cpp
    void dispatch(Invoke id, const Message& message, Steady now);
    void refuse_document(Invoke id, const Refused& why);
    void send(Invoke id, std::string_view xml);
    void refuse(Invoke id, Failure failure);
    void close(Closing why) { closing_ = why; }
    [[nodiscard]] Invoke ask(std::string_view xml);
    void heard(Steady now);
    void deliver(const LineEvent& event);
    void lost(std::size_t events);
    void tell_status(SystemState state);
    [[nodiscard]] std::string_view called_here(std::string_view device) const;

    // association_sessions.cpp: sessions, system status, monitors, snapshots, capabilities
    void take(Invoke id, const StartSession& request, Steady now);
    void take(Invoke id, const ResetSessionTimer& request, Steady now);
    void take(Invoke id, const StopSession& request);
    void take(Invoke id, const SystemRegister& request);
    void take(Invoke id, const SystemRegisterCancel& request);
    void take(Invoke id, const MonitorStart& request);
    void take(Invoke id, const MonitorStop& request);
    void take(Invoke id, const ChangeMonitorFilter& request);
    void take(Invoke id, const SnapshotDevice& request);
    void take(Invoke id, const SnapshotCall& request);
    void take(Invoke id, const GetSwitchingFunctionDevices& request);
    void stop_monitors();
    void send_list();

    // association_calls.cpp, association_features.cpp: what the platform is asked for
    void take(Invoke id, const MakeCall& request);
    void take(Invoke id, const std::string& root, const CallRequest& request);
    void take(Invoke id, const std::string& root, const CallDeviceRequest& request);
    void take(Invoke id, const GetDoNotDisturb& request);
    void take(Invoke id, const SetDoNotDisturb& request);
    void take(Invoke id, const GetForwarding& request);
    void take(Invoke id, const SetForwarding& request);
    void take(Invoke id, const GetAgentState& request);
    void take(Invoke id, const SetAgentState& request);

    struct Target { // of a request about a connection
        const DeviceRow* device = nullptr;
        const Leg* leg = nullptr;
    };

    Domain& domain_;
    Outlet& outlet_;
    Peer peer_;
    std::shared_ptr<Association*> self_; // answers of the platform find us, or nobody
    std::optional<Edition> edition_;
    std::optional<Session> session_;
    std::string application_, user_;
    std::unordered_map<std::string, Monitor> monitors_; // by cross reference
    std::vector<Registration> registrations_;
    std::map<std::uint64_t, Pending> pending_;
    std::vector<LineEvent> held_; // behind answers that are not in
    std::optional<DeviceList> list_;
    std::uint64_t last_pending_ = 0;
    Invoke last_asked_ = 0;
    std::optional<Steady> asked_at_; // a SystemStatus that nothing was heard since
    Steady heard_at_;
    Steady heartbeat_at_;
    std::uint64_t lost_ = 0; // events that the client must be told of
    unsigned mistakes_ = 0;  // documents in a row that were none
    Closing closing_ = Closing::no;
};

} // namespace lamp::csta
