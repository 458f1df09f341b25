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
/// A call centre, as far as the platform tells of the calls that wait in it.
struct QueueView {
    std::string id;
    std::optional<std::size_t> waiting{}; // nothing: it does not
    std::optional<Wall> oldest{};         // since when the first of them waits
};
/// A hunt group that has handed a call to the line: nothing else on the platform tells who is in which.
struct HuntGroupView {
    std::string id;    // BroadWorks user id
    bool busy = false; // a call of it is at the line now
    bool operator==(const HuntGroupView&) const = default;
};
/// A line of a hunt group, and whose it is.
struct HuntMemberView {
    presence::Slot person{};
    std::string line;
    HuntGroupView group;
    std::string name; // of the group, where somebody of its id is watched; empty: not known
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
    std::vector<HuntGroupView> hunt_groups{};
};

} // namespace lamp::status
