// What systemd wants to hear (sd_notify(3)): READY, RELOADING with its time, STOPPING, STATUS, and WATCHDOG for as long
// as every loop turns. Silent when nobody listens (no NOTIFY_SOCKET). Control loop.
#pragma once
#include <string>
#include <vector>

#include "base/log.hpp"
#include "loop/loop.hpp"

namespace lamp {

class Supervisor {
public:
    explicit Supervisor(Loop& control) : control_(control) {}

    /// Starts to feed the watchdog, if the unit has one: only while none of these loops has stood still.
    void watch(std::vector<const Loop*> loops);
    /// For a loop that is busy for long, and knows it; nothing if the unit has no watchdog.
    void alive();
    void ready(const std::string& status);
    void reloading();
    void status(const std::string& text);
    void stopping();

private:
    void send(const std::string& message);
    [[nodiscard]] Task<> feed(milliseconds period);

    Loop& control_;
    std::vector<const Loop*> loops_;
    log::OncePerMinute complaint_;
};

} // namespace lamp
