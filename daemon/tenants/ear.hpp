// What a tenant's process says of itself, as to systemd (sd_notify(3)): a datagram socket of its own in the abstract
// name space, whose name is the kernel's choice. The kernel says who speaks; nobody else is listened to. Control loop.
#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/errors.hpp"
#include "base/log.hpp"
#include "loop/loop.hpp"

namespace lamp::tenants {

/// One message.
struct Notice {
    bool ready = false;
    bool fed = false;       // WATCHDOG=1
    bool triggered = false; // WATCHDOG=trigger
    bool stopping = false;
    bool reloading = false;
    std::optional<std::string> status; // one line, without control characters, at most 200 bytes
};
[[nodiscard]] Notice read_notice(std::string_view message);

class Ear {
public:
    using Heard = std::function<void(const Notice&)>;
    /// Errors: a socket cannot be had.
    [[nodiscard]] static Result<std::unique_ptr<Ear>> open(Loop& loop, Heard heard);

    /// For NOTIFY_SOCKET.
    [[nodiscard]] const std::string& place() const { return place_; }
    /// Only this process is listened to; 0: nobody.
    void listen_to(pid_t process) { process_ = process; }
    /// Takes what has come already, before somebody judges a silence.
    void take();

private:
    Ear(Loop& loop, int socket, std::string place, Heard heard);
    void wait();

    boost::asio::posix::stream_descriptor socket_;
    std::string place_;
    Heard heard_;
    pid_t process_ = 0;
    log::OncePerMinute complaint_;
};

} // namespace lamp::tenants
