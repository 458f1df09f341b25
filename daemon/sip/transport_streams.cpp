#include "sip/transport_streams.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/check.hpp"
#include "sip/socket_place.hpp"

namespace lamp::sip {
namespace {

constexpr std::size_t read_size = std::size_t{64} * 1024;
constexpr int accepts_at_once = 64;
constexpr std::uint64_t stream_bit = 1ULL << 63; // of a flow's socket
constexpr unsigned place_bits = 20;
constexpr std::uint64_t place_mask = (1ULL << place_bits) - 1;

/// A peer that is gone without a word is noticed whether we write to it or not.
void tune(int descriptor, milliseconds dead_wait) {
    const int on = 1;
    const auto seconds = std::max<long>(1, dead_wait.count() / 1000);
    const int idle = static_cast<int>(std::max(1L, seconds / 2));
    const int pause = static_cast<int>(std::max(1L, seconds / 6));
    const int count = 3;
    const auto dead = static_cast<unsigned>(dead_wait.count());
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &pause, sizeof pause);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof dead);
}

/// A descriptor on its way to `to`, from the listener's own address; -1: it cannot be.
int begin_to_connect(const Place& from, const Place& to) {
    net::SocketAddress peer;
    put(peer, to);
    const int descriptor = ::socket(peer.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    bool good = true;
    if (!is_wildcard(from.address)) {
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        net::SocketAddress own;
        put(own, {from.address, 0});
        good = ::bind(descriptor, own.raw(), own.size) == 0;
    }
    good = good && (::connect(descriptor, peer.raw(), peer.size) == 0 || errno == EINPROGRESS);
    if (good) return descriptor;
    ::close(descriptor);
    return -1;
}

} // namespace

Streams::Streams(Transports& owner, TransportTurns& turns, const TransportOptions& options, TransportCounters& counters)
    : owner_(owner),
      turns_(turns),
      options_(options),
      limits_(options.limits),
      counters_(counters),
      scratch_(read_size, '\0') {
    LAMP_CHECK(limits_.connections <= place_mask);
}

Streams::~Streams() = default;

Result<Transports::Bound> Streams::open(Transport transport, const config::Listen& where, std::size_t listener,
                                        Advertised advertised) {
    if (transport != Transport::tcp && transport != Transport::tls)
        return fail(Category::invalid,
                    fmt::format("Cannot listen on {}: SIP is spoken on udp:, tcp: and tls:.", to_string(where)));
    auto socket = net::Listener::open(where);
    if (!socket) return std::unexpected(socket.error());
    auto door = std::make_unique<Door>(*this, transport, listener, std::move(advertised), std::move(*socket));
    door->bound = own_place(door->socket.descriptor());
    doors_.push_back(std::move(door));
    return Transports::Bound{transport, where.host, doors_.back()->bound.port};
}

Result<void> Streams::load_certificates() {
    if (std::ranges::none_of(doors_, [](const auto& door) { return door->transport == Transport::tls; })) return {};
    const net::TlsFiles files{options_.certificate, options_.key, options_.client_ca};
    auto server = net::server_context(files, nullptr);
    if (!server) return std::unexpected(server.error());
    auto client = net::client_context(options_.client_ca, files);
    if (!client) return std::unexpected(client.error());
    // OpenSSL writes to the descriptor itself: a peer that is gone must not end the process.
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return fail(Category::invalid, "SIGPIPE cannot be ignored.");
    server_tls_ = std::move(*server);
    client_tls_ = std::move(*client);
    return {};
}

void Streams::run() {
    open_doors();
}

void Streams::open_doors() {
    if (doors_open_ || draining_) return;
    doors_open_ = true;
    for (auto& door : doors_)
        static_cast<void>(turns_.poller().add(door->socket.descriptor(), *door, EPOLLIN));
}

void Streams::shut_doors() {
    if (!std::exchange(doors_open_, false)) return;
    for (auto& door : doors_)
        turns_.poller().remove(door->socket.descriptor());
}

void Streams::drain() {
    draining_ = true;
    shut_doors();
}

void Streams::stop() {
    stopping_ = true;
    drain();
    flush();
    connections_.clear();
    free_places_.clear();
    graveyard_.clear();
    dirty_.clear();
    by_peer_.clear();
    by_source_.clear();
    doors_.clear();
    open_ = dials_ = 0;
}

