// One TCP or TLS connection of the server: frames cut on the way in, queued on the way out, the association between.
// For the server's own files; lives on the CSTA loop.
#pragma once
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "csta/association.hpp"
#include "csta/peer_address.hpp"
#include "net/poller.hpp"
#include "net/wire.hpp"
#include "proto/csta/framing.hpp"

namespace lamp::csta {

class Server;

class ClientConnection final : public net::Poller::Watched, public Outlet {
public:
    ClientConnection(Server& server, net::Wire connected, Domain& domain, Peer peer, Address source_address, Steady now)
        : wire(std::move(connected)),
          source(source_address),
          since(now),
          association(domain, *this, std::move(peer), now),
          server_(server) {}

    void on_ready(std::uint32_t events) override;
    void answer(std::uint16_t invoke_id, std::string_view xml) override { queue(invoke_id, xml); }
    void tell(std::uint16_t invoke_id, std::string_view xml) override { queue(invoke_id, xml); }
    [[nodiscard]] std::size_t unsent() const override { return out.size() - out_at; }

    enum class State : std::uint8_t {
        handshake,
        open,
        ending,    // what is queued is still written; nothing is read
        lingering, // our last word is said; whatever still comes is thrown away
        closed,
    };

    net::Wire wire;
    FrameCutter cutter;
    Address source;
    State state = State::open;
    bool spoke = false;   // a whole frame has come
    bool counted = false; // in the count of its source
    bool dirty = false;   // is in the server's list
    bool doomed = false;  // its queue cannot be kept in order or in bounds
    std::uint32_t interest = 0;
    std::uint32_t place = 0;
    unsigned refused_logins = 0; // that were counted
    Steady since;                // of the state
    std::optional<Steady> stranger_since;
    std::optional<Steady> begun_at;   // a frame that is not yet whole
    std::optional<Steady> stalled_at; // when the peer last took something of what waits
    Wall connected_at = wall_now();
    std::string out;
    std::size_t out_at = 0; // bytes of `out` that are sent
    Association association;

private:
    void queue(std::uint16_t invoke_id, std::string_view xml);
    Server& server_;
};

} // namespace lamp::csta
