// SIP's sockets (RFC 3261 18, RFC 3581, RFC 5626 4.4): UDP, TCP and TLS listeners and what is connected or dialled.
// Hands up whole messages with the flow that they came on, sends bytes to a flow; knows no SIP beyond framing and
// keep-alives. Lives on the SIP loop; only `listen` and construction may happen elsewhere, before `run`.
#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "config/types.hpp"
#include "loop/loop.hpp"
#include "proto/sip/fields.hpp"
#include "proto/sip/message.hpp"
#include "sip/address.hpp"
#include "sip/flow.hpp"

namespace lamp::sip {

class Datagrams;
class Streams;
class TransportTurns;

/// One whole datagram or one message cut from a stream; not looked into yet. All views end with the call.
struct Received {
    const Flow& flow; // where an answer goes; `bare_text(flow.address)` is what `received=` says
    Transport transport;
    Carrier carrier;
    std::string_view bytes;
    std::size_t listener; // index into Options::listen; of a connection that we dialled: the hint
};

/// What Via and Contact say of our end of a flow. The view is good while the flow's listener or connection is.
struct Local {
    Transport transport;
    std::string_view host; // advertised, or the address that the peer reached; IPv6 in brackets
    std::uint16_t port;    // of the listener, also on a dialled connection: that is where others find us
};

struct TransportLimits {
    std::size_t connections = 20'000;
    std::size_t per_source = 50;              // connections of one IPv4 address, of one /64 of IPv6
    std::size_t dials = 1'000;                // connections that are being opened by us
    std::size_t queue_bytes = 1 << 20;        // not taken by one stream's peer: then it is closed
    std::size_t queued_bytes = 256 << 20;     // of all streams' peers: beyond, whoever is to be sent more is closed
    std::size_t held_bytes = 64 << 20;        // of messages that are not yet whole: then long ones are refused
    std::size_t udp_queue_bytes = 4 << 20;    // not taken by the kernel: then datagrams are dropped
    std::size_t local_addresses = 256;        // told apart behind one wildcard listener
    int udp_buffer_bytes = 16 << 20;          // asked of the kernel, each way
    milliseconds connect_wait{10'000};        // a dialled connection
    milliseconds handshake_wait{10'000};      // TLS, either side
    milliseconds first_message_wait{10'000};  // whole, after an accepted connection is up
    milliseconds message_wait{10'000};        // a message that has begun, whole
    milliseconds idle_wait{2 * 3'600 * 1000}; // nothing received; zero: for ever
    milliseconds write_wait{30'000};          // the peer takes nothing of what waits for it
    milliseconds dead_wait{90'000};           // nothing acknowledged, not even the kernel's keep-alive
    milliseconds linger_wait{2'000};          // after our last word, so that it arrives
    milliseconds sweep{1'000};                // how exactly these waits are kept
};

struct TransportCounters {
    struct Way {
        std::uint64_t received = 0, received_bytes = 0; // messages handed up
        std::uint64_t sent = 0, sent_bytes = 0;         // messages given to the kernel
    };
    std::array<Way, 3> ways; // by Transport: udp, tcp, tls

    // Dropped, by reason.
    std::uint64_t kernel_drops = 0;  // datagrams for which the socket's buffer had no place
    std::uint64_t queue_full = 0;    // datagrams that the kernel did not take in time
    std::uint64_t too_big = 0;       // longer than a datagram can be
    std::uint64_t undeliverable = 0; // no route, forbidden, port zero …
    std::uint64_t no_flow = 0;       // sent to a connection that is gone

    // Connections.
    std::uint64_t accepted = 0, dialled = 0, closed = 0;
    std::uint64_t refused_total = 0;      // over `connections`
    std::uint64_t refused_per_source = 0; // over `per_source`
    std::uint64_t refused_dials = 0;      // over `dials` or `connections`
    std::uint64_t dials_failed = 0;
    std::uint64_t handshakes_failed = 0;
    std::uint64_t timed_out = 0;      // handshake, first message, rest of a message, idle, stalled
    std::uint64_t slow_readers = 0;   // closed for `queue_bytes` or `queued_bytes`
    std::uint64_t held_too_much = 0;  // closed for `held_bytes`
    std::uint64_t broken_streams = 0; // could not be framed
    std::uint64_t out_of_descriptors = 0;

    // Keep-alives.
    std::uint64_t pings = 0, pongs = 0; // CR LF CR LF answered; CR LF heard
    std::uint64_t keep_alives = 0;      // datagrams of four bytes or fewer, blank ones
    std::uint64_t stun_answered = 0, stun_dropped = 0;
};

struct TransportOptions {
    std::vector<config::Listen> listen; // udp:, tcp:, tls:; port 0 = any
    /// By the index of `listen`: what Via and Contact say instead of the local address ("sip.example.net:5060",
    /// "198.51.100.4"); missing or empty: the address that the peer reached.
    std::vector<std::string> advertise{};
    std::filesystem::path certificate{}, key{}; // PEM; needed when there is a tls: listener
    /// PEM. Given: client certificates are asked for, and refused when it does not vouch for them; it also decides on
    /// the servers that we dial (else the system's authorities do).
    std::filesystem::path client_ca{};
    TransportLimits limits{};
    /// Sources that `per_source` does not bind: proxies and SBCs. Empty: none.
    std::function<bool(const Address16&)> unbound{};
};

/// Destroyed when its loop has ended, or was never run.
class Transports {
public:
    Transports(Loop& loop, TransportOptions options);
    ~Transports();
    Transports(const Transports&) = delete;
    Transports& operator=(const Transports&) = delete;

    // --- to be set before `run`; called on the loop, never from within a function of this class

    std::function<void(const Received&)> on_message;
    /// A stream that cannot be framed any more. What is sent to it from within this call is still delivered, then the
    /// connection is closed. `bytes` is the head if there is one to answer, `status` the answer's.
    std::function<void(const Flow&, int status, std::string_view bytes)> on_broken;
    /// A connection is gone, or could not be opened; once for each, whoever closed it.
    std::function<void(const Flow&)> on_closed;
    /// What came in one go is handed up; what was sent leaves after this call. The place to set timers once.
    std::function<void()> on_turn;

    /// Binds, all or nothing; reads the certificate. An error names the address or the file, and why; it may be tried
    /// again.
    [[nodiscard]] Result<void> listen();
    struct Bound {
        Transport transport;
        std::string host;
        std::uint16_t port;
        int receive_buffer = 0; // bytes that the kernel gave (UDP)
    };
    /// By the index of Options::listen.
    [[nodiscard]] const std::vector<Bound>& bound() const { return bound_; }

    /// Begins to receive; on the loop.
    void run();
    /// No new connections from outside; everything else goes on.
    void drain();
    /// Sends what is queued as far as the kernel takes it, closes everything. Calls nobody; not from within a callback.
    void stop();
    /// New connections use what the files hold now; an error changes nothing.
    [[nodiscard]] Result<void> reload_certificates();

    /// Copies the bytes; they leave at the end of the turn. False: the connection is gone, its queue over its limit (it
    /// is being closed then), too big for a datagram, or the kernel takes no more datagrams.
    [[nodiscard]] bool send(const Flow& flow, std::string_view bytes);
    /// Closes a connection when what is queued is sent, or its peer does not take it. `on_closed` follows later.
    void close(const Flow& flow);
    /// A way to `to`: UDP from the listener that fits best (the hint if it does); TCP, TLS: a connection that is open
    /// or being opened, or a new one that is dialled now and queues what is sent meanwhile. `server_name`, TLS only:
    /// checked against the certificate; without it the certificate's authority alone is. Nothing: no listener of that
    /// family, a limit, no route.
    [[nodiscard]] std::optional<Flow> flow_to(Transport transport, const Place& to, std::size_t listener_hint = 0,
                                              std::string_view server_name = {});

    [[nodiscard]] Transport transport(const Flow& flow) const;
    /// Empty host: the flow is gone.
    [[nodiscard]] Local local(const Flow& flow) const;
    /// TLS: the peer has shown a certificate that `client_ca` vouches for.
    [[nodiscard]] bool certified(const Flow& flow) const;
    [[nodiscard]] bool open(const Flow& flow) const;
    /// Bytes that a stream's peer has not yet taken from us: whoever can wait waits while it is not zero.
    [[nodiscard]] std::size_t unsent(const Flow& flow) const;

    [[nodiscard]] const TransportCounters& counters() const { return counters_; }
    [[nodiscard]] std::size_t connections() const;
    /// Of the turn under way.
    [[nodiscard]] Steady now() const;

private:
    [[nodiscard]] Result<void> open_all();
    void forget_listeners();
    void sweep();

    TransportOptions options_;
    TransportCounters counters_;
    std::vector<Bound> bound_;
    bool stopped_ = false;
    std::unique_ptr<TransportTurns> turns_;
    std::unique_ptr<Datagrams> datagrams_;
    std::unique_ptr<Streams> streams_;
    std::unique_ptr<asio::steady_timer> sweeper_;
};

} // namespace lamp::sip