void Streams::accept(Door& door) {
    for (int i = 0; i < accepts_at_once && doors_open_; ++i) {
        const auto accepted = door.socket.accept();
        if (accepted.descriptor >= 0) {
            admit(door, accepted.descriptor, place_of(&accepted.peer));
            continue;
        }
        if (accepted.why == net::Listener::Why::nobody) return;
        if (accepted.why == net::Listener::Why::other) continue;
        ++counters_.out_of_descriptors;
        if (descriptor_lines_.allow(turns_.now()))
            log::warning("sip", "no more connections can be taken: the process is out of descriptors",
                         {{"connections", open_}, {"suppressed", descriptor_lines_.take_suppressed()}});
        shut_doors(); // until the next sweep: a listener that stays readable would turn the loop for nothing
        return;
    }
}

void Streams::admit(Door& door, int descriptor, const Place& peer) {
    const bool tls = door.transport == Transport::tls;
    net::Wire wire(descriptor, tls ? server_tls_.get() : nullptr);
    if (open_ >= limits_.connections || wire.tls() != tls) { // or OpenSSL has no memory
        ++counters_.refused_total;
        if (full_lines_.allow(turns_.now()))
            log::warning("sip", "a connection is refused: as many as may be are open",
                         {{"connections", open_}, {"suppressed", full_lines_.take_suppressed()}});
        return;
    }
    const bool counted = !options_.unbound || !options_.unbound(peer.address);
    const auto source = by_source_.find(source_of(peer.address));
    if (counted && source != by_source_.end() && source->second >= limits_.per_source) {
        ++counters_.refused_per_source;
        return;
    }
    tune(descriptor, limits_.dead_wait);
    auto* one = add(std::make_unique<StreamConnection>(*this, Side::accepted, std::move(wire)), door, peer);
    one->counted = counted;
    if (counted) ++by_source_[source_of(peer.address)];
    ++counters_.accepted;
    enter(*one, tls ? State::handshake : State::open);
    one->interest = EPOLLIN;
    if (!turns_.poller().add(descriptor, *one, EPOLLIN)) finish(*one);
}

StreamConnection* Streams::add(std::unique_ptr<StreamConnection> made, const Door& door, const Place& peer) {
    if (free_places_.empty()) {
        free_places_.push_back(static_cast<std::uint32_t>(connections_.size()));
        connections_.emplace_back();
    }
    const auto place = free_places_.back();
    free_places_.pop_back();
    auto* one = made.get();
    connections_[place] = std::move(made);
    one->flow = {stream_bit | ++last_serial_ << place_bits | place, peer.address, peer.port, true};
    one->transport = door.transport;
    one->listener = door.listener;
    one->host = door.advertised.host.empty() ? std::string(host_text(own_place(one->wire.descriptor()).address).view())
                                             : door.advertised.host;
    one->port = door.advertised.port != 0 ? door.advertised.port : door.bound.port;
    one->heard_at = turns_.now();
    by_peer_[{door.transport, peer}] = one->flow;
    ++open_;
    return one;
}

StreamConnection* Streams::find(const Flow& flow) const {
    const auto place = flow.socket & place_mask;
    if (place >= connections_.size()) return nullptr;
    auto* one = connections_[place].get();
    return one && one->flow.socket == flow.socket ? one : nullptr;
}

/// Of that kind and family, reaching further than this machine unless the peer is on it: the hint, else the first.
const Streams::Door* Streams::door_for(Transport transport, const Place& to, std::size_t listener_hint) const {
    const Door* best = nullptr;
    for (const auto& door : doors_) {
        if (door->transport != transport || is_ipv4(door->bound.address) != is_ipv4(to.address)) continue;
        if (!is_loopback(to.address) && is_loopback(door->bound.address)) continue;
        if (door->listener == listener_hint) return door.get();
        if (!best) best = door.get();
    }
    return best;
}

std::optional<Flow> Streams::flow_to(Transport transport, const Place& to, std::size_t listener_hint,
                                     std::string_view server_name) {
    if (const auto known = by_peer_.find({transport, to}); known != by_peer_.end()) {
        const auto* one = find(known->second);
        const bool usable = one && one->state <= State::open && !one->doomed;
        if (usable && (server_name.empty() || one->server_name == server_name)) return one->flow;
    }
    const auto* door = door_for(transport, to, listener_hint);
    if (!door || to.port == 0 || is_wildcard(to.address)) return std::nullopt;
    auto* one = dial(*door, to, server_name);
    return one ? std::optional(one->flow) : std::nullopt;
}

