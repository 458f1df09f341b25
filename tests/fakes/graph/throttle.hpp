// A sliding window per application and tenant, refused attempts included (cloud-apis.md A8). The caller tells the time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace sim::graph {

class Throttle {
public:
    // Counts an attempt. 0: it may pass; else the milliseconds until the window has room, were nobody to ask again.
    std::int64_t attempt(std::int64_t now, std::int64_t rate, std::int64_t window_ms) {
        while (!slices_.empty() && slices_.front().first + slice_ms + window_ms <= now) {
            total_ -= slices_.front().second;
            slices_.pop_front();
        }
        if (slices_.empty() || now >= slices_.back().first + slice_ms) slices_.emplace_back(now, 0);
        ++slices_.back().second;
        ++total_;
        if (rate <= 0 || total_ <= rate) return 0;
        std::int64_t left = total_;
        for (const auto& [at, count] : slices_)
            if ((left -= count) < rate) return std::max<std::int64_t>(1, at + slice_ms + window_ms - now);
        return window_ms;
    }
    std::int64_t used() const { return total_; }

private:
    static constexpr std::int64_t slice_ms = 100;
    std::deque<std::pair<std::int64_t, std::int64_t>> slices_; // start, attempts
    std::int64_t total_ = 0;
};

} // namespace sim::graph
