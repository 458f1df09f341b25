#include "net/listener.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace lamp::net {
namespace {

constexpr int backlog = 4096;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Address address_of(const config::Listen& where) {
    Address made;
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET6, where.host.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(where.port);
        std::memcpy(&made.storage, &six, made.size = sizeof six);
        return made;
    }
    sockaddr_in four{};
    if (::inet_pton(AF_INET, where.host.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(where.port);
        std::memcpy(&made.storage, &four, made.size = sizeof four);
    }
    return made;
}

std::uint16_t port_of(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    std::uint16_t port = 0; // at the same place in both families
    std::memcpy(&port, reinterpret_cast<const char*>(&storage) + offsetof(sockaddr_in, sin_port), sizeof port);
    return ntohs(port);
}

std::string reason(int error) {
    switch (error) {
    case EADDRINUSE: return "another program listens there already";
    case EADDRNOTAVAIL: return "this machine does not have that address";
    case EACCES: return "that port needs more rights (CAP_NET_BIND_SERVICE)";
    default: return std::strerror(error);
    }
}

} // namespace

Result<Listener> Listener::open(const config::Listen& where) {
    auto shown = config::to_string(where);
    auto address = address_of(where);
    if (address.size == 0)
        return fail(Category::invalid, fmt::format("Cannot listen on {}: this is no IP address.", shown));
    int descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    bool good = descriptor >= 0 && ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (good && address.storage.ss_family == AF_INET6) // "::" and "0.0.0.0" are two addresses
        good = ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0;
    good = good && ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 &&
           ::listen(descriptor, backlog) == 0;
    if (!good) {
        int error = errno;
        if (descriptor >= 0) ::close(descriptor);
        return fail(Category::conflict, fmt::format("Cannot listen on {}: {}.", shown, reason(error)));
    }
    return Listener(descriptor, where.host, port_of(descriptor));
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
