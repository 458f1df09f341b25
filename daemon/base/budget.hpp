// A token bucket: so many requests per second, with a burst. Single loop; `now` is given.
#pragma once
#include <algorithm>

#include "base/clock.hpp"

namespace lamp {

class Budget {
public:
    /// per_second <= 0 means no limit of our own.
    Budget(double per_second, double burst) : per_second_(per_second), burst_(std::max(1.0, burst)), left_(burst_) {}

    /// Takes one token and gives zero, or gives how long to wait for one (nothing taken).
    [[nodiscard]] milliseconds take(Steady now) {
        refill(now);
        if (now < closed_until_) return ceil_ms(closed_until_ - now);
        if (per_second_ <= 0) return milliseconds(0);
        if (left_ >= 1.0) return left_ -= 1.0, milliseconds(0);
        return milliseconds(static_cast<long>((1.0 - left_) / per_second_ * 1000.0) + 1);
    }
    /// The peer asked for silence (429, 503 with Retry-After).
    void close_until(Steady until) { closed_until_ = std::max(closed_until_, until); }

private:
    static milliseconds ceil_ms(Steady::duration wait) { return std::chrono::ceil<milliseconds>(wait); }
    void refill(Steady now) {
        if (last_ != Steady() && now > last_)
            left_ = std::min(burst_, left_ + per_second_ * std::chrono::duration<double>(now - last_).count());
        last_ = std::max(last_, now);
    }

    double per_second_;
    double burst_;
    double left_;
    Steady last_{};
    Steady closed_until_{};
};

} // namespace lamp
