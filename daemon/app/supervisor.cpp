#include "app/supervisor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <thread>
#include <unistd.h>

#include "base/log.hpp"

namespace lamp {

namespace {

constexpr int patience_ms = 200;

/// sd_notify(3)'s protocol, but without its wait: a supervisor that does not read must not stop the control loop.
bool tell(std::string_view place, const std::string& message) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (place.size() < 2 || place.size() >= sizeof address.sun_path || (place[0] != '/' && place[0] != '@'))
        return false;
    std::ranges::copy(place, std::begin(address.sun_path));
    if (place[0] == '@') address.sun_path[0] = '\0'; // the abstract name space
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + place.size());
    int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return false;
    auto send = [&] {
        return ::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address),
                        size) == static_cast<ssize_t>(message.size());
    };
    bool told = send();
    for (int waited = 0; !told && errno == EAGAIN && waited < patience_ms; waited += 20) {
        std::this_thread::sleep_for(milliseconds(20)); // a datagram socket says nothing of its peer's queue
        told = send();
    }
    ::close(socket);
    return told;
}

} // namespace

void Supervisor::send(const std::string& message) {
    const char* place = std::getenv("NOTIFY_SOCKET");
    if (!place || *place == '\0' || tell(place, message)) return;
    if (complaint_.allow(steady_now())) log::warning("app", "systemd cannot be told", {{"message", message}});
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

void Supervisor::alive() {
    if (::sd_watchdog_enabled(0, nullptr) > 0) send("WATCHDOG=1");
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
