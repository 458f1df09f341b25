// Between a Place and what the kernel's calls take. For the transport's own files.
#pragma once
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/address.hpp"
#include "sip/address.hpp"

namespace lamp::sip {

/// `interface`: where a link-local address means something; zero for all others.
inline void put(net::SocketAddress& out, const Place& place, std::uint32_t interface = 0) {
    if (is_ipv4(place.address)) {
        sockaddr_in four{};
        four.sin_family = AF_INET;
        four.sin_port = htons(place.port);
        std::memcpy(&four.sin_addr, place.address.data() + 12, 4);
        std::memcpy(&out.storage, &four, out.size = sizeof four);
        return;
    }
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(place.port);
    six.sin6_scope_id = is_link_local(place.address) ? interface : 0;
    std::memcpy(&six.sin6_addr, place.address.data(), place.address.size());
    std::memcpy(&out.storage, &six, out.size = sizeof six);
}

/// Our own end of a socket.
[[nodiscard]] inline Place own_place(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    return place_of(&storage);
}

} // namespace lamp::sip
