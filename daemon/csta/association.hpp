// One client: its application session (ECMA-354), monitors, snapshots, requests and their answers, heartbeats
// (sip-csta.md 17.3 to 17.6). A machine without sockets: documents with invoke ids in, documents out through an Outlet.
// Lives on the CSTA loop.
#pragma once
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
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
enum class Closing : std::uint8_t {
    no,
    silent,    // nothing was heard since a heartbeat
    expired,   // the application session was not prolonged
    broken,    // too many documents that were none
    unwelcome, // too many logins that were refused
};
[[nodiscard]] std::string_view name(Closing why);

class Association {
public:
    Association(Domain& domain, Outlet& outlet, Peer peer, Steady now);
    ~Association();
    Association(const Association&) = delete;
    Association& operator=(const Association&) = delete;

    enum class Taken : std::uint8_t {
        answered, // or it will be, when the platform has answered
        silently, // it was itself an answer
    };
    Taken on_message(std::uint16_t invoke_id, std::string_view xml, Steady now);
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
    [[nodiscard]] bool welcome() const { return peer_.trusted || session_.has_value(); }
    [[nodiscard]] unsigned refused_logins() const { return refused_logins_; }
    [[nodiscard]] std::optional<Edition> edition() const { return edition_; } // nothing: it has said nothing yet
    [[nodiscard]] Steady last_heard() const { return heard_at_; }

    // --- for the domain

    void on_event(const LineEvent& event);
    void on_state(SystemState state);
    void on_devices_changed();

private:
    using Invoke = std::uint16_t;
    struct Session {
        std::string id;
        Steady ends;
    };
    struct Monitor {
        std::string line;
        DeviceId device; // as the client named it
        MonitorFilter filter;
    };
    struct Pending { // a request whose answer waits for the platform
        Invoke invoke_id = 0;
        std::string line; // whose events are held back until then; empty: nobody's
        Steady due;
    };
    struct Registration { // for SystemStatus
        std::string id;
        SystemRegister wish;
    };
    struct DeviceList { // an answer that is sent segment by segment
        std::string service_ref;
        std::shared_ptr<const Devices> devices;
        std::size_t next = 0;
        std::size_t end = 0;
        int number = 0;
    };
    enum class Begins : std::uint8_t { made, consultation };
    struct Target { // of a request about a connection
        const DeviceRow* device = nullptr;
        const Leg* leg = nullptr;
    };
    /// What a refusal of the platform means for one service.
    struct Meaning {
        Failure not_found = Failure::invalid_connection;
        Failure conflict = Failure::invalid_connection_state;
        Failure invalid = Failure::invalid_destination;
    };
    [[nodiscard]] static constexpr Meaning about_features() {
        return {Failure::invalid_feature, Failure::invalid_device_state, Failure::invalid_parameter_value};
    }

    struct Services;

    // association.cpp
    [[nodiscard]] Edition spoken() const { return edition_.value_or(edition_default); }
    [[nodiscard]] Taken dispatch(Invoke id, const Message& message);
    void refuse_document(Invoke id, const Refused& why);
    void answer(Invoke id, std::string_view xml);
    void refuse(Invoke id, Failure failure);
    void refuse_session(Invoke id, std::string_view root, SessionFailure failure);
    void ask(std::string_view xml); // a request of our own
    void deliver(LineEvent event);
    void explain(Event& event);
    [[nodiscard]] bool is_held(std::string_view line) const;
    [[nodiscard]] bool must_wait(const LineEvent& event, std::span<const LineEvent> waiting) const;
    void release(); // what waits for nothing any more
    void tell_status(SystemState state);
    void tell_loss();
    [[nodiscard]] bool add_monitor(std::string cross_ref, Monitor monitor);
    void remove_monitor(const std::string& cross_ref);
    void stop_monitor(const std::string& cross_ref); // and says so
    void stop_monitors();

