// The UDP listeners of the transport. For the transport's own files; lives on the SIP loop.
#pragma once
#include "net/poller.hpp"
#include "sip/transport_turns.hpp"
#include "sip/udp_socket.hpp"

namespace lamp::sip {

/// Where Via and Contact say that we are, if it is not where we are.
struct Advertised {
    std::string host; // IPv6 in brackets; empty: the address that the peer reached
    std::uint16_t port = 0;
};

class Datagrams {
public:
    Datagrams(Transports& owner, TransportTurns& turns, const TransportLimits& limits, TransportCounters& counters)
        : owner_(owner), turns_(turns), limits_(limits), counters_(counters) {}

    /// Binds; gives the place and the bytes of the receive buffer.
    [[nodiscard]] Result<Transports::Bound> open(const config::Listen& where, std::size_t listener,
                                                 Advertised advertised);
    void run();
    void stop();
    void flush();
    void sweep();

    [[nodiscard]] bool send(const Flow& flow, std::string_view bytes);
    [[nodiscard]] std::optional<Flow> flow_to(const Place& to, std::size_t listener_hint);
    [[nodiscard]] Local local(const Flow& flow) const;

private:
    struct Door final : net::Poller::Watched {
        Door(Datagrams& datagrams_, std::size_t place_, std::size_t listener_, Advertised advertised_,
             std::unique_ptr<UdpSocket> socket_)
            : datagrams(datagrams_),
              place(place_),
              listener(listener_),
              advertised(std::move(advertised_)),
              socket(std::move(socket_)) {}
        void on_ready(std::uint32_t events) override { datagrams.ready(*this, events); }
        Datagrams& datagrams;
        std::size_t place; // in doors_
        std::size_t listener;
        Advertised advertised;
        std::unique_ptr<UdpSocket> socket;
        bool watches_write = false;
    };

    void ready(Door& door, std::uint32_t events);
    void take(Door& door, const UdpSocket::Datagram& datagram);
    void answer_stun(Door& door, const UdpSocket::Datagram& datagram);
    [[nodiscard]] Door* door_of(const Flow& flow) const;
    [[nodiscard]] Door* door_for(const Place& to, std::size_t listener_hint) const;
    void watch(Door& door, bool write);

    Transports& owner_;
    TransportTurns& turns_;
    const TransportLimits& limits_;
    TransportCounters& counters_;
    UdpReader reader_;
    std::vector<std::unique_ptr<Door>> doors_;
};

} // namespace lamp::sip
