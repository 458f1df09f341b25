// Keys of the transport's tables. Ports and addresses are chosen by strangers, but each costs them a connection, and
// those are limited. Pure.
#pragma once
#include <cstring>

#include "proto/sip/fields.hpp"
#include "sip/address.hpp"

namespace lamp::sip {

struct PeerKey {
    Transport transport;
    Place place;
    bool operator==(const PeerKey&) const = default;
};

struct SourceHash {
    std::size_t operator()(const Address16& address) const {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        std::memcpy(&high, address.data(), sizeof high);
        std::memcpy(&low, address.data() + sizeof high, sizeof low);
        return mixed(high ^ mixed(low));
    }
    static std::uint64_t mixed(std::uint64_t value) { // splitmix64
        value += 0x9e3779b97f4a7c15U;
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
        value = (value ^ value >> 27) * 0x94d049bb133111ebU;
        return value ^ value >> 31;
    }
};
struct PeerHash {
    std::size_t operator()(const PeerKey& key) const {
        return SourceHash::mixed(SourceHash()(key.place.address) + (std::size_t{key.place.port} << 8) +
                                 static_cast<std::size_t>(key.transport));
    }
};

} // namespace lamp::sip
