#include "net/address.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>

namespace lamp::net {

SocketAddress socket_address(const std::string& host, std::uint16_t port) {
    SocketAddress made;
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        std::memcpy(&made.storage, &six, made.size = sizeof six);
        return made;
    }
    sockaddr_in four{};
    if (::inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        std::memcpy(&made.storage, &four, made.size = sizeof four);
    }
    return made;
}

std::uint16_t bound_port(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    std::uint16_t port = 0; // at the same place in both families
    std::memcpy(&port, reinterpret_cast<const char*>(&storage) + offsetof(sockaddr_in, sin_port), sizeof port);
    return ntohs(port);
}

std::string bind_problem(int error) {
    switch (error) {
    case EADDRINUSE: return "another program listens there already";
    case EADDRNOTAVAIL: return "this machine does not have that address";
    case EACCES: return "that port needs more rights (CAP_NET_BIND_SERVICE)";
    default: return std::strerror(error);
    }
}

} // namespace lamp::net
