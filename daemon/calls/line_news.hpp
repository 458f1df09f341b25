// What the telephony loop tells those who show or control calls (SIP, CSTA, history): the whole of one line as it is
// now, and the calls that ended since it was told last. Values only; they travel by post. Every change of a line is
// told, in order, none is joined with another.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "presence/words.hpp"

namespace lamp::calls {

enum class CallState : std::uint8_t {
    dialling, // goes out and is not answered; a click-to-dial call that rings one's own telephone, too
    ringing,  // comes in and alerts
    active,
    held,           // by this line
    held_by_remote, // by the other side
};
[[nodiscard]] std::string_view name(CallState state);

/// One leg of one line.
struct Call {
    std::string id; // what BroadWorks calls this leg; control takes it. May change when a click-to-dial call rings out
    std::string session; // the same for all legs that belong together (external tracking id); may be empty
    CallState state = CallState::dialling;
    bool incoming = false;
    bool withheld = false;     // the caller wants to stay unknown: number and name are not for others' eyes
    std::string remote_number; // "+31…", an extension, or a sip: URI; may be empty
    std::string remote_name;
    std::string remote_user; // BroadWorks user id where the other side is one of ours; may be empty
    std::string ddi;         // the number that was called, where the platform tells it
    std::string queue;       // call centre, where it came through one
    std::optional<Wall> started;
    std::optional<Wall> answered;
    std::string group{}; // BroadWorks user id of the call centre or hunt group that offers it to this line
    bool operator==(const Call&) const = default;
};

/// Why a leg is over, as far as the platform tells.
enum class End : std::uint8_t {
    unknown, // it vanished while nobody looked
    hung_up_here,
    hung_up_there,
    not_answered, // the caller gave up, or it rang out
    declined,
    busy,
    redirected, // forwarded or deflected by this line; `to` says where
    transferred,
    answered_elsewhere, // another of one's own, or a pickup
    failed,
};
[[nodiscard]] std::string_view name(End end);

/// Why this line sent a call away (xsi.md 7.1, redirect reasons).
enum class Redirect : std::uint8_t {
    none,
    always,     // unconditional, selective, do not disturb, not reachable: without ringing for long, or at all
    busy,       // the line was busy
    no_answer,  // it rang out
    deflection, // somebody sent it on while it rang
    transfer,   // after an answer
    voicemail,
    group, // a call centre or hunt group hands it to its members
    other,
};

struct EndedCall {
    Call call; // as it was last seen
    End why = End::unknown;
    std::string to; // redirected, transferred: where it went, if told
    Redirect redirect = Redirect::none;
    std::optional<Wall> at{}; // by the platform's clock, as `started`
};

/// What waits in a line's voice mail box. The urgent ones are counted among the others, too.
struct Messages {
    std::uint32_t fresh = 0;
    std::uint32_t old = 0;
    std::uint32_t fresh_urgent = 0;
    std::uint32_t old_urgent = 0;
    auto operator<=>(const Messages&) const = default;
};

struct LineNews {
    std::string line;   // BroadWorks user id
    bool known = false; // false: the platform has been away for too long, or has not told the first state yet
    bool stale = false; // the channel is gone; what follows is what was known last
    bool dnd = false;
    presence::Forwarding forwarding = presence::Forwarding::none;
    presence::AgentState agent = presence::AgentState::none;
    std::optional<Messages> messages{}; // nothing: the platform does not tell of voice mail
    bool messages_awaited = false;      // it will: nothing has come yet
    std::vector<Call> calls;            // oldest first
    std::vector<EndedCall> ended;       // since the line was told last: whatever has left `calls`
    bool watched = true;                // false: the last news of a line that nobody has any more
};

} // namespace lamp::calls
