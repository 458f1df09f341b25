// Agents of call centres as the HTTP interface shows them. Values only.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "presence/words.hpp"

namespace lamp::status {

struct AgentQueueView {
    std::string id;   // BroadWorks user id of the call centre
    std::string name; // as calls of it have told; empty: not known
    bool joined = false;
};
struct AgentView {
    presence::Slot person{};
    std::string line;
    presence::AgentState state{}; // none: no agent any more
    std::string code{};           // of unavailable; empty: none, or not known yet
    std::optional<Wall> since{};  // nothing: it was so when we came
    std::vector<AgentQueueView> queues{};
    bool conflict = false; // calls of queues come although the person is in a meeting or wants no disturbance
    bool followed = false; // unavailable because [acd] follow_presence made it so
};

} // namespace lamp::status
