// How often one CRM may be asked: requests a second with a burst, and so many a day, of which some are kept for
// look-ups. One loop; `now` is given. The day's count starts anew with the process.
#pragma once
#include <algorithm>
#include <cstdint>

#include "base/budget.hpp"
#include "recognition/rest/preset.hpp"

namespace lamp::recognition::rest {

enum class Purpose : std::uint8_t { sync, lookup };

class Quota {
public:
    explicit Quota(const Rates& rates)
        : rates_(rates),
          second_(rates.per_second, rates.burst),
          kept_(static_cast<std::uint64_t>(static_cast<double>(rates.daily) * rates.reserve)) {}

    /// The day holds one more request for this purpose.
    [[nodiscard]] bool allows(Purpose purpose, Wall wall) {
        turn(wall);
        if (spent_) return false;
        if (rates_.daily == 0) return true;
        return used_ < (purpose == Purpose::sync ? rates_.daily - std::min(kept_, rates_.daily) : rates_.daily);
    }
    /// Takes one request and gives zero, or gives how long to wait for one.
    [[nodiscard]] milliseconds take(Steady now, Wall wall) {
        auto wait = second_.take(now);
        if (wait > milliseconds(0)) return wait;
        turn(wall);
        ++used_;
        return wait;
    }
    void close_until(Steady until) { second_.close_until(until); }
    /// The CRM says that the day is used up: nothing more is asked before midnight, UTC.
    void exhaust(Wall wall) {
        turn(wall);
        spent_ = true;
    }
    [[nodiscard]] std::uint64_t used() const { return used_; }

private:
    void turn(Wall wall) {
        auto day = std::chrono::floor<std::chrono::days>(wall);
        if (day <= day_) return;
        day_ = day;
        used_ = 0;
        spent_ = false;
    }

    Rates rates_;
    Budget second_;
    std::uint64_t kept_;
    std::uint64_t used_ = 0;
    bool spent_ = false; // as the CRM says
    std::chrono::sys_days day_{};
};

} // namespace lamp::recognition::rest
