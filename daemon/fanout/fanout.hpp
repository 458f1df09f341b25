// Hop 5: tells every sink *whose* presence changed, never what to. A sink wakes on its own loop, drains its marks and
// reads the current verdicts. A slow sink coalesces; nothing overflows; memory is bounded at start.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "fanout/dirty_set.hpp"
#include "presence/table.hpp"

namespace lamp::fanout {

class Sink {
public:
    /// `wake` is called from any loop, at most once until the next `drain`; it must only post to the sink's loop.
    Sink(std::string name, std::size_t capacity, std::function<void()> wake)
        : name_(std::move(name)), dirty_(capacity), wake_(std::move(wake)) {}

    void mark(presence::Slot slot) {
        dirty_.mark(slot);
        if (!awake_.exchange(true, std::memory_order_acq_rel)) wake_();
    }
    /// On the sink's loop: visits each slot that changed since the last drain, once.
    template <class Visit>
    void drain(Visit&& visit) {
        awake_.exchange(false, std::memory_order_acq_rel); // first, so that a mark made meanwhile wakes again
        dirty_.drain(std::forward<Visit>(visit));
    }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    std::string name_;
    DirtySet dirty_;
    std::function<void()> wake_;
    std::atomic<bool> awake_{false};
};

class Fanout {
public:
    /// All sinks are added before the loops start.
    Sink& add(std::string name, std::size_t capacity, std::function<void()> wake) {
        sinks_.push_back(std::make_unique<Sink>(std::move(name), capacity, std::move(wake)));
        return *sinks_.back();
    }
    void publish(presence::Slot slot) {
        for (auto& sink : sinks_)
            sink->mark(slot);
    }

private:
    std::vector<std::unique_ptr<Sink>> sinks_;
};

} // namespace lamp::fanout
