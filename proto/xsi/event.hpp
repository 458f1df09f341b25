// What BroadWorks says in a channel, as values (xsi.md 4 to 8). Texts are views into the parser that made the
// document: they live until it reads the next one. Unknown words keep their text and become `unknown`.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace lamp::xsi {

enum class CallState : std::uint8_t { unknown, idle, alerting, active, held, remote_held, detached, released };
enum class Personality : std::uint8_t { unknown, originator, terminator, click_to_dial };
enum class HookStatus : std::uint8_t { unknown, on_hook, off_hook };
enum class ReleasingParty : std::uint8_t { unknown, local, remote };
enum class AgentState : std::uint8_t { unknown, sign_in, available, unavailable, wrap_up, sign_out };

/// A party of a call; everything may be absent, and is for withheld numbers.
struct Party {
    std::string_view name;
    std::string_view address; // "tel:" or "sip:" URI
    std::string_view user_id; // same group or enterprise only
    std::string_view user_dn;
    std::string_view call_type;
    bool privacy = false;
};

struct Redirection {
    Party party;
    std::string_view reason;
};

/// One leg of one user (xsi.md 7.1).
struct Call {
    std::string_view call_id;
    std::string_view tracking_id; // equal for all legs of a session
    std::string_view network_call_id;
    Personality personality = Personality::unknown;
    CallState state = CallState::unknown;
    std::string_view state_text;
    Party remote;
    std::string_view release_cause;
    std::string_view cdr_cause;
    ReleasingParty releasing_party = ReleasingParty::unknown;
    std::string_view redirect_reason; // this user sent the call away
    std::string_view redirect_address;
    std::string_view recall_type;
    std::string_view hunt_group_user;
    std::string_view appearance;
    bool allow_answer = false;
    std::optional<Wall> started, answered, held_at, detached, released;
    std::optional<std::int64_t> total_held_ms;
    std::string_view acd_user;
    std::string_view acd_name;
    std::string_view acd_number;
    Party acd_caller;
};

enum class DocumentKind : std::uint8_t {
    channel,            // the answer to the open
    heartbeat,          // ChannelHeartBeat
    event,              // SubscriptionEvent: `data` says which
    channel_terminated, // reason
    error_event,        // error_code, error_message
    other,              // well-formed, and nothing that we know
};

enum class EventData : std::uint8_t {
    unknown, // acknowledged and ignored
    call,    // any event that carries one call
    calls,   // CallRedirectedEvent: several calls
    call_snapshot,
    hook_status,
    conference,
    do_not_disturb,
    forwarding_always,
    forwarding_busy,
    forwarding_no_answer,
    agent_state,
    agent_snapshot,
    messages,
    queue_snapshot, // all calls that wait in a call centre
    queue_entered,  // one that waits there
    queue_left,     // one that does not any more
    subscription_terminated,
};

struct Conference {
    std::string_view state; // Active, Held, Released
    std::string_view type;
    std::span<const std::string_view> participants; // call ids
    bool present = false;
};

/// A service's settings in an event: full state each time, or `unassigned`.
struct Service {
    bool unassigned = false;
    bool active = false; // absent = inactive
    std::string_view forward_to;
};

struct Agent {
    bool present = false;
    AgentState state = AgentState::unknown;
    std::string_view unavailable_code;
    std::optional<Wall> since;
};

/// A call that waits in a call centre (xsi.md 8.3).
struct QueueEntry {
    std::string_view call_id;
    std::optional<Wall> added; // by the platform's clock
    bool removed = false;      // it has left, whatever the event is
};

/// What waits in a voice mail box; absent counts are 0. The urgent ones are counted among the others, too.
struct MessageCounts {
    std::uint32_t fresh = 0;
    std::uint32_t old = 0;
    std::uint32_t fresh_urgent = 0;
    std::uint32_t old_urgent = 0;
    bool operator==(const MessageCounts&) const = default;
};

struct Document {
    DocumentKind kind = DocumentKind::other;
    std::string_view root;
    // channel, channel_terminated
    std::string_view channel_id;
    std::optional<std::int64_t> expires_s;
    std::string_view reason;
    std::string_view error_code, error_message;
    // event
    std::string_view event_id;
    std::uint32_t sequence = 0; // 1 to 2147483647; 0 = absent
    std::string_view user_id;   // owner of the subscription, never whom the event is about
    std::string_view subscription_id;
    std::string_view target_id; // may be absent
    std::string_view application_id;
    EventData data = EventData::unknown;
    std::string_view type_name; // without prefix
    std::span<const Call> calls;
    std::span<const Redirection> redirections; // of the single call
    HookStatus hook = HookStatus::unknown;
    Conference conference;
    Service service;
    Agent agent;
    MessageCounts messages;
    std::span<const QueueEntry> queue_entries;
    bool redirected = false; // of an event about a queue: the call was sent elsewhere
};

/// Milliseconds since 1970; nothing on anything else or outside the years 1970 to 2200.
[[nodiscard]] std::optional<Wall> epoch_ms(std::string_view text);
[[nodiscard]] CallState call_state(std::string_view text);
[[nodiscard]] Personality personality(std::string_view text);
[[nodiscard]] HookStatus hook_status(std::string_view text);
[[nodiscard]] AgentState agent_state(std::string_view text);

} // namespace lamp::xsi
