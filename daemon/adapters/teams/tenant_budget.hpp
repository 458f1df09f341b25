// The requests that one application may make to Graph's presence API in one tenant (cloud-apis.md A8: 1500 in any 30 s,
// reads and writes together, throttled ones counted). Writes go first; reads keep a tenth, so that they never starve.
// Pure: `now` is given.
#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>

#include "base/clock.hpp"

namespace lamp::teams {

enum class Priority : std::uint8_t { write, read };

class TenantBudget {
public:
    /// Requests reach Graph sooner or later than they left us: what is counted over this is never more in 30 s there.
    static constexpr milliseconds window{30'500};

    /// Never more than `per_30s` requests within any `window`: evenly, and where there is room a tenth of them at once,
    /// for writes only. Such a burst is paid back by a slower flow for the length of the window, not by a silence.
    explicit TenantBudget(double per_30s)
        : limit_(std::max(1.0, per_30s)),
          per_second_(limit_ / window_s),
          flow_most_(std::max(1.0, per_second_ * slice_s)),
          burst_most_(std::max(0.0, per_30s / 10 - flow_most_)),
          flow_(flow_most_) {}

    /// Takes up to `wanted` requests; gives how many (0: none is due, see `wait`). Writes that wait are announced by
    /// `writes_wait`; while there are any, a read gets through only after nine writes.
    [[nodiscard]] unsigned take(Steady now, Priority priority, unsigned wanted, bool writes_wait = false) {
        refill(now);
        if (now < closed_until_ || left(priority) < 1.0) return 0;
        if (priority == Priority::read && writes_wait && writes_since_read_ < writes_per_read) return 0;
        auto given = std::min(wanted, static_cast<unsigned>(left(priority)));
        auto at_once = std::max(0.0, given - flow_); // beyond the even flow
        flow_ -= given - at_once;
        if (slices_.empty() || now >= slices_.back().begin + slice) slices_.push_back({now, 0, 0});
        slices_.back().used += given;
        slices_.back().at_once += at_once;
        used_ += given;
        at_once_ += at_once;
        if (priority == Priority::write)
            writes_since_read_ = std::min(writes_since_read_ + given, 10 * writes_per_read);
        else
            writes_since_read_ -= std::min(writes_since_read_, writes_per_read);
        return given;
    }
    /// What was taken and not used.
    void give_back(unsigned count) {
        if (slices_.empty()) return;
        auto& last = slices_.back();
        auto back = std::min<double>(count, last.used);
        auto at_once = std::min(back, last.at_once);
        last.used -= back;
        last.at_once -= at_once;
        used_ -= back;
        at_once_ -= at_once;
        flow_ = std::min(flow_most_, flow_ + back - at_once);
    }
    /// How long until something may be taken; at least a millisecond.
    [[nodiscard]] milliseconds wait(Steady now, Priority priority = Priority::write) {
        refill(now);
        if (now < closed_until_) return std::chrono::ceil<milliseconds>(closed_until_ - now);
        if (left(priority) >= 1.0) return milliseconds(1);
        auto flow = milliseconds(static_cast<long>(std::max(0.0, 1.0 - flow_) / flow_per_second() * 1000.0) + 1);
        if (limit_ - used_ >= 1.0) return flow;
        return std::max(flow, std::chrono::ceil<milliseconds>(slices_.front().begin + slice + window - now));
    }
    /// The tenant asked for silence: nobody speaks until then.
    void close_until(Steady until) { closed_until_ = std::max(closed_until_, until); }
    [[nodiscard]] bool closed(Steady now) const { return now < closed_until_; }
    [[nodiscard]] double per_second() const { return per_second_; }

private:
    static constexpr unsigned writes_per_read = 9;
    static constexpr milliseconds slice{100}; // what is taken within it counts as taken at its end
    static constexpr double slice_s = 0.1;
    static constexpr double window_s = std::chrono::duration<double>(window + slice).count();

    struct Slice {
        Steady begin;
        double used;
        double at_once;
    };

    [[nodiscard]] double flow_per_second() const { return (limit_ - at_once_) / window_s; }
    [[nodiscard]] double left(Priority priority) const {
        auto burst = priority == Priority::write ? std::max(0.0, burst_most_ - at_once_) : 0.0;
        return std::min(flow_ + burst, limit_ - used_);
    }
    void refill(Steady now) {
        while (!slices_.empty() && slices_.front().begin + slice + window <= now) {
            used_ -= slices_.front().used;
            at_once_ -= slices_.front().at_once;
            slices_.pop_front();
        }
        if (slices_.empty()) used_ = at_once_ = 0; // no dust of fractions
        if (last_ != Steady() && now > last_)
            flow_ =
                std::min(flow_most_, flow_ + flow_per_second() * std::chrono::duration<double>(now - last_).count());
        last_ = std::max(last_, now);
    }

    double limit_;
    double per_second_;
    double flow_most_;
    double burst_most_;
    double flow_;        // of the even flow, what may be taken now
    double used_ = 0;    // within the window
    double at_once_ = 0; // of those, beyond the even flow
    std::deque<Slice> slices_;
    Steady last_{};
    Steady closed_until_{};
    unsigned writes_since_read_ = 0;
};

} // namespace lamp::teams
