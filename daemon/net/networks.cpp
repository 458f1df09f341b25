#include "net/networks.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <fmt/format.h>
#include <optional>

#include "net/ip.hpp"

namespace lamp::net {
namespace {

using Address = Address16;
constexpr unsigned mapped_bits = 96; // ::ffff:0:0/96

bool bit(const Address& address, unsigned index) {
    return (address[index / 8] >> (7 - index % 8) & 1) != 0;
}

std::optional<std::pair<Address, bool>> address_of(const std::string& text) { // and whether it is IPv4
    Address address{};
    if (text.find('\0') != std::string::npos) return std::nullopt; // the C library would read no further
    if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return std::pair(address, false);
    if (inet_pton(AF_INET, text.c_str(), address.data() + 12) != 1) return std::nullopt;
    address[10] = address[11] = 0xff;
    return std::pair(address, true);
}

} // namespace

Result<Networks> Networks::parse(std::span<const std::string> texts) {
    Networks all;
    for (const std::string& text : texts) {
        const auto refuse = [&](std::string_view why) {
            return fail(Category::invalid, fmt::format("\"{}\" {}", text, why));
        };
        const auto slash = text.find('/');
        const auto address = address_of(text.substr(0, slash));
        if (!address) return refuse("is no network such as 10.0.0.0/8 or 2001:db8::/32");
        const unsigned most = address->second ? 32 : 128;
        unsigned bits = most;
        if (slash != std::string::npos) {
            const auto* end = text.data() + text.size();
            const auto read = std::from_chars(text.data() + slash + 1, end, bits);
            if (read.ec != std::errc() || read.ptr != end || bits > most)
                return refuse(fmt::format("needs a number from 0 to {} behind the slash", most));
        }
        if (address->second) bits += mapped_bits;
        for (unsigned i = bits; i < 128; ++i)
            if (bit(address->first, i)) return refuse("has bits behind its prefix: it is an address, not a network");
        all.networks_.push_back({address->first, bits, bits >= mapped_bits && is_ipv4(address->first)});
    }
    return all;
}

bool Networks::hold(const Address& address) const {
    const bool ipv4 = is_ipv4(address);
    return std::ranges::any_of(networks_, [&](const Network& network) {
        if (network.ipv4 != ipv4) return false;
        const auto whole = network.bits / 8;
        if (!std::equal(address.begin(), address.begin() + whole, network.address.begin())) return false;
        const auto rest = network.bits % 8;
        return rest == 0 || ((address[whole] ^ network.address[whole]) >> (8 - rest)) == 0;
    });
}

} // namespace lamp::net
