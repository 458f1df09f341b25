// An IP address and port as the kernel's calls want them, and why one could not be bound.
#pragma once
#include <cstdint>
#include <string>
#include <sys/socket.h>

namespace lamp::net {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0; // zero: no address

    [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] int family() const { return storage.ss_family; }
};
/// `host` is an IP address, IPv6 without brackets; else the size is zero.
[[nodiscard]] SocketAddress socket_address(const std::string& host, std::uint16_t port);

/// The port that the kernel has given.
[[nodiscard]] std::uint16_t bound_port(int descriptor);
/// For the end of a sentence: "another program listens there already".
[[nodiscard]] std::string bind_problem(int error);

} // namespace lamp::net