StreamConnection* Streams::dial(const Door& door, const Place& to, std::string_view server_name) {
    if (dials_ >= limits_.dials || open_ >= limits_.connections) return ++counters_.refused_dials, nullptr;
    const bool tls = door.transport == Transport::tls;
    const int descriptor = begin_to_connect(door.bound, to);
    if (descriptor < 0) return ++counters_.dials_failed, nullptr;
    auto wire = net::Wire::dialled(descriptor, tls ? client_tls_.get() : nullptr, std::string(server_name));
    if (wire.tls() != tls) return ++counters_.dials_failed, nullptr;
    tune(descriptor, limits_.dead_wait);
    auto* one = add(std::make_unique<StreamConnection>(*this, Side::dialled, std::move(wire)), door, to);
    one->server_name = server_name;
    ++dials_;
    ++counters_.dialled;
    enter(*one, State::dialling);
    one->interest = EPOLLOUT;
    if (!turns_.poller().add(descriptor, *one, EPOLLOUT)) {
        one->doomed = true; // `on_closed` must not come from within `flow_to`
        touch(*one);
    }
    return one;
}

void Streams::enter(StreamConnection& one, State state) {
    one.state = state;
    one.since = turns_.now();
}

/// Takes leave of a connection; its memory stays until the turn is over.
void Streams::finish(StreamConnection& one) {
    if (one.state == State::closed) return;
    if (one.side == Side::dialled && one.state <= State::handshake) {
        --dials_;
        ++counters_.dials_failed;
    }
    one.state = State::closed;
    one.wire.close(); // leaves the poller by itself
    if (const auto peer = by_peer_.find({one.transport, place_of(one.flow)});
        peer != by_peer_.end() && peer->second == one.flow)
        by_peer_.erase(peer);
    if (one.counted) {
        const auto source = by_source_.find(source_of(one.flow.address));
        if (--source->second == 0) by_source_.erase(source);
    }
    --open_;
    ++counters_.closed;
    const auto place = static_cast<std::uint32_t>(one.flow.socket & place_mask);
    free_places_.push_back(place);
    graveyard_.push_back(std::move(connections_[place]));
    queued_ -= one.out.size() - one.out_at;
    held_ -= one.held;
    if (owner_.on_closed && !stopping_) owner_.on_closed(one.flow);
}

/// When the peer has had its time.
Steady Streams::due(const StreamConnection& one) const {
    switch (one.state) {
    case State::dialling: return one.since + limits_.connect_wait;
    case State::handshake: return one.since + limits_.handshake_wait;
    case State::ending: return one.since + limits_.write_wait;
    case State::lingering: return one.since + limits_.linger_wait;
    case State::closed: return Steady::max();
    case State::open: break;
    }
    auto first = Steady::max();
    if (!one.spoke && one.side == Side::accepted) first = one.since + limits_.first_message_wait;
    if (one.begun_at) first = std::min(first, *one.begun_at + limits_.message_wait);
    if (one.stalled_at) first = std::min(first, *one.stalled_at + limits_.write_wait);
    if (limits_.idle_wait.count() > 0) first = std::min(first, one.heard_at + limits_.idle_wait);
    return first;
}

/// One coarse timer instead of one per connection and wait.
void Streams::sweep() {
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (auto* one = connections_[i].get(); one && due(*one) <= turns_.now()) expire(*one);
    open_doors();
}

void Streams::expire(StreamConnection& one) {
    if (one.state != State::lingering) ++counters_.timed_out;
    finish(one);
}

Transport Streams::transport(const Flow& flow) const {
    const auto* one = find(flow);
    return one ? one->transport : Transport::tcp;
}

Local Streams::local(const Flow& flow) const {
    const auto* one = find(flow);
    if (!one) return {Transport::tcp, {}, 0};
    return {one->transport, one->host, one->port};
}

std::size_t Streams::unsent(const Flow& flow) const {
    const auto* one = find(flow);
    return one ? one->out.size() - one->out_at : 0;
}

bool Streams::certified(const Flow& flow) const {
    const auto* one = find(flow);
    return one && one->wire.certified();
}

} // namespace lamp::sip
