#include "sip/transport_datagrams.hpp"

#include <algorithm>

#include "proto/sip/framing.hpp"
#include "sip/stun.hpp"

namespace lamp::sip {
namespace {

constexpr int batches_at_once = 4; // of one socket; then the others and the timers get their turn

// The number of a datagram's socket: the door's place, and which of our addresses the peer used.
constexpr std::uint64_t number_of(std::size_t door, std::uint32_t local) {
    return std::uint64_t{local} << 16 | (door + 1);
}
constexpr std::uint32_t local_of(const Flow& flow) {
    return static_cast<std::uint32_t>(flow.socket >> 16);
}

} // namespace

Result<Transports::Bound> Datagrams::open(const config::Listen& where, std::size_t listener, Advertised advertised) {
    auto socket = UdpSocket::open(where, limits_, counters_);
    if (!socket) return std::unexpected(socket.error());
    const UdpSocket& opened = **socket;
    Transports::Bound bound{Transport::udp, where.host, opened.bound().port, opened.receive_buffer()};
    doors_.push_back(std::make_unique<Door>(*this, doors_.size(), listener, std::move(advertised), std::move(*socket)));
    return bound;
}

void Datagrams::run() {
    for (auto& door : doors_)
        static_cast<void>(turns_.poller().add(door->socket->descriptor(), *door, EPOLLIN));
}

void Datagrams::stop() {
    flush();
    doors_.clear();
}

void Datagrams::ready(Door& door, std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) watch(door, door.socket->flush());
    for (int i = 0; i < batches_at_once; ++i)
        if (!door.socket->receive(reader_, [&](const UdpSocket::Datagram& one) { take(door, one); })) return;
}

void Datagrams::take(Door& door, const UdpSocket::Datagram& datagram) {
    switch (kind_of(datagram.bytes)) {
    case Datagram::keep_alive: ++counters_.keep_alives; return;
    case Datagram::stun: return answer_stun(door, datagram);
    case Datagram::message: break;
    }
    auto& way = counters_.ways[0];
    ++way.received;
    way.received_bytes += datagram.bytes.size();
    const Flow flow{number_of(door.place, datagram.local), datagram.from.address, datagram.from.port, false};
    owner_.on_message({flow, Transport::udp, Carrier::datagram, datagram.bytes, door.listener});
}

void Datagrams::answer_stun(Door& door, const UdpSocket::Datagram& datagram) {
    const StunAnswer answer(datagram.bytes, datagram.from);
    const bool sent = !answer.bytes().empty() && door.socket->send(datagram.from, datagram.local, answer.bytes());
    ++(sent ? counters_.stun_answered : counters_.stun_dropped);
}

Datagrams::Door* Datagrams::door_of(const Flow& flow) const {
    const auto door = (flow.socket & 0xffff) - 1;
    return door < doors_.size() && local_of(flow) < doors_[door]->socket->locals() ? doors_[door].get() : nullptr;
}

bool Datagrams::send(const Flow& flow, std::string_view bytes) {
    auto* door = door_of(flow);
    if (!door) return ++counters_.no_flow, false;
    turns_.owe();
    return door->socket->send(place_of(flow), local_of(flow), bytes);
}

void Datagrams::flush() {
    for (auto& door : doors_)
        if (!door->watches_write && door->socket->waiting()) watch(*door, door->socket->flush());
}

void Datagrams::watch(Door& door, bool write) {
    if (door.watches_write == write) return;
    door.watches_write = write;
    turns_.poller().change(door.socket->descriptor(), door, write ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void Datagrams::sweep() {
    for (auto& door : doors_)
        counters_.kernel_drops += door->socket->take_drops();
}

/// Of those that speak that family, and reach further than this machine unless the peer is on it: the hint, else the
/// first.
Datagrams::Door* Datagrams::door_for(const Place& to, std::size_t listener_hint) const {
    Door* best = nullptr;
    for (const auto& door : doors_) {
        if (door->socket->ipv4() != is_ipv4(to.address)) continue;
        if (!is_loopback(to.address) && is_loopback(door->socket->bound().address)) continue;
        if (door->listener == listener_hint) return door.get();
        if (!best) best = door.get();
    }
    return best;
}

std::optional<Flow> Datagrams::flow_to(const Place& to, std::size_t listener_hint) {
    auto* door = door_for(to, listener_hint);
    if (!door || to.port == 0 || is_wildcard(to.address)) return std::nullopt;
    return Flow{number_of(door->place, door->socket->local_towards(to)), to.address, to.port, false};
}

Local Datagrams::local(const Flow& flow) const {
    const auto* door = door_of(flow);
    if (!door) return {Transport::udp, {}, 0};
    const auto& advertised = door->advertised;
    return {Transport::udp, advertised.host.empty() ? door->socket->local_host(local_of(flow)) : advertised.host,
            advertised.port != 0 ? advertised.port : door->socket->bound().port};
}

} // namespace lamp::sip
