#include "net/listener.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "net/address.hpp"

namespace lamp::net {
namespace {
constexpr int backlog = 4096;
}

Result<Listener> Listener::open(const config::Listen& where) {
    auto shown = config::to_string(where);
    auto address = socket_address(where.host, where.port);
    if (address.size == 0)
        return fail(Category::invalid, fmt::format("Cannot listen on {}: this is no IP address.", shown));
    int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    bool good = descriptor >= 0 && ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (good && address.family() == AF_INET6) // "::" and "0.0.0.0" are two addresses
        good = ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0;
    good = good && ::bind(descriptor, address.raw(), address.size) == 0 && ::listen(descriptor, backlog) == 0;
    if (!good) {
        int error = errno;
        if (descriptor >= 0) ::close(descriptor);
        return fail(Category::conflict, fmt::format("Cannot listen on {}: {}.", shown, bind_problem(error)));
    }
    return Listener(descriptor, where.host, bound_port(descriptor));
}

Listener::~Listener() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Listener::Listener(Listener&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), host_(std::move(other.host_)), port_(other.port_) {}

Listener::Accepted Listener::accept() {
    Accepted accepted;
    socklen_t size = sizeof accepted.peer;
    accepted.descriptor =
        ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&accepted.peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted.descriptor >= 0) {
        int on = 1;
        ::setsockopt(accepted.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return accepted;
    }
    accepted.why = [] {
        switch (errno) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: return Why::no_descriptors;
        case EAGAIN: return Why::nobody;
        default: return Why::other; // the peer was gone before we looked
        }
    }();
    return accepted;
}

std::string Listener::address() const {
    return host_.find(':') == std::string::npos ? fmt::format("{}:{}", host_, port_)
                                                : fmt::format("[{}]:{}", host_, port_);
}

} // namespace lamp::net
