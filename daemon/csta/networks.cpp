#include "csta/networks.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>

#include "proto/text/text.hpp"

namespace lamp::csta {
namespace {

constexpr std::size_t v4_at = 12; // of IPv4 in an IPv4-mapped address
constexpr unsigned v4_bits = 96;  // in front of it

Address mapped(const void* four_bytes) {
    Address out{};
    out[10] = out[11] = 0xff;
    std::memcpy(out.data() + v4_at, four_bytes, 4);
    return out;
}

bool is_v4(const Address& address) {
    constexpr std::array<std::uint8_t, v4_at> front{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(front.begin(), front.end(), address.begin());
}

struct Parsed {
    Address address{};
    bool v4 = false;
};

std::optional<Parsed> parse_address(const std::string& text) {
    Parsed out;
    std::array<std::uint8_t, 4> four{};
    if (::inet_pton(AF_INET, text.c_str(), four.data()) == 1) return Parsed{mapped(four.data()), true};
    if (::inet_pton(AF_INET6, text.c_str(), out.address.data()) == 1) return out;
    return std::nullopt;
}

bool same_bits(const Address& left, const Address& right, unsigned bits) {
    const std::size_t whole = bits / 8;
    if (std::memcmp(left.data(), right.data(), whole) != 0) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || ((left.at(whole) ^ right.at(whole)) >> (8 - rest)) == 0;
}

} // namespace

std::optional<Address> address_of(const sockaddr_storage& peer) {
    if (peer.ss_family == AF_INET) return mapped(&reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
    if (peer.ss_family != AF_INET6) return std::nullopt;
    Address out{};
    std::memcpy(out.data(), &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, out.size());
    return out;
}

std::string text_of(const sockaddr_storage& peer) {
    const auto address = address_of(peer);
    if (!address) return "unknown";
    const auto port = ntohs(peer.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(peer).sin_port
                                                      : reinterpret_cast<const sockaddr_in6&>(peer).sin6_port);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_v4(*address)) {
        ::inet_ntop(AF_INET, address->data() + v4_at, text.data(), text.size());
        return fmt::format("{}:{}", text.data(), port);
    }
    ::inet_ntop(AF_INET6, address->data(), text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), port);
}

Address source_of(Address address) {
    if (!is_v4(address)) std::fill(address.begin() + 8, address.end(), std::uint8_t{0});
    return address;
}

std::optional<Networks> Networks::parse(std::span<const std::string> texts, std::string* wrong) {
    Networks made;
    for (const std::string& text : texts) {
        const auto slash = text.find('/');
        const auto parsed = parse_address(text.substr(0, slash));
        const unsigned most = parsed && parsed->v4 ? 32 : 128;
        const auto bits = slash == std::string::npos ? most : text::number<unsigned>(text.substr(slash + 1));
        if (!parsed || !bits || *bits > most) {
            if (wrong) *wrong = fmt::format("\"{}\" is no network (allowed: \"10.0.0.0/8\", \"2001:db8::/32\")", text);
            return std::nullopt;
        }
        made.networks_.push_back({parsed->address, *bits + (parsed->v4 ? v4_bits : 0)});
    }
    return made;
}

bool Networks::contain(const Address& address) const {
    return std::ranges::any_of(networks_,
                               [&](const Network& one) { return same_bits(one.address, address, one.bits); });
}

} // namespace lamp::csta
