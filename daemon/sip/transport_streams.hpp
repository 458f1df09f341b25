// The TCP and TLS listeners of the transport, what they accept and what is dialled. For the transport's own files;
// lives on the SIP loop.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.hpp"
#include "net/listener.hpp"
#include "net/poller.hpp"
#include "sip/peer_key.hpp"
#include "sip/stream_connection.hpp"
#include "sip/transport_datagrams.hpp"
#include "sip/transport_turns.hpp"

namespace lamp::sip {

class Streams {
public:
    Streams(Transports& owner, TransportTurns& turns, const TransportOptions& options, TransportCounters& counters);
    ~Streams();

    [[nodiscard]] Result<Transports::Bound> open(Transport transport, const config::Listen& where, std::size_t listener,
                                                 Advertised advertised);
    [[nodiscard]] Result<void> load_certificates();
    void run();
    void drain();
    void stop();
    void flush();
    void sweep();

    [[nodiscard]] bool send(const Flow& flow, std::string_view bytes);
    void close(const Flow& flow);
    [[nodiscard]] std::optional<Flow> flow_to(Transport transport, const Place& to, std::size_t listener_hint,
                                              std::string_view server_name);
    [[nodiscard]] Transport transport(const Flow& flow) const;
    [[nodiscard]] Local local(const Flow& flow) const;
    [[nodiscard]] bool certified(const Flow& flow) const;
    [[nodiscard]] std::size_t unsent(const Flow& flow) const;
    [[nodiscard]] bool knows(const Flow& flow) const { return find(flow) != nullptr; }
    [[nodiscard]] std::size_t connections() const { return open_; }

private:
    friend class StreamConnection;
    using State = StreamConnection::State;

    struct Door final : net::Poller::Watched {
        Door(Streams& streams_, Transport transport_, std::size_t listener_, Advertised advertised_,
             net::Listener socket_)
            : streams(streams_),
              transport(transport_),
              listener(listener_),
              advertised(std::move(advertised_)),
              socket(std::move(socket_)) {}
        void on_ready(std::uint32_t) override { streams.accept(*this); }
        Streams& streams;
        Transport transport;
        std::size_t listener;
        Advertised advertised;
        net::Listener socket;
        Place bound;
    };

    // transport_streams.cpp: life of connections
    void accept(Door& door);
    void admit(Door& door, int descriptor, const Place& peer);
    void open_doors();
    void shut_doors();
    StreamConnection* add(std::unique_ptr<StreamConnection> made, const Door& door, const Place& peer);
    void finish(StreamConnection& one);
    void expire(StreamConnection& one);
    void enter(StreamConnection& one, State state);
    [[nodiscard]] Steady due(const StreamConnection& one) const;
    [[nodiscard]] StreamConnection* find(const Flow& flow) const;
    [[nodiscard]] const Door* door_for(Transport transport, const Place& to, std::size_t listener_hint) const;
    [[nodiscard]] StreamConnection* dial(const Door& door, const Place& to, std::string_view server_name);

    // stream_traffic.cpp: bytes
    void ready(StreamConnection& one, std::uint32_t events);
    void connected(StreamConnection& one);
    void shake_hands(StreamConnection& one);
    void up(StreamConnection& one);
    void readable(StreamConnection& one);
    void take_frames(StreamConnection& one);
    void hold(StreamConnection& one);
    void broken(StreamConnection& one, const StreamFramer::Frame& frame);
    void ended(StreamConnection& one);
    void end(StreamConnection& one);
    void queue(StreamConnection& one, std::string_view bytes);
    void touch(StreamConnection& one);
    void write(StreamConnection& one);
    void drained(StreamConnection& one);
    void discard(StreamConnection& one);
    void watch(StreamConnection& one, std::uint32_t interest);

    Transports& owner_;
    TransportTurns& turns_;
    const TransportOptions& options_;
    const TransportLimits& limits_;
    TransportCounters& counters_;
    std::vector<std::unique_ptr<Door>> doors_;
    bool doors_open_ = false;
    bool draining_ = false;
    bool stopping_ = false;
    std::shared_ptr<SSL_CTX> server_tls_;
    std::shared_ptr<SSL_CTX> client_tls_;
    std::vector<std::unique_ptr<StreamConnection>> connections_; // by place; null: free
    std::vector<std::uint32_t> free_places_;
    std::vector<std::unique_ptr<StreamConnection>> graveyard_; // until the turn is over
    std::vector<Flow> dirty_;                                  // something to send or to close
    std::vector<Flow> flushing_;
    std::unordered_map<PeerKey, Flow, PeerHash> by_peer_;
    std::unordered_map<Address16, std::size_t, SourceHash> by_source_;
    std::size_t open_ = 0;
    std::size_t dials_ = 0;
    std::size_t queued_ = 0; // bytes that peers have not yet taken
    std::size_t held_ = 0;   // bytes of messages that are not yet whole
    std::uint64_t last_serial_ = 0;
    std::string scratch_; // what is being read
    log::OncePerMinute full_lines_, descriptor_lines_;
};

} // namespace lamp::sip
