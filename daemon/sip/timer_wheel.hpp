// Timers of up to a minute for many thousand transactions: armed, moved and disarmed in constant time, fired in the
// order of their milliseconds. A node is a number that its owner gives meaning to. Pure; takes `now`. Lives with its
// owner.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "base/clock.hpp"

namespace lamp::sip {

class TimerWheel {
public:
    explicit TimerWheel(Steady start) : start_(start), heads_(buckets, none), used_(buckets / 64) {}

    /// Replaces what was armed for that node. What lies further than a minute ahead fires after a minute: look again
    /// then.
    void arm(std::uint32_t node, Steady at) {
        if (node >= nodes_.size()) nodes_.resize(node + 1);
        disarm(node);
        const auto tick = std::clamp(tick_of(at), now_ + 1, now_ + buckets - 1);
        Node& armed = nodes_[node];
        const auto bucket = static_cast<std::uint32_t>(tick % buckets);
        armed = {none, heads_[bucket], bucket};
        if (armed.next != none) nodes_[armed.next].previous = node;
        heads_[bucket] = node;
        used_[bucket / 64] |= 1ULL << bucket % 64;
    }

    void disarm(std::uint32_t node) {
        if (node >= nodes_.size() || nodes_[node].bucket == none) return;
        const Node armed = nodes_[node];
        nodes_[node].bucket = none;
        if (armed.next != none) nodes_[armed.next].previous = armed.previous;
        if (armed.previous != none) {
            nodes_[armed.previous].next = armed.next;
            return;
        }
        heads_[armed.bucket] = armed.next;
        if (armed.next == none) used_[armed.bucket / 64] &= ~(1ULL << armed.bucket % 64);
    }

    /// When the first timer fires; Steady::max() if none is armed.
    [[nodiscard]] Steady next_at() const {
        const auto ahead = distance();
        return ahead == 0 ? Steady::max() : start_ + milliseconds(now_ + ahead);
    }

    /// Calls `fired(node)` for each timer whose time has come; it may arm and disarm.
    template <class Fired>
    void expire(Steady now, Fired fired) {
        const auto until = std::chrono::floor<milliseconds>(now - start_).count();
        while (now_ < until) {
            const auto ahead = distance();
            if (ahead == 0 || now_ + ahead > until) {
                now_ = until;
                return;
            }
            now_ += ahead;
            const auto bucket = static_cast<std::size_t>(now_ % buckets);
            while (heads_[bucket] != none) {
                const auto node = heads_[bucket];
                disarm(node);
                fired(node);
            }
        }
    }

private:
    static constexpr std::int64_t buckets = 65'536; // one a millisecond
    static constexpr std::uint32_t none = 0xffff'ffff;
    struct Node {
        std::uint32_t previous = none;
        std::uint32_t next = none;
        std::uint32_t bucket = none; // none: not armed
    };

    [[nodiscard]] std::int64_t tick_of(Steady at) const {
        return std::chrono::ceil<milliseconds>(at - start_).count(); // never early
    }
    /// Milliseconds from now to the first bucket in use; 0: none is.
    [[nodiscard]] std::int64_t distance() const {
        for (std::int64_t ahead = 1; ahead < buckets;) {
            const auto bucket = static_cast<std::uint32_t>((now_ + ahead) % buckets);
            const auto word = used_[bucket / 64] >> bucket % 64;
            if (word != 0) return ahead + std::countr_zero(word);
            ahead += 64 - bucket % 64;
        }
        return 0;
    }

    Steady start_;
    std::int64_t now_ = 0; // milliseconds since start_ that were fired
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> heads_;
    std::vector<std::uint64_t> used_; // a bit for each bucket
};

} // namespace lamp::sip
