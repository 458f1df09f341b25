#include "house.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "net/address.hpp"
#include "sip/socket_place.hpp"

namespace testing {
namespace {

sip::TransportOptions options_of(const std::vector<std::string>& listen, const sip::TransportLimits& limits,
                                 const std::function<void(sip::TransportOptions&)>& adjust) {
    sip::TransportOptions options;
    for (const auto& one : listen)
        options.listen.emplace_back(one);
    options.limits = limits;
    if (adjust) adjust(options);
    return options;
}

Socket connected(int type, std::string_view host, std::uint16_t port, std::string_view own_host) {
    const auto peer = net::socket_address(std::string(host), port);
    Socket socket(::socket(peer.family(), type | SOCK_CLOEXEC, 0));
    if (!own_host.empty()) {
        const auto own = net::socket_address(std::string(own_host), 0);
        REQUIRE(::bind(socket.get(), own.raw(), own.size) == 0);
    }
    REQUIRE(::connect(socket.get(), peer.raw(), peer.size) == 0);
    return socket;
}

} // namespace

std::string options_request(std::string_view call_id, std::string_view body) {
    std::string out = "OPTIONS sip:2101@pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.4.0.17;branch=z9hG4bK-1;rport\r\n";
    out += "From: <sip:2150@pbx.example>;tag=f1\r\nTo: <sip:2101@pbx.example>\r\nCall-ID: ";
    out.append(call_id).append("\r\nCSeq: 1 OPTIONS\r\nContent-Length: ").append(std::to_string(body.size()));
    return out.append("\r\n\r\n").append(body);
}

House::House(const std::vector<std::string>& listen, sip::TransportLimits limits,
             const std::function<void(sip::TransportOptions&)>& adjust)
    : loop("sip"), transports(loop, options_of(listen, limits, adjust)) {
    transports.on_message = [this](const sip::Received& one) {
        heard.push_back({one.flow, one.transport, one.carrier, std::string(one.bytes), one.listener});
        if (answer) CHECK(transports.send(one.flow, answer(heard.back())));
    };
    transports.on_closed = [this](const sip::Flow& flow) { closed.push_back(flow); };
    transports.on_broken = [this](const sip::Flow& flow, int status, std::string_view bytes) {
        broken.emplace_back(status, bytes);
        if (!last_words.empty()) CHECK(transports.send(flow, last_words));
    };
    const auto listening = transports.listen();
    REQUIRE_MESSAGE(listening.has_value(), (listening ? "" : listening.error().text));
    transports.run();
}

House::~House() {
    transports.stop();
}

bool House::until(const std::function<bool()>& done) {
    const auto end = steady_now() + seconds(5);
    while (!done()) {
        if (steady_now() > end) return false;
        loop.context().run_one_for(milliseconds(5));
    }
    return true;
}

bool until(House& one, House& other, const std::function<bool()>& done) {
    return one.until([&] {
        other.loop.context().poll();
        return done();
    });
}

void House::settle() {
    for (int i = 0; i < 20; ++i)
        loop.context().poll();
}

Socket::~Socket() {
    close();
}

Socket& Socket::operator=(Socket&& other) noexcept {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    return *this;
}

void Socket::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

Peer Peer::udp(std::string_view host, std::uint16_t port, std::string_view own_host) {
    return Peer(connected(SOCK_DGRAM, host, port, own_host));
}

Peer Peer::tcp(std::string_view host, std::uint16_t port, std::string_view own_host) {
    return Peer(connected(SOCK_STREAM, host, port, own_host));
}

void Peer::send(std::string_view bytes) {
    REQUIRE(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

std::string Peer::receive(std::size_t most) {
    std::string out(most, '\0');
    const auto got = ::recv(socket_.get(), out.data(), out.size(), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) ended_ = true;
    if (got < 0 && errno == ECONNRESET) reset_ = true;
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return std::exchange(kept_, "") + out;
}

bool Peer::ended() {
    kept_ = receive();
    return ended_;
}

sip::Place Peer::own() const {
    return sip::own_place(socket_.get());
}

} // namespace testing
