// What we wrote comes back when we read: Graph shows our own Busy/InACall as the person's presence (cloud-apis.md I).
// Such a reading says nothing about the person and must not feed the rules, nor SmartBusy.
// A machine: `now` is given. Lives on the egress loop.
#pragma once
#include <unordered_map>

#include "base/clock.hpp"
#include "proto/graph/guid.hpp"
#include "proto/graph/words.hpp"

namespace lamp::teams {

class EchoFilter {
public:
    /// Readers see a change up to a minute late; what still shows our words so long after is the person's own.
    static constexpr milliseconds linger{75'000};

    /// Before the write leaves: from now on a call in Teams may be ours.
    void wrote(const graph::Guid& person) {
        auto [at, fresh] = ours_.try_emplace(person);
        if (fresh || at->second.live()) return;
        at->second.before = at->second.until;
        at->second.until = Steady::max();
    }
    /// What `wrote` announced certainly did not happen, and no session of ours is there: as before.
    void did_not_write(const graph::Guid& person) {
        auto at = ours_.find(person);
        if (at == ours_.end() || !at->second.live()) return;
        at->second.until = at->second.before;
    }
    /// The session is gone, or will be gone by itself at `when`.
    void cleared(const graph::Guid& person, Steady when) {
        if (auto at = ours_.find(person); at != ours_.end() && at->second.live()) at->second.until = when + linger;
    }
    /// True: this reading is ours coming back. While our session lives every call is; after it, until another pair has
    /// been seen.
    [[nodiscard]] bool is_echo(const graph::Guid& person, graph::Pair pair, Steady now) {
        auto at = ours_.find(person);
        if (at == ours_.end()) return false;
        bool over = !at->second.live() && now >= at->second.until;
        if (over || (!at->second.live() && !graph::is_call(pair))) {
            ours_.erase(at);
            return false;
        }
        return graph::is_call(pair);
    }
    void tidy(Steady now) {
        std::erase_if(ours_, [now](const auto& one) { return !one.second.live() && now >= one.second.until; });
    }
    [[nodiscard]] std::size_t size() const { return ours_.size(); }

private:
    struct Mark {
        Steady until = Steady::max();
        Steady before{}; // what `until` was before the last write
        [[nodiscard]] bool live() const { return until == Steady::max(); }
    };
    std::unordered_map<graph::Guid, Mark> ours_;
};

} // namespace lamp::teams