    // association_sessions.cpp: sessions, system status, monitors, snapshots, capabilities
    void take(Invoke id, const StartSession& request);
    void take(Invoke id, const ResetSessionTimer& request);
    void take(Invoke id, const StopSession& request);
    void take(Invoke id, const SystemRegister& request);
    void take(Invoke id, const SystemRegisterCancel& request);
    void take(Invoke id, const MonitorStart& request);
    void take(Invoke id, const MonitorStop& request);
    void take(Invoke id, const ChangeMonitorFilter& request);
    void take(Invoke id, const SnapshotDevice& request);
    void take(Invoke id, const SnapshotCall& request);
    void take(Invoke id, const GetSwitchingFunctionDevices& request);
    void take_capabilities(Invoke id, const Message& message);
    [[nodiscard]] Abilities abilities() const;
    [[nodiscard]] Steady session_end(std::optional<std::uint32_t> wish_s, std::uint32_t& granted_s) const;
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
    void alternate(Invoke id, const std::string& root, const Target& held, const Target& active);
    void consult(Invoke id, const CallDeviceRequest& request, const Target& target);
    void dial(Invoke id, const DeviceRow& from, const DeviceId& named, std::string to, Begins how);
    void ask_forwarding(Invoke id, std::string line, std::size_t kind, std::vector<Forwarding> gathered);
    /// For orders that are answered with yes or no.
    [[nodiscard]] calls::Answer<void> done(Invoke id, std::string xml, Meaning meaning);
    void order(Invoke id, calls::CallOrder order, Meaning meaning, std::string xml);
    [[nodiscard]] std::expected<Target, Failure> target(const Connection& connection) const;
    [[nodiscard]] std::string dialled(const DeviceId& to) const;
    /// Null: it is refused already.
    [[nodiscard]] const DeviceRow* device(Invoke id, const DeviceId& named, Failure unknown = Failure::invalid_device);
    /// False: it is refused already, since we lack that service or too much is asked for at once.
    template <class Service>
    [[nodiscard]] bool may_ask(Invoke id, const std::function<Service>& service) {
        return may_ask(id, service ? Ready::yes : Ready::no);
    }
    enum class Ready : std::uint8_t { no, yes };
    [[nodiscard]] bool may_ask(Invoke id, Ready service);
    /// What the platform is to answer to; `then(association, invoke id, result)` runs if we still wait for it.
    template <class T, class Then>
    [[nodiscard]] calls::Answer<T> later(Invoke id, std::string held_line, Then then);
    [[nodiscard]] std::optional<Pending> settled(std::uint64_t key);
    [[nodiscard]] static Failure failure_of(const Error& error, Meaning meaning);

    Domain& domain_;
    Outlet& outlet_;
    Peer peer_;
    std::shared_ptr<Association*> self_; // answers of the platform find us by it, or nobody
    std::optional<Edition> edition_;
    std::optional<Session> session_;
    std::string application_, user_;
    std::unordered_map<std::string, Monitor> monitors_; // by cross reference
    std::unordered_map<std::string, std::vector<std::string>> by_line_;
    std::unordered_map<std::string, std::string> names_; // by Devices::id: how the client calls it, where it differs
    std::vector<Registration> registrations_;
    std::map<std::uint64_t, Pending> pending_;
    std::vector<LineEvent> held_;                      // behind answers that are not in
    std::deque<std::pair<std::string, Begins>> begun_; // legs that began by this client's wish, till they are told
    std::optional<DeviceList> list_;
    std::uint64_t last_pending_ = 0;
    std::uint64_t last_registration_ = 0;
    Invoke last_asked_ = 0;
    std::optional<Steady> asked_at_; // a SystemStatus that nothing was heard since
    Steady now_;
    Steady heard_at_;
    Steady heartbeat_at_;
    std::uint64_t lost_ = 0; // events that the client is yet to be told of
    unsigned mistakes_ = 0;  // documents in a row that were none
    unsigned refused_logins_ = 0;
    Closing closing_ = Closing::no;
};

template <class T, class Then>
calls::Answer<T> Association::later(Invoke id, std::string held_line, Then then) {
    const auto key = ++last_pending_;
    pending_[key] = {id, std::move(held_line), now_ + domain_.options().control_wait};
    return [self = std::weak_ptr(self_), key, then = std::move(then)](Result<T> result) mutable {
        const auto found = self.lock();
        if (!found) return;
        Association& one = **found;
        const auto pending = one.settled(key);
        if (!pending) return;
        then(one, pending->invoke_id, std::move(result));
        one.release();
    };
}

} // namespace lamp::csta
