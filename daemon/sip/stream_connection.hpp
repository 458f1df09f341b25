// One TCP or TLS connection of the transport: a small state object; its buffers hold something only while a message or
// what is to be sent is incomplete. For the transport's own files; lives on the SIP loop.
#pragma once
#include <string>

#include "net/poller.hpp"
#include "net/wire.hpp"
#include "proto/sip/framing.hpp"
#include "sip/transport.hpp"

namespace lamp::sip {

class StreamConnection final : public net::Poller::Watched {
public:
    StreamConnection(Streams& streams, Side side, net::Wire wire)
        : framer(side), side(side), wire(std::move(wire)), streams_(streams) {}
    void on_ready(std::uint32_t events) override;

    enum class State : std::uint8_t {
        dialling,
        handshake,
        open,
        ending,    // what is queued is still written; nothing is read
        lingering, // our last word is said; whatever still comes is thrown away
        closed,
    };

    StreamFramer framer;
    Side side;
    net::Wire wire;
    Flow flow;
    Transport transport = Transport::tcp;
    State state = State::open;
    bool spoke = false;      // a whole message has come
    bool peer_ended = false; // nothing more will come
    bool doomed = false;     // to be closed at the end of the turn, whatever is queued
    bool dirty = false;      // is in the streams' list for the end of the turn
    bool counted = false;    // in the count of its source
    std::uint32_t interest = 0;
    std::size_t listener = 0;
    std::string host; // our end, for Via and Contact
    std::uint16_t port = 0;
    std::string server_name; // that we dialled
    Steady since{};          // of the state
    Steady heard_at{};
    std::optional<Steady> begun_at;   // the message that is not yet whole
    std::optional<Steady> stalled_at; // when the peer last took something of what waits
    std::string out;
    std::size_t held = 0;   // bytes of the message that is not yet whole
    std::size_t out_at = 0; // bytes of `out` that are sent

private:
    Streams& streams_;
};

} // namespace lamp::sip
