// Controls the calls and settings of lines. Called on any loop; each answer comes once, on the loop that asked. Nothing
// here waits or tries again: one request of Xsi-Actions each. Errors: not_found (no such line or call, or the service
// is not assigned), conflict (the call is not in a state for it), invalid (a number that cannot be dialled), forbidden,
// throttled, unavailable, network, timeout.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/errors.hpp"
#include "presence/words.hpp"

namespace lamp::calls {

template <class T>
using Answer = std::function<void(Result<T>)>;

enum class Verb : std::uint8_t {
    answer,
    hold,
    retrieve,
    hang_up,   // an incoming one that still rings is declined
    redirect,  // blind transfer of `call`, ringing or talking, to `to`
    transfer,  // joins `call` and `other_call`, which leaves both
    reconnect, // of a consultation
};

struct CallOrder {
    Verb verb{};
    std::string line;
    std::string call; // calls::Call::id
    std::string other_call{};
    std::string to{}; // as people write numbers
};

enum class ForwardKind : std::uint8_t { always, busy, no_answer, not_reachable };
struct ForwardSetting {
    bool active = false;
    std::string to{};
    std::optional<int> rings{}; // no_answer only
    bool operator==(const ForwardSetting&) const = default;
};

struct Control {
    /// Dials from that line; gives calls::Call::id of the new leg.
    std::function<void(std::string line, std::string to, Answer<std::string>)> dial;
    std::function<void(CallOrder, Answer<void>)> order;
    std::function<void(std::string line, Answer<bool>)> dnd;
    std::function<void(std::string line, bool on, Answer<void>)> set_dnd;
    std::function<void(std::string line, ForwardKind, Answer<ForwardSetting>)> forwarding;
    /// Keeps what is not named: an empty `to` with active keeps the number that is set.
    std::function<void(std::string line, ForwardKind, ForwardSetting, Answer<void>)> set_forwarding;
    std::function<void(std::string line, Answer<presence::AgentState>)> agent;
    std::function<void(std::string line, presence::AgentState, Answer<void>)> set_agent;
};

} // namespace lamp::calls
