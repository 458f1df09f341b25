// Networks in CIDR notation, and whether an address is in one. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace lamp::csta {

/// IPv6; IPv4 as IPv4-mapped IPv6, so that an address is one thing.
using Address = std::array<std::uint8_t, 16>;
[[nodiscard]] std::optional<Address> address_of(const sockaddr_storage& peer);
/// "192.0.2.4", "2001:db8::1"; with the port in brackets' form where one is given.
[[nodiscard]] std::string text_of(const sockaddr_storage& peer);
/// Whom a limit per source binds: an IPv4 address, the /64 of an IPv6 one.
[[nodiscard]] Address source_of(Address address);

class Networks {
public:
    /// "10.0.0.0/8", "192.0.2.4", "2001:db8::/32". Nothing, and `wrong` says which and why, if one of them is none.
    [[nodiscard]] static std::optional<Networks> parse(std::span<const std::string> texts, std::string* wrong);
    [[nodiscard]] bool contain(const Address& address) const;
    [[nodiscard]] bool empty() const { return networks_.empty(); }

private:
    struct Network {
        Address address;
        unsigned bits; // of 128
    };
    std::vector<Network> networks_;
};

} // namespace lamp::csta
