// The HTTP/1.1 server: connections, requests, answers and their limits. It knows no path and no permission; whoever
// owns it answers each `Call`. Everything on the serve loop, nothing waits.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "base/log.hpp"
#include "loop/loop.hpp"
#include "net/listener.hpp"
#include "status/answer.hpp"
#include "status/connection.hpp"
#include "status/limits.hpp"
#include "status/metrics.hpp"

namespace lamp::status {

using net::Listener;

/// Names a request that is answered later. The connection may be gone by then; finishing is harmless.
struct Ticket {
    std::uint32_t place = 0;
    std::uint64_t serial = 0;
};

/// One request while it is being answered: exactly one of `answer`, `defer`, `stream` has to be called.
class Call {
public:
    const Request& request;

    /// Scratch for the answer's body, empty at first. Valid until `answer`.
    [[nodiscard]] std::string& body() { return body_; }
    /// Answers with `body()`.
    void answer(int status, Content content, std::string_view fields = {});
    void answer(const Answer& made);
    /// The answer comes later, through `Server::finish`. No further request is read from this connection until then.
    [[nodiscard]] Ticket defer();
    /// Turns the connection into a stream of events. Null when the peer does not even take the head: answered.
    [[nodiscard]] Connection* stream(StreamEnd& end);
    /// Whole lines, sent before the answer's own, whenever that comes.
    void add_fields(std::string fields);
    [[nodiscard]] KnownToken& known() const;
    [[nodiscard]] const net::Address16& peer() const;
    /// Of the certificate that the client has shown, if an authority of ours vouches for it.
    [[nodiscard]] std::vector<std::string> certificate_names() const { return connection_.wire.certificate_names(); }

private:
    friend class Server;
    Call(Server& server, Connection& connection, const Request& asked, std::string& body)
        : request(asked), server_(server), connection_(connection), body_(body) {}
    Server& server_;
    Connection& connection_;
    std::string& body_;
    bool done_ = false;
};

struct ServerCounters {
    Counter accepted, refused, evicted, timed_out, malformed;
    Counter received_bytes, sent_bytes;
    std::array<Counter, 6> answers; // by the status' first digit
    Counter handshakes_failed;
    Counter certificates_refused; // among them
};

class Server {
public:
    Server(Loop& loop, const Limits& limits, std::function<void(Call&)> respond);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds; before `run`, on any thread. All or nothing.
    [[nodiscard]] Result<void> listen(const std::vector<config::Listen>& where);
    /// New connections speak TLS with this context from now on; null: plain.
    void use_tls(std::shared_ptr<SSL_CTX> context) { tls_ = std::move(context); }
    /// Begins to serve; on the loop.
    void run();
    /// No new connections; idle ones are closed, answers in flight finished. Streams are their owner's.
    void drain();
    /// Cuts whatever is left.
    void cut();

    /// Not from within the answering of a call.
    void finish(Ticket ticket, const Answer& answer);

    [[nodiscard]] const std::vector<Listener>& listeners() const { return listeners_; }
    [[nodiscard]] const ServerCounters& counters() const { return counters_; }
    [[nodiscard]] std::size_t open_connections() const { return open_; }
    /// While draining: somebody still waits for bytes from us.
    [[nodiscard]] bool busy() const;
    [[nodiscard]] Steady now() const { return now_; }
    /// How long a body the request may have (at most Limits::large_body_bytes), asked of one in chunks or longer than
    /// Limits::body_bytes; nothing: it is answered without its body, and the connection closed. It does not answer the
    /// call. Empty: Limits::body_bytes.
    std::function<std::optional<std::size_t>(Call&)> body_limit;
    /// Called at each sweep (once a second).
    std::function<void()> on_sweep;

private:
    friend class Call;
    friend class Connection;
    using State = Connection::State;

    struct Door final : Poller::Watched { // a listener in the poller
        Door(Server& server_, std::size_t index_) : server(server_), index(index_) {}
        void on_ready(std::uint32_t) override { server.accept(index); }
        Server& server;
        std::size_t index;
    };

    // server.cpp: life of connections
    void accept(std::size_t door);
    void admit(int descriptor, const net::Address16& peer);
    void make_room();
    void open_doors();
    void shut_doors();
    void close(Connection& one);
    void sweep();
    void expire(Connection& one);
    void tick();

    // exchange.cpp: reading
    void ready(Connection& one, std::uint32_t events);
    void shake_hands(Connection& one);
    void note_certificate(const Connection& one);
    void readable(Connection& one);
    void ended(Connection& one);
    void take(Connection& one, std::string_view bytes);
    void take_held(Connection& one);
    [[nodiscard]] std::size_t consume(Connection& one, std::string_view bytes);
    [[nodiscard]] std::size_t consume_head(Connection& one, std::string_view bytes);
    [[nodiscard]] std::size_t consume_body(Connection& one, std::string_view bytes);
    void begin_body(Connection& one, const Request& request, std::string_view head);
    [[nodiscard]] bool allow_body(Connection& one, const Request& request, std::size_t& limit);

    // answering.cpp: writing
    void dispatch(Connection& one, const Request& request);
    void refuse(Connection& one, int status, std::string_view why);
    void put(Connection& one, int status, Content content, std::string_view fields, std::string_view body);
    void flush(Connection& one);
    void drained(Connection& one);
    void resume(Connection& one);
    void linger(Connection& one);
    void discard(Connection& one);
    void watch(Connection& one, std::uint32_t interest);
    void idle(Connection& one);

    Loop& loop_;
    const Limits limits_;
    const Limits head_limits_; // the same for heads, whose body may be a large one
    std::function<void(Call&)> respond_;
    Poller poller_;
    asio::steady_timer sweeper_;
    std::vector<Listener> listeners_;
    std::vector<std::unique_ptr<Door>> doors_;
    bool doors_open_ = false;
    bool draining_ = false;
    bool dispatching_ = false;
    std::shared_ptr<SSL_CTX> tls_;
    std::vector<std::unique_ptr<Connection>> connections_; // by place; null = free
    std::vector<std::uint32_t> free_places_;
    std::vector<std::unique_ptr<Connection>> graveyard_; // until the batch is over
    std::size_t open_ = 0;
    std::size_t streams_ = 0;
    std::uint64_t last_serial_ = 0;
    Steady now_{};
    HeadWriter heads_;
    log::OncePerMinute certificate_complaints_;
    ServerCounters counters_;
    std::shared_ptr<const bool> large_bodies_ = std::make_shared<const bool>(true); // one owner more for each of them
    std::string scratch_;                                                           // what is being read
    std::string outgoing_;                                                          // answers of the connection at hand
    std::string body_;
};

} // namespace lamp::status
