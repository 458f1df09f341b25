#include "ldap/dial.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lamp::ldap {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

class Socket {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }
    int release() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

Error broken(const Address& address, int code) {
    return {Category::network, fmt::format("{} cannot be reached: {}.", to_string(address), std::strerror(code))};
}

Result<Addresses> resolve(const Address& address) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto port = std::to_string(address.port);
    const int code = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
    if (code != 0)
        return fail(Category::network,
                    fmt::format("{}: there is no host of this name ({}).", to_string(address), gai_strerror(code)));
    return Addresses(found, &freeaddrinfo);
}

/// 0, or errno; ECANCELED for `stop`.
int wait_connected(int socket, milliseconds wait, const Stop& stop) {
    std::array<pollfd, 2> watched{{{socket, POLLOUT, 0}, {stop.descriptor(), POLLIN, 0}}};
    const auto until = steady_now() + wait;
    while (true) {
        auto left = std::chrono::ceil<milliseconds>(until - steady_now()).count();
        if (left <= 0) return ETIMEDOUT;
        const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(left));
        if (ready < 0 && errno != EINTR) return errno;
        if (stop.cancelled()) return ECANCELED;
        if (ready > 0 && watched[0].revents != 0) break;
    }
    int code = 0;
    socklen_t size = sizeof code;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

void settle(int socket, milliseconds silence) {
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_NONBLOCK);
    timeval limit{.tv_sec = silence.count() / 1000, .tv_usec = silence.count() % 1000 * 1000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

} // namespace

Result<int> dial(const Address& address, milliseconds wait, milliseconds silence, const Stop& stop) {
    auto addresses = resolve(address);
    if (!addresses) return std::unexpected(addresses.error());
    int code = EHOSTUNREACH;
    for (const auto* one = addresses->get(); one && !stop.cancelled(); one = one->ai_next) {
        Socket socket(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol));
        code = socket.get() < 0 || ::connect(socket.get(), one->ai_addr, one->ai_addrlen) != 0 ? errno : 0;
        if (code == EINPROGRESS) code = wait_connected(socket.get(), wait, stop);
        if (code != 0) continue;
        settle(socket.get(), silence);
        return socket.release();
    }
    if (stop.cancelled()) return fail(Category::cancelled, "It was stopped.");
    if (code == ETIMEDOUT)
        return fail(Category::timeout,
                    fmt::format("{} does not answer within {} ms.", to_string(address), wait.count()));
    return std::unexpected(broken(address, code));
}

} // namespace lamp::ldap
