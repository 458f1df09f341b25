#include "csta/peer_address.hpp"

#include <fmt/format.h>

namespace lamp::csta {

Address address_of(const sockaddr_storage& peer) {
    return net::place_of(&peer).address;
}

std::string text_of(const sockaddr_storage& peer) {
    const auto place = net::place_of(&peer);
    return fmt::format("{}:{}", net::host_text(place.address).view(), place.port);
}

} // namespace lamp::csta
