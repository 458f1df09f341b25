// One dirty bit per slot, in two levels: marking is wait-free from any loop, draining visits only what is marked.
// The mark carries no value; whoever drains reads the table at that moment, so the latest state wins by nature.
#pragma once
#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

namespace lamp::fanout {

class DirtySet {
public:
    explicit DirtySet(std::size_t capacity) : words_((capacity + 63) / 64), summary_((words_.size() + 63) / 64) {}

    void mark(std::uint32_t slot) {
        auto word = slot / 64;
        auto before = words_[word].fetch_or(std::uint64_t{1} << (slot % 64), std::memory_order_acq_rel);
        // A word that was empty is not announced (or no longer): announce it. The drainer clears the summary first.
        if (before == 0) summary_[word / 64].fetch_or(std::uint64_t{1} << (word % 64), std::memory_order_acq_rel);
    }

    /// Calls `visit(slot)` for each marked slot and clears its mark before. Only the sink's own loop drains.
    template <class Visit>
    void drain(Visit&& visit) {
        for (std::size_t s = 0; s < summary_.size(); ++s) {
            if (summary_[s].load(std::memory_order_relaxed) == 0) continue;
            auto announced = summary_[s].exchange(0, std::memory_order_acq_rel);
            for (; announced != 0; announced &= announced - 1) {
                auto word = s * 64 + static_cast<std::size_t>(std::countr_zero(announced));
                auto marked = words_[word].exchange(0, std::memory_order_acq_rel);
                for (; marked != 0; marked &= marked - 1)
                    visit(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(marked))));
            }
        }
    }

private:
    std::vector<std::atomic<std::uint64_t>> words_;
    std::vector<std::atomic<std::uint64_t>> summary_;
};

} // namespace lamp::fanout
