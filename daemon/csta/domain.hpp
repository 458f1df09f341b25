// The switching sub-domain (ECMA-269 6.1): what all associations share: devices, calls, control of the platform, who
// monitors what, and the state of the platform. A machine without sockets; lives on the CSTA loop.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "calls/control.hpp"
#include "csta/call_model.hpp"
#include "proto/sip/users.hpp"

namespace lamp::csta {

class Association;

struct DomainOptions {
    std::string name = "Lamplighter";      // of the switching sub-domain
    std::uint64_t first_call_id = 1;       // callIDs count up from here; different after each start
    std::size_t monitors = 10'000;         // of one association
    std::size_t monitors_per_device = 500; // of all associations
    std::size_t outstanding = 32;          // requests of one association that the platform has not answered
    std::size_t held_events = 4'096;       // of one association, behind the answer to a MakeCall
    std::size_t queue_bytes = 1 << 20;     // not yet taken by one client: beyond, events are lost, and it is told
    milliseconds heartbeat{60'000};        // zero: none
    milliseconds heartbeat_wait{30'000};   // for anything from the client
    milliseconds control_wait{30'000};     // for an answer of the platform
    milliseconds session_shortest{10'000};
    milliseconds session_default{3'600'000}; // when the client has no wish
    milliseconds session_longest{24 * 3'600'000};
    milliseconds status_pause{1'000}; // between two SystemStatus about the platform
};

struct DomainCounters {
    std::uint64_t requests = 0, refused_requests = 0, broken_requests = 0;
    std::uint64_t events = 0, lost_events = 0, losses = 0; // a loss: a client was told that events are missing
    std::uint64_t sessions = 0, sessions_refused = 0, sessions_expired = 0;
    std::uint64_t heartbeats = 0, silent = 0; // closed because they did not answer
};

class Domain {
public:
    Domain(DomainOptions options, calls::Control control);
    ~Domain(); // all associations are gone by then
    Domain(const Domain&) = delete;
    Domain& operator=(const Domain&) = delete;

    /// Monitors of devices that have left are stopped.
    void use_devices(std::shared_ptr<const Devices> devices);
    void use_users(std::shared_ptr<const sip::Users> users) { users_ = std::move(users); }
    void take(std::span<const calls::LineNews> batch, Steady now);
    /// What time has changed; call about once a second. Associations have a tick of their own.
    void tick(Steady now);

    // --- for associations

    [[nodiscard]] const DomainOptions& options() const { return options_; }
    [[nodiscard]] const calls::Control& control() const { return control_; }
    [[nodiscard]] CallModel& calls() { return model_; }
    [[nodiscard]] const CallModel& calls() const { return model_; }
    [[nodiscard]] const Devices& devices() const { return model_.devices(); }
    [[nodiscard]] const sip::Users& users() const { return *users_; }
    /// Of the platform, now; associations hear of changes at most once in `status_pause`.
    [[nodiscard]] SystemState state() const;
    [[nodiscard]] DomainCounters& counters() { return counters_; }
    [[nodiscard]] const DomainCounters& counters() const { return counters_; }
    [[nodiscard]] std::string next_cross_ref();
    [[nodiscard]] static std::string new_session_id();

    void join(Association& one);
    void leave(Association& one);
    /// One more monitor of that line, or one fewer. False: as many as may be.
    [[nodiscard]] bool watch(const std::string& line, Association& one);
    void unwatch(const std::string& line, Association& one);
    [[nodiscard]] std::size_t watched_lines() const { return watches_.size(); }

private:
    struct Watch {
        Association* who;
        std::size_t monitors;
    };
    void deliver(); // `events_`
    void tell_state(Steady now);

    DomainOptions options_;
    calls::Control control_;
    CallModel model_;
    std::shared_ptr<const sip::Users> users_ = std::make_shared<const sip::Users>();
    std::vector<Association*> associations_;
    std::unordered_map<std::string, std::vector<Watch>> watches_; // by line
    std::vector<LineEvent> events_;                               // scratch
    SystemState told_ = SystemState::initializing;
    std::optional<Steady> told_at_;
    std::uint64_t last_cross_ref_ = 0;
    DomainCounters counters_;
};

} // namespace lamp::csta
