// The living office: people call each other and outsiders at a believable rhythm, so that a board shows every lamp.
#pragma once

#include "broadworks/platform.hpp"

#include <functional>
#include <string>

namespace sim {

class Office {
public:
    Office(Loop& loop, bw::Platform& platform, std::uint64_t seed);
    void start();
    void stop() { running_ = false; }
    bool running() const { return running_; }

private:
    void tick();
    void begin_call();
    void answer_later(bw::LegId call);
    void talk(bw::LegId call, bw::UserIndex user);
    void after(int low_ms, int high_ms, std::function<void()> task);
    void change_services();
    void disturb(bw::UserIndex user, bool active);
    void end_forgotten_calls();
    bw::UserIndex idle_person();
    std::string outside_number();
    bw::Caller outsider();
    int busy_people() const;

    Loop& loop_;
    bw::Platform& platform_;
    bw::Random random_;
    bool running_ = false;
    int ticks_ = 0;
};

} // namespace sim
