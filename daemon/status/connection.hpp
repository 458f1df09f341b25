// One client connection of the HTTP server: a small state object; its buffers exist only while a request or an answer
// is incomplete. Serve loop.
#pragma once
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "net/ip.hpp"
#include "net/poller.hpp"
#include "net/wire.hpp"
#include "status/request.hpp"

namespace lamp::status {

using net::Moved;
using net::Poller;
using net::Wire;

class Server;
struct Identity;

/// Whoever writes to a connection that has become a stream of events.
class StreamEnd {
public:
    virtual void on_writable() = 0;
    /// The connection is closed; it must not be used any more.
    virtual void on_gone() = 0;

protected:
    ~StreamEnd() = default;
};

/// A body on its way, with the head that it belongs to.
struct IncomingBody {
    std::string head;
    std::string bytes;
    std::uint64_t expected = 0;
    std::size_t limit = 0;
    bool chunked = false;
    std::shared_ptr<const bool> large{}; // one of the large ones
    ChunkReader chunks;
};

/// What is known of who speaks on this connection, so that a keep-alive client's token is not hashed each time.
struct KnownToken {
    std::string authorization; // empty: the certificate is meant
    const Identity* identity = nullptr;
    std::uint64_t access = 0; // the generation that `identity` belongs to; 0: none
    std::int64_t until_s = 0; // since 1970: a certificate is looked at again then
};

class Connection final : public Poller::Watched {
public:
    enum class State : std::uint8_t {
        handshake, // TLS
        idle,      // between requests
        reading,   // a request has begun
        waiting,   // for another room's answer
        writing,   // the peer does not take the answer fast enough
        streaming, // events
        lingering, // our last word is said; whatever still comes is thrown away
        closed,
    };

    Connection(Server& server, Wire wire, std::uint32_t place, std::uint64_t serial, const net::Address16& peer)
        : server_(server), wire(std::move(wire)), place(place), serial(serial), peer(peer) {}
    void on_ready(std::uint32_t events) override;

    // --- as a stream

    /// Bytes that were not taken have to be offered again, unchanged, after `on_writable`.
    [[nodiscard]] Moved write_stream(std::string_view bytes);
    /// Asks for `on_writable`.
    void want_writable();
    /// What was written is still delivered. Does not call `on_gone`.
    void close_stream();
    /// Closes at once, after a write that failed. Calls `on_gone`.
    void cut_stream();

private:
    friend class Server;
    friend class Call;
    Server& server_;
    Wire wire;
    std::uint32_t place;  // in the server's list
    std::uint64_t serial; // never used again
    net::Address16 peer;
    std::uint32_t interest = 0;
    State state = State::idle;
    bool close_after = false; // the answer under way is the last
    bool head_only = false;   // the request under way is HEAD
    bool peer_ended = false;  // nothing more will come from there
    Steady deadline{};
    std::size_t lingered = 0;
    std::string in;  // bytes of a request that is not complete
    std::string out; // bytes of an answer that are not taken yet
    std::size_t out_at = 0;
    std::unique_ptr<IncomingBody> body;
    StreamEnd* stream = nullptr;
    KnownToken known;
    std::string more_fields; // of the answer under way
};

} // namespace lamp::status
