#include "app/supervisor.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include "base/log.hpp"

namespace lamp {

void Supervisor::send(const std::string& message) {
    if (::sd_notify(0, message.c_str()) < 0) log::warning("app", "systemd cannot be told", {{"message", message}});
}

void Supervisor::watch(std::vector<const Loop*> loops) {
    loops_ = std::move(loops);
    std::uint64_t limit_us = 0;
    if (::sd_watchdog_enabled(0, &limit_us) <= 0) return;
    control_.spawn(feed(std::max(milliseconds(static_cast<long>(limit_us / 3000)), milliseconds(10))));
}

Task<> Supervisor::feed(milliseconds period) {
    do {
        auto now = steady_now();
        bool all_turn = std::ranges::all_of(
            loops_, [&](const Loop* loop) { return loop->idle_for(now) < 2 * period + seconds(1); });
        if (all_turn)
            send("WATCHDOG=1");
        else
            log::error("app", "a loop stands still; the watchdog is not fed");
    } while (co_await sleep_for(period));
}

void Supervisor::ready(const std::string& status) {
    send("READY=1\nSTATUS=" + status);
}

void Supervisor::reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1'000'000LL + now.tv_nsec / 1000));
}

void Supervisor::status(const std::string& text) {
    send("STATUS=" + text);
}

void Supervisor::stopping() {
    send("STOPPING=1");
}

} // namespace lamp
