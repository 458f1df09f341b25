// What the transport's tests share: transports on a loop that the test turns itself, and peers on real sockets.
#pragma once
#include <doctest/doctest.h>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/transport.hpp"

namespace testing {

using namespace lamp;
using namespace std::string_literals;
using namespace std::string_view_literals;

/// A request that a peer might send; `body` behind it.
[[nodiscard]] std::string options_request(std::string_view call_id, std::string_view body = "");

struct Heard {
    sip::Flow flow;
    sip::Transport transport;
    sip::Carrier carrier;
    std::string bytes;
    std::size_t listener;
};

/// Transports that listen where it is said, and what they told. The answer to each message is what `answer` makes of
/// it.
class House {
public:
    explicit House(const std::vector<std::string>& listen, sip::TransportLimits limits = {},
                   const std::function<void(sip::TransportOptions&)>& adjust = {});
    ~House();

    /// Turns the loop until `done`; false after five seconds.
    [[nodiscard]] bool until(const std::function<bool()>& done);
    /// Turns it as long as there is something to do at once.
    void settle();
    [[nodiscard]] std::uint16_t port(std::size_t listener = 0) const { return transports.bound().at(listener).port; }
    [[nodiscard]] const sip::TransportCounters& counters() const { return transports.counters(); }

    Loop loop;
    sip::Transports transports;
    std::vector<Heard> heard;
    std::vector<sip::Flow> closed;
    std::vector<std::pair<int, std::string>> broken;
    std::function<std::string(const Heard&)> answer; // empty: none
    std::string last_words;                          // to a broken stream
};

/// The same with the loops of two.
[[nodiscard]] bool until(House& one, House& other, const std::function<bool()>& done);

/// A descriptor that closes itself.
class Socket {
public:
    explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
    ~Socket();
    Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Socket& operator=(Socket&& other) noexcept;
    [[nodiscard]] int get() const { return descriptor_; }
    void close();

private:
    int descriptor_;
};

/// A peer on a UDP or TCP socket that never waits by itself.
class Peer {
public:
    static Peer udp(std::string_view host, std::uint16_t port, std::string_view own_host = "");
    static Peer tcp(std::string_view host, std::uint16_t port, std::string_view own_host = "");
    /// Over what is connected already.
    explicit Peer(Socket socket) : socket_(std::move(socket)) {}

    void send(std::string_view bytes);
    /// What has come since the last call; a datagram, or bytes.
    [[nodiscard]] std::string receive(std::size_t most = 128 * 1024);
    /// Whether the stream has ended or been reset; what came before is kept for `receive`.
    [[nodiscard]] bool ended();
    /// It was reset: what was on its way to us may be lost.
    [[nodiscard]] bool reset() const { return reset_; }
    [[nodiscard]] sip::Place own() const;
    [[nodiscard]] int descriptor() const { return socket_.get(); }
    void close() { socket_.close(); }

private:
    Socket socket_;
    std::string kept_;
    bool ended_ = false;
    bool reset_ = false;
};

} // namespace testing
