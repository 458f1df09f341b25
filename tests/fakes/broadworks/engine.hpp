// The call engine: sessions of legs, routing through the callee's services, and the events of each user in the
// order of xsi.md 7.4. It knows calls and users; subscriptions and channels hang behind EventSink.
#pragma once

#include "../loop.hpp"
#include "model.hpp"
#include "packages.hpp"
#include "settings.hpp"

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sim::bw {

class EventSink {
public:
    virtual ~EventSink() = default;
    // `data` is the content of eventData; a subscription to any of `packages` gets it.
    virtual void emit(UserIndex target, PackageMask packages, std::string_view type, std::string_view data) = 0;
};

enum class Personality : std::uint8_t { originator, terminator, click_to_dial };

struct Caller { // somebody outside
    std::string number;
    std::string name;
    bool privacy = false;
};

struct Party {
    std::string name;
    std::string address; // tel: or sip: URI, "" when withheld
    UserIndex user = nobody;
    bool privacy = false;
    std::string_view call_type = "Group";
};

struct Redirection {
    Party party;
    std::string_view reason;
};

struct Leg {
    LegId id = 0;
    LegId call = 0; // the leg that began the call: the call's id in the control API
    LegId peer = 0;
    UserIndex user = nobody; // nobody: a party outside, described by `self`
    std::uint64_t tracking = 0;
    Personality personality = Personality::originator;
    bool answered = false;
    bool realerting = false; // answered once, now waiting for the target of a blind transfer
    bool local_held = false;
    bool remote_held = false;
    bool treatment = false;
    bool conference = false;
    bool muted = false;
    bool has_endpoint = false;
    bool lifted = true; // false: click-to-dial whose own phone still rings
    bool recording = false;
    std::uint8_t appearance = 1;
    std::uint8_t depth = 0; // forwards so far
    std::int64_t start = 0;
    std::int64_t answer = 0;
    std::int64_t held_since = 0;
    std::int64_t total_held = 0;
    Party self;
    Party remote;
    std::string dialled;
    std::string anywhere; // a fork: this BroadWorks Anywhere location rings; a user's leg: it was answered there
    std::string_view release_cause;
    std::vector<Redirection> redirections;
    std::vector<LegId> forks;     // on the calling leg: what alerts for it
    std::uint8_t sequence = 0;    // a fork of a sequential ring: how many locations were tried with it
    UserIndex follow_me = nobody; // rings because of this user's simultaneous ring
    UserIndex hunt_group = nobody;
    UserIndex queue = nobody; // offered by, or waiting in, this call centre
    UserIndex parked_at = nobody;
    UserIndex recall_for = nobody;
    std::string_view recall_type;
};

struct Conference {
    std::vector<LegId> legs;
    bool held = false;
};

enum class LineState : std::uint8_t { idle, ringing, active, held };
std::string_view name_of(LineState state);

struct Truth {
    LineState state = LineState::idle;
    int calls = 0;
};

class Engine {
public:
    using Result = std::expected<LegId, std::string>;

    Engine(Loop& loop, Roster& roster, const Settings& settings, EventSink& sink);

    // Calls. The leg returned is the one that began the call.
    Result dial(UserIndex from, const std::string& to);
    Result click_to_dial(UserIndex from, const std::string& to);
    Result incoming(const std::string& to, const Caller& caller);

    // What a user does with one leg; leg 0 = the obvious one. Errors are preconditions.
    Result answer(UserIndex user, LegId leg = 0);
    Result hold(UserIndex user, LegId leg = 0);
    Result retrieve(UserIndex user, LegId leg = 0);
    Result reconnect(UserIndex user, LegId leg);
    Result hang_up(UserIndex user, LegId leg = 0);
    Result decline(UserIndex user, LegId leg = 0);
    Result far_end(UserIndex user, std::string_view what,
                   LegId leg = 0); // answer | hangup | busy by a party outside; elsewhere
    Result blind_transfer(UserIndex user, const std::string& to, LegId leg = 0);
    Result consult_transfer(UserIndex user, LegId first, LegId second);
    Result voicemail_transfer(UserIndex user, LegId leg = 0);
    Result park(UserIndex user, const std::string& at, LegId leg = 0);
    Result retrieve_parked(UserIndex user, const std::string& at);
    Result pick_up(UserIndex user, UserIndex of);
    Result barge_in(UserIndex user, UserIndex target);
    Result start_conference(UserIndex user, std::vector<LegId> legs);
    Result hold_conference(UserIndex user, bool hold);
    Result end_conference(UserIndex user);
    Result mute(UserIndex user, LegId leg, bool deaf);
    Result record(UserIndex user, std::string_view what, LegId leg = 0);

    // Services and agents
    void service_changed(UserIndex user, ServiceId service);
    Result set_agent(UserIndex user, AgentState state, const std::string& code);
    void messages_changed(UserIndex user);
    std::size_t queue_length(UserIndex queue) const;

    void forget_calls(); // AS failover: all calls gone, no event
    void forget_user(UserIndex user);

    // What is
    const Leg* find(LegId id) const;
    LegId leg_by_call_id(UserIndex user, std::string_view call_id) const;
    std::string call_id(const Leg& leg) const;
    std::string tracking_id(std::uint64_t tracking) const;
    Truth truth(UserIndex user) const;
    const Conference* conference(UserIndex user) const;
    std::size_t calls() const { return legs_.size(); }
    std::int64_t now_ms() const;
    std::string_view state_of(const Leg& leg) const;
    std::vector<LegId> alerting_forks(LegId leg) const;

    void append_call(std::string& out, const Leg& leg, std::string_view prefix) const; // children of `call`
    void append_snapshot(std::string& out, UserIndex user) const;                      // CallSubscriptionEvent
    void append_conference(std::string& out, UserIndex user, std::string_view state, std::string_view prefix) const;
    void append_agent_state(std::string& out, UserIndex user, std::string_view element) const;
    void append_agent_snapshot(std::string& out, UserIndex user) const;
    void append_messages(std::string& out, UserIndex user, std::string_view prefix) const;
    void append_queue_snapshot(std::string& out, UserIndex queue) const;

private:
    struct QueueEntry {
        LegId caller = 0;
        LegId offered = 0;
        std::int64_t added = 0;
        std::vector<UserIndex> refused; // agents who let it ring
    };
    struct Detached {
        std::string_view reason;
        std::int64_t at = 0;
        Party to;
    };

    Leg& new_leg(UserIndex user, Personality personality);
    Leg* leg(LegId id);
    Leg* own_leg(UserIndex user, LegId id, const std::function<bool(const Leg&)>& fits);
    void drop(Leg& leg); // forgets it; no event

    void call_event(const Leg& leg, std::string_view type);
    void append_call_body(std::string& out, const Leg& leg, std::string_view prefix, std::string_view state,
                          std::string_view releasing, const Detached* detached) const;
    void append_party(std::string& out, const Party& party, std::string_view prefix) const;
    void hook(UserIndex user);
    Party party_of(const Leg& leg) const;
    Party party_of_user(UserIndex user, UserIndex seen_by) const;
    Party party_of_address(const std::string& address) const;

    void hold_others(UserIndex user, LegId except);
    void set_hold(Leg& leg, bool held);
    void route(Leg& caller, const std::string& to, std::vector<Redirection> redirections);
    void offer(Leg& caller, UserIndex to, std::vector<Redirection> redirections);
    void forward(Leg& caller, UserIndex by, const std::string& to, std::string_view reason,
                 std::vector<Redirection> redirections);
    void alert(Leg& caller, UserIndex to, const std::vector<Redirection>& redirections, UserIndex follow_me,
               UserIndex hunt_group);
    void alert_outside(Leg& caller, const Party& party, UserIndex follow_me);
    void ring_along(Leg& caller, UserIndex user, const std::vector<Redirection>& redirections);
    void no_answer(LegId id);
    bool ring_next_location(Leg& caller, Leg& callee);
    void to_voicemail(Leg& caller, UserIndex user);
    void treat(Leg& caller, std::string_view cause);
    void connect(Leg& alerting);
    void lose(Leg& fork, bool picked_elsewhere);
    void finish(Leg& leg, bool local);
    void detach(std::vector<LegId> legs, std::string_view reason, const Party& to, bool hook_after);
    void release_far(Leg& leg);
    void lift(Leg& leg);
    void ring_again(Leg& transferred);
    void remember(const Leg& leg);

    void enqueue(Leg& caller, UserIndex queue);
    void offer_next(UserIndex queue);
    void leave_queue(Leg& caller, std::string_view event);
    void queue_event(UserIndex queue, const QueueEntry& entry, std::string_view type, std::string_view extra);
    void append_queue_entry(std::string& out, UserIndex queue, const QueueEntry& entry, std::string_view extra) const;
    void append_acd(std::string& out, const Leg& leg, std::string_view prefix) const;
    void agent_event(UserIndex user);
    void change_agent(UserIndex user, AgentState state);
    void wrap_up(UserIndex user);
    void leave_conference(UserIndex user, LegId leg);
    void conference_event(UserIndex user, std::string_view type, std::string_view state);

    Loop& loop_;
    Roster& roster_;
    const Settings& settings_;
    EventSink& sink_;
    std::unordered_map<LegId, std::unique_ptr<Leg>> legs_;
    std::unordered_map<UserIndex, Conference> conferences_;
    std::map<UserIndex, std::deque<QueueEntry>> queues_;
    LegId next_leg_ = 0;
    std::uint64_t next_tracking_ = 0;
    std::string scratch_;
};

} // namespace sim::bw
