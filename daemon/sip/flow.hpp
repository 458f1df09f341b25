// The way to a peer. What its numbers mean is the transport's business; everybody else compares and hands them on.
#pragma once
#include <array>
#include <cstdint>

namespace lamp::sip {

struct Flow {
    std::uint64_t socket = 0;               // a listener or a connection; a connection's number is never used twice
    std::array<std::uint8_t, 16> address{}; // of the peer; IPv4 as IPv4-mapped IPv6
    std::uint16_t port = 0;
    bool reliable = false; // TCP, TLS: nothing is sent twice
    bool operator==(const Flow&) const = default;
};

} // namespace lamp::sip
