#include "csta/server.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace lamp::csta {
namespace {

constexpr std::size_t read_size = std::size_t{64} * 1024;
constexpr int accepts_at_once = 64;
constexpr std::size_t refusals_max = 10'000; // sources that are remembered

} // namespace

Server::Server(Loop& loop, Domain& domain, ServerLimits limits)
    : loop_(loop),
      domain_(domain),
      limits_(limits),
      now_(steady_now()),
      scratch_(read_size, '\0'),
      poller_(
          loop.context(), [this] { now_ = steady_now(); }, [this] { flush(); }),
      sweeper_(loop.context()) {}

Server::~Server() {
    cut();
}

Result<void> Server::listen(const std::vector<config::Listen>& where) {
    std::vector<std::unique_ptr<Door>> doors;
    for (const config::Listen& one : where) {
        auto listener = net::Listener::open(one);
        if (!listener) return std::unexpected(listener.error());
        doors.push_back(std::make_unique<Door>(*this, std::move(*listener), one.scheme == "tls"));
    }
    // OpenSSL writes to the descriptor itself: a peer that is gone must not end the process.
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return fail(Category::invalid, "SIGPIPE cannot be ignored.");
    doors_ = std::move(doors);
    return {};
}

std::vector<std::uint16_t> Server::ports() const {
    std::vector<std::uint16_t> out;
    for (const auto& door : doors_)
        out.push_back(door->socket.port());
    return out;
}

void Server::run() {
    now_ = steady_now();
    open_doors();
    poller_.start();
    sweep();
}

void Server::open_doors() {
    if (doors_open_ || draining_) return;
    doors_open_ = true;
    for (auto& door : doors_)
        static_cast<void>(poller_.add(door->socket.descriptor(), *door, EPOLLIN));
}

void Server::shut_doors() {
    if (!std::exchange(doors_open_, false)) return;
    for (auto& door : doors_)
        poller_.remove(door->socket.descriptor());
}

void Server::accept(Door& door) {
    for (int i = 0; i < accepts_at_once && doors_open_; ++i) {
        const auto accepted = door.socket.accept();
        if (accepted.descriptor >= 0) {
            admit(door, accepted);
            continue;
        }
        if (accepted.why == net::Listener::Why::nobody) return;
        if (accepted.why == net::Listener::Why::other) continue;
        if (full_lines_.allow(now_))
            log::warning("csta", "no more connections can be taken: the process is out of descriptors",
                         {{"connections", open_}, {"suppressed", full_lines_.take_suppressed()}});
        shut_doors(); // until the next sweep: a listener that stays readable would turn the loop for nothing
        return;
    }
}

bool Server::lets_in(const Address& source, bool trusted) {
    if (open_ >= limits_.connections) {
        ++counters_.refused_total;
        if (full_lines_.allow(now_))
            log::warning("csta", "a connection is refused: as many as may be are open",
                         {{"connections", open_}, {"suppressed", full_lines_.take_suppressed()}});
        return false;
    }
    if (trusted) return true;
    const auto refused = refusals_.find(source);
    if (refused != refusals_.end() && refused->second.shut_out_until) return ++counters_.refused_shut_out, false;
    const auto count = by_source_.find(source);
    if (count != by_source_.end() && count->second >= limits_.per_source) return ++counters_.refused_per_source, false;
    return true;
}

void Server::admit(Door& door, const net::Listener::Accepted& accepted) {
    net::Wire wire(accepted.descriptor, door.tls ? tls_.get() : nullptr);
    const auto address = address_of(accepted.peer);
    const auto source = source_of(address);
    const bool trusted = trusted_.hold(address);
    if (!lets_in(source, trusted)) return;
    if (wire.tls() != door.tls) { // OpenSSL has no memory
        ++counters_.refused_total;
        return;
    }
    if (free_places_.empty()) {
        free_places_.push_back(static_cast<std::uint32_t>(connections_.size()));
        connections_.emplace_back();
    }
    const auto place = free_places_.back();
    free_places_.pop_back();
    connections_[place] = std::make_unique<ClientConnection>(
        *this, std::move(wire), domain_, Peer{.address = text_of(accepted.peer), .trusted = trusted}, source, now_);
    ClientConnection& one = *connections_[place];
    one.place = place;
    one.counted = !trusted;
    if (one.counted) ++by_source_[source];
    ++open_;
    ++counters_.accepted;
    one.state = door.tls ? State::handshake : State::open;
    one.interest = EPOLLIN;
    if (!poller_.add(accepted.descriptor, one, EPOLLIN)) finish(one);
}

