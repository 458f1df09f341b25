// The call-centre side of a line, as Xsi-Actions has it: asked for and changed by one request each, from any loop; each
// answer comes once, on the loop that asked. Errors as in calls/control.hpp. Values only.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "calls/control.hpp"
#include "presence/words.hpp"

namespace lamp::calls {

struct AgentQueue {
    std::string id; // BroadWorks user id of the call centre
    bool joined = false;
    std::string number{};
    std::string extension{};
    bool operator==(const AgentQueue&) const = default;
};
struct AgentCard {
    presence::AgentState state = presence::AgentState::none;
    std::string code{}; // of unavailable; empty: none
    std::vector<AgentQueue> queues{};
    bool operator==(const AgentCard&) const = default;
};

struct AgentDesk {
    /// not_found: the line is no agent.
    std::function<void(std::string line, Answer<AgentCard>)> read;
    /// `code` goes with unavailable alone.
    std::function<void(std::string line, presence::AgentState, std::string code, Answer<void>)> write;
    /// Calls that wait in that call centre of the line's platform are told of from now on (calls/queue_news.hpp), as
    /// far as the platform lets us; where it does not, nothing comes.
    std::function<void(std::string line, std::string queue)> watch;
};

} // namespace lamp::calls
