// CSTA's sockets (ECMA-323 annex J): listeners, connections, their limits and waits. Knows no message, only frames;
// each connection has an association. Lives on the CSTA loop; only `listen` and construction may happen elsewhere,
// before `run`.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "csta/connection.hpp"
#include "csta/domain.hpp"
#include "loop/loop.hpp"
#include "net/listener.hpp"
#include "net/networks.hpp"
#include "net/poller.hpp"
#include "net/tls.hpp"

namespace lamp::csta {

struct ServerLimits {
    std::size_t connections = 1'000;
    std::size_t per_source = 50;           // of one IPv4 address, one /64 of IPv6; not of trusted peers
    milliseconds first_frame_wait{10'000}; // a whole one, after the connection is up; TLS handshake likewise
    milliseconds frame_wait{10'000};       // a message that has begun, whole
    milliseconds session_wait{10'000};     // until a peer that is not trusted has a session
    milliseconds write_wait{30'000};       // the client takes nothing of what waits for it
    milliseconds linger_wait{2'000};       // after our last word, so that it arrives
    milliseconds sweep{1'000};             // how exactly these waits are kept
    unsigned refusals = 10;                // logins of one source, within the next
    milliseconds refusals_within{60'000};
    milliseconds shut_out{300'000};                        // then it is not let in for so long
    std::size_t read_pause_bytes = std::size_t{256} << 10; // unsent: then nothing more is read from that client
    std::size_t queue_bytes_hard = std::size_t{8} << 20;   // unsent: then it is closed, whatever it may be
};

struct ServerCounters {
    std::uint64_t accepted = 0, closed = 0;
    std::uint64_t refused_total = 0, refused_per_source = 0, refused_shut_out = 0;
    std::uint64_t handshakes_failed = 0, timed_out = 0, slow_readers = 0, broken_streams = 0;
    std::uint64_t received_bytes = 0, sent_bytes = 0;
};

class Server {
public:
    Server(Loop& loop, Domain& domain, ServerLimits limits);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds, all or nothing.
    [[nodiscard]] Result<void> listen(const std::vector<config::Listen>& where);
    [[nodiscard]] std::vector<std::uint16_t> ports() const;
    /// New connections on tls: listeners use this from now on.
    void use_tls(std::shared_ptr<SSL_CTX> context) { tls_ = std::move(context); }
    void use_trusted(net::Networks trusted) { trusted_ = std::move(trusted); }

    // --- on the loop

    void run();
    /// No new connections; the others are closed when what is queued has been taken.
    void drain();
    [[nodiscard]] bool empty() const { return open_ == 0; }
    /// Cuts whatever is left.
    void cut();
    /// What associations have said leaves soon.
    void flush_soon();

    [[nodiscard]] const ServerCounters& counters() const { return counters_; }
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (const auto& one : connections_)
            if (one && one->state == ClientConnection::State::open) visit(*one);
    }

private:
    friend class ClientConnection;
    using State = ClientConnection::State;
    struct Door final : net::Poller::Watched {
        Door(Server& owner, net::Listener listener, bool is_tls)
            : server(owner), socket(std::move(listener)), tls(is_tls) {}
        void on_ready(std::uint32_t /*events*/) override { server.accept(*this); }
        Server& server;
        net::Listener socket;
        bool tls;
    };
    struct Refusals { // of logins, by source
        unsigned count = 0;
        Steady since{};
        std::optional<Steady> shut_out_until;
    };

    // server.cpp: connections come and go
    void accept(Door& door);
    void admit(Door& door, const net::Listener::Accepted& accepted);
    [[nodiscard]] bool lets_in(const Address& source, bool trusted);
    void open_doors();
    void shut_doors();
    void finish(ClientConnection& one);
    void end(ClientConnection& one);
    void sweep();
    void sweep(ClientConnection& one);
    [[nodiscard]] Steady due(const ClientConnection& one) const;
    void note_refusals(ClientConnection& one);

    // traffic.cpp: what goes over them
    void on_ready(ClientConnection& one, std::uint32_t events);
    void handshake(ClientConnection& one);
    void read(ClientConnection& one);
    void take_frames(ClientConnection& one);
    void discard(ClientConnection& one);
    void queued(ClientConnection& one);
    void flush();
    void write(ClientConnection& one);
    void drained(ClientConnection& one);
    void watch(ClientConnection& one, std::uint32_t interest);
    [[nodiscard]] bool paused(const ClientConnection& one) const { return one.unsent() > limits_.read_pause_bytes; }

    Loop& loop_;
    Domain& domain_;
    ServerLimits limits_;
    ServerCounters counters_;
    net::Networks trusted_;
    std::shared_ptr<SSL_CTX> tls_;
    std::vector<std::unique_ptr<Door>> doors_;
    std::vector<std::unique_ptr<ClientConnection>> connections_;
    std::vector<std::uint32_t> free_places_;
    std::vector<std::unique_ptr<ClientConnection>> graveyard_; // until the turn is over
    std::vector<ClientConnection*> dirty_;
    std::map<Address, std::size_t> by_source_;
    std::map<Address, Refusals> refusals_;
    std::size_t open_ = 0;
    bool doors_open_ = false;
    bool draining_ = false;
    bool flush_posted_ = false;
    Steady now_;
    std::string scratch_;
    net::Poller poller_;
    asio::steady_timer sweeper_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); // for what is posted
    log::OncePerMinute full_lines_, broken_lines_, shut_out_lines_;
};

} // namespace lamp::csta
