// The requests that one application may make to Graph's presence API in one tenant (cloud-apis.md A8: 1500 in any 30 s,
// reads and writes together, throttled ones counted). Writes go first; reads keep a tenth, so that they never starve.
// Pure: `now` is given.
#pragma once
#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"

namespace lamp::teams {

enum class Priority : std::uint8_t { write, read };

class TenantBudget {
public:
    /// Never more than `per_30s` requests within any 30 s: a tenth of them at once, the rest evenly.
    explicit TenantBudget(double per_30s)
        : burst_(std::max(1.0, per_30s / 10)), per_second_((per_30s - burst_) / 30), left_(burst_) {
        if (per_second_ <= 0) per_second_ = per_30s / 30;
    }

    /// Takes up to `wanted` requests; gives how many (0: none is due, see `wait`). Writes that wait are announced by
    /// `writes_wait`; while there are any, a read gets through only after nine writes.
    [[nodiscard]] unsigned take(Steady now, Priority priority, unsigned wanted, bool writes_wait = false) {
        refill(now);
        if (now < closed_until_ || left_ < 1.0) return 0;
        if (priority == Priority::read && writes_wait && writes_since_read_ < writes_per_read) return 0;
        auto given = std::min(wanted, static_cast<unsigned>(left_));
        left_ -= given;
        if (priority == Priority::write)
            writes_since_read_ = std::min(writes_since_read_ + given, 10 * writes_per_read);
        else
            writes_since_read_ -= std::min(writes_since_read_, writes_per_read);
        return given;
    }
    /// What was taken and not used.
    void give_back(unsigned count) { left_ = std::min(burst_, left_ + count); }
    /// How long until something may be taken; at least a millisecond.
    [[nodiscard]] milliseconds wait(Steady now) {
        refill(now);
        if (now < closed_until_) return std::chrono::ceil<milliseconds>(closed_until_ - now);
        if (left_ >= 1.0) return milliseconds(1);
        return milliseconds(static_cast<long>((1.0 - left_) / per_second_ * 1000.0) + 1);
    }
    /// The tenant asked for silence: nobody speaks until then.
    void close_until(Steady until) { closed_until_ = std::max(closed_until_, until); }
    [[nodiscard]] bool closed(Steady now) const { return now < closed_until_; }
    [[nodiscard]] double per_second() const { return per_second_; }

private:
    static constexpr unsigned writes_per_read = 9;

    void refill(Steady now) {
        if (last_ != Steady() && now > last_)
            left_ = std::min(burst_, left_ + per_second_ * std::chrono::duration<double>(now - last_).count());
        last_ = std::max(last_, now);
    }

    double burst_;
    double per_second_;
    double left_;
    Steady last_{};
    Steady closed_until_{};
    unsigned writes_since_read_ = 0;
};

} // namespace lamp::teams
