// Load: call life cycles between random people at a given rate of events per second, paced by a clock, not by replies.
#pragma once

#include "broadworks/platform.hpp"

#include <cstdint>
#include <deque>
#include <utility>

namespace sim {

class Load {
public:
    Load(Loop& loop, bw::Platform& platform, std::uint64_t seed);
    void set_rate(double events_per_second);
    double rate() const { return rate_; }
    void set_talk_ms(std::int64_t ms) { talk_ms_ = ms; }

private:
    struct Step {
        std::int64_t due = 0;
        bw::UserIndex caller = bw::nobody;
        bw::UserIndex callee = bw::nobody;
        bw::LegId call = 0;
        int stage = 0; // 0 answer, 1 hold, 2 retrieve, 3 hang up
    };

    void tick();
    void begin();
    void go_on(Step step);

    Loop& loop_;
    bw::Platform& platform_;
    bw::Random random_;
    std::deque<Step> steps_; // all delays are equal, so a queue is a timetable
    double rate_ = 0;
    double owed_ = 0;
    std::int64_t last_ms_ = 0;
    std::int64_t talk_ms_ = 2000;
    bool ticking_ = false;
};

} // namespace sim
