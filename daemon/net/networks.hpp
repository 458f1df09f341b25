// A set of networks in CIDR notation ("10.0.0.0/8", "2001:db8::/32", a single address): who is trusted. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::net {

class Networks {
public:
    Networks() = default; // holds nobody
    /// Refuses (category `invalid`) what is no network, one whose host part is not zero, and tells which.
    [[nodiscard]] static Result<Networks> parse(std::span<const std::string> texts);

    /// IPv4 as IPv4-mapped IPv6, which only a network of IPv4 holds: "::/0" trusts nobody of IPv4.
    [[nodiscard]] bool hold(const std::array<std::uint8_t, 16>& address) const;
    [[nodiscard]] bool empty() const { return networks_.empty(); }

private:
    struct Network {
        std::array<std::uint8_t, 16> address{};
        unsigned bits = 0; // of 128
        bool ipv4 = false;
    };
    std::vector<Network> networks_;
};

} // namespace lamp::net