/// Takes leave of a connection; its memory stays until the turn is over.
void Server::finish(ClientConnection& one) {
    if (one.state == State::closed) return;
    note_refusals(one);
    one.state = State::closed;
    one.wire.close(); // leaves the poller by itself
    if (one.counted) {
        const auto count = by_source_.find(one.source);
        if (--count->second == 0) by_source_.erase(count);
    }
    --open_;
    ++counters_.closed;
    free_places_.push_back(one.place);
    graveyard_.push_back(std::move(connections_[one.place]));
}

/// Our last words are still delivered.
void Server::end(ClientConnection& one) {
    if (one.state != State::open) return;
    note_refusals(one);
    if (one.association.closing() != Closing::no)
        log::info("csta", "a client is sent away",
                  {{"peer", one.association.peer().address}, {"why", name(one.association.closing())}});
    one.state = State::ending;
    one.since = now_;
    queued(one);
}

void Server::note_refusals(ClientConnection& one) {
    const auto count = one.association.refused_logins() - one.refused_logins;
    if (count == 0) return;
    one.refused_logins += count;
    if (refusals_.size() >= refusals_max && !refusals_.contains(one.source)) refusals_.erase(refusals_.begin());
    auto& refused = refusals_[one.source];
    if (refused.count == 0) refused.since = now_;
    refused.count += count;
    if (refused.count < limits_.refusals || refused.shut_out_until) return;
    refused.shut_out_until = now_ + limits_.shut_out;
    if (shut_out_lines_.allow(now_))
        log::warning("csta", "a source is shut out for a while: too many logins were refused",
                     {{"peer", one.association.peer().address}, {"suppressed", shut_out_lines_.take_suppressed()}});
}

void Server::drain() {
    draining_ = true;
    shut_doors();
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (auto* one = connections_[i].get(); one && one->state == State::open)
            end(*one);
        else if (one && one->state == State::handshake)
            finish(*one);
}

void Server::cut() {
    draining_ = true;
    shut_doors();
    sweeper_.cancel();
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (auto* one = connections_[i].get()) finish(*one);
    dirty_.clear();
    graveyard_.clear();
    doors_.clear();
    poller_.stop();
    *alive_ = false;
}

/// When the peer has had its time.
Steady Server::due(const ClientConnection& one) const {
    switch (one.state) {
    case State::handshake: return one.since + limits_.first_frame_wait;
    case State::ending: return one.since + limits_.write_wait;
    case State::lingering: return one.since + limits_.linger_wait;
    case State::closed: return Steady::max();
    case State::open: break;
    }
    auto first = Steady::max();
    if (!one.spoke) first = one.since + limits_.first_frame_wait;
    if (one.stranger_since) first = std::min(first, *one.stranger_since + limits_.session_wait);
    if (one.begun_at) first = std::min(first, *one.begun_at + limits_.frame_wait);
    if (one.stalled_at) first = std::min(first, *one.stalled_at + limits_.write_wait);
    return first;
}

/// One coarse timer instead of one per connection and wait.
void Server::sweep() {
    now_ = steady_now();
    domain_.tick(now_);
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (auto* one = connections_[i].get()) sweep(*one);
    std::erase_if(refusals_, [this](const auto& entry) {
        const Refusals& refused = entry.second;
        return refused.shut_out_until ? *refused.shut_out_until <= now_
                                      : refused.since + limits_.refusals_within <= now_;
    });
    flush();
    open_doors();
    sweeper_.expires_after(limits_.sweep);
    sweeper_.async_wait([this](boost::system::error_code error) {
        if (!error) sweep();
    });
}

void Server::sweep(ClientConnection& one) {
    if (one.state == State::open) {
        note_refusals(one);
        one.association.on_tick(now_);
        if (one.association.closing() != Closing::no) return end(one);
        if (one.association.welcome())
            one.stranger_since.reset();
        else if (!one.stranger_since)
            one.stranger_since = now_;
    }
    if (due(one) > now_) return;
    if (one.state != State::lingering) ++counters_.timed_out;
    finish(one);
}

} // namespace lamp::csta
