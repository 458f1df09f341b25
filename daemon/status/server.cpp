#include "status/server.hpp"

#include <algorithm>
#include <ctime>

#include "base/log.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t read_size = std::size_t{64} * 1024;
constexpr std::size_t scratch_kept = 1 << 20; // a longer answer's buffer is given back
constexpr int accepts_at_once = 64;

void give_back(std::string& buffer) {
    if (buffer.capacity() <= scratch_kept) return;
    buffer.clear();
    buffer.shrink_to_fit();
}

} // namespace

Server::Server(Loop& loop, const Limits& limits, std::function<void(Call&)> respond)
    : loop_(loop),
      limits_(limits),
      head_limits_([&] {
          Limits all = limits;
          all.body_bytes = std::max(limits.body_bytes, limits.large_body_bytes);
          return all;
      }()),
      respond_(std::move(respond)),
      poller_(
          loop.context(), [this] { tick(); }, [this] { graveyard_.clear(); }),
      sweeper_(loop.context()),
      now_(steady_now()),
      scratch_(read_size, '\0') {}

Server::~Server() {
    cut();
}

Result<void> Server::listen(const std::vector<config::Listen>& where) {
    std::vector<Listener> opened;
    for (const config::Listen& one : where) {
        auto listener = Listener::open(one);
        if (!listener) return std::unexpected(listener.error());
        opened.push_back(std::move(*listener));
    }
    listeners_.clear();
    for (Listener& one : opened)
        listeners_.push_back(std::move(one));
    return {};
}

void Server::run() {
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        doors_.push_back(std::make_unique<Door>(*this, i));
    tick();
    open_doors();
    poller_.start();
    sweep();
}

void Server::open_doors() {
    if (doors_open_ || draining_) return;
    doors_open_ = true;
    for (auto& door : doors_)
        static_cast<void>(poller_.add(listeners_[door->index].descriptor(), *door, EPOLLIN));
}

void Server::shut_doors() {
    if (!doors_open_) return;
    doors_open_ = false;
    for (auto& door : doors_)
        poller_.remove(listeners_[door->index].descriptor());
}

void Server::tick() {
    now_ = steady_now();
    heads_.set_time(std::time(nullptr));
}

void Server::accept(std::size_t door) {
    for (int i = 0; i < accepts_at_once && doors_open_; ++i) {
        auto accepted = listeners_[door].accept();
        if (accepted.descriptor >= 0) {
            admit(accepted.descriptor, net::place_of(&accepted.peer).address);
            continue;
        }
        if (accepted.why == Listener::Why::nobody) return;
        if (accepted.why == Listener::Why::other) continue;
        log::warning("status", "no more connections can be taken: the process is out of descriptors",
                     {{"connections", open_}});
        make_room();
        shut_doors(); // until the next sweep: a listener that stays readable would turn the loop for nothing
        return;
    }
}

void Server::admit(int descriptor, const net::Address16& peer) {
    if (open_ >= limits_.connections) make_room();
    Wire wire(descriptor, tls_.get());
    if (open_ >= limits_.connections || wire.tls() != (tls_ != nullptr)) { // everybody is busy; OpenSSL has no memory
        counters_.refused.add();
        return;
    }
    if (free_places_.empty()) {
        free_places_.push_back(static_cast<std::uint32_t>(connections_.size()));
        connections_.emplace_back();
    }
    auto place = free_places_.back();
    free_places_.pop_back();
    auto made = std::make_unique<Connection>(*this, std::move(wire), place, ++last_serial_, peer);
    Connection& one = *made;
    connections_[place] = std::move(made);
    ++open_;
    counters_.accepted.add();
    one.state = tls_ ? State::handshake : State::idle;
    one.deadline = now_ + limits_.header_wait;
    one.interest = EPOLLIN;
    if (!poller_.add(descriptor, one, EPOLLIN)) return close(one);
    if (!tls_) readable(one); // the request usually came with the connection
}

/// The idle connections that have been so for longest make place, some at a time.
void Server::make_room() {
    std::vector<Connection*> candidates;
    for (auto& one : connections_)
        if (one && (one->state == State::idle || one->state == State::lingering)) candidates.push_back(one.get());
    auto count = std::min(candidates.size(), std::max<std::size_t>(1, limits_.connections / 64));
    auto end = candidates.begin() + static_cast<std::ptrdiff_t>(count);
    std::ranges::partial_sort(candidates, end, {}, [](const Connection* one) { return one->deadline; });
    for (auto it = candidates.begin(); it != end; ++it) {
        counters_.evicted.add();
        close(**it);
    }
}

void Server::close(Connection& one) {
    if (one.state == State::closed) return;
    if (one.state == State::streaming) --streams_;
    one.state = State::closed;
    --open_;
    one.wire.close(); // leaves the poller by itself
    if (auto* end = std::exchange(one.stream, nullptr)) end->on_gone();
    free_places_.push_back(one.place);
    graveyard_.push_back(std::move(connections_[one.place]));
}

void Server::drain() {
    draining_ = true;
    shut_doors();
    listeners_.clear();
    doors_.clear();
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (auto* one = connections_[i].get(); one && (one->state == State::idle || one->state == State::handshake))
            close(*one);
    graveyard_.clear();
}

bool Server::busy() const {
    return std::ranges::any_of(connections_, [](const auto& one) {
        bool lingers = one && one->state == State::lingering && one->out.empty();
        return one && !lingers;
    });
}

void Server::cut() {
    draining_ = true;
    shut_doors();
    sweeper_.cancel();
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (auto* one = connections_[i].get()) close(*one);
    graveyard_.clear();
    poller_.stop();
}

/// One coarse timer instead of one per connection and wait.
void Server::sweep() {
    tick();
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (auto* one = connections_[i].get(); one && one->deadline < now_) expire(*one);
    graveyard_.clear();
    open_doors();
    give_back(body_);
    give_back(outgoing_);
    if (on_sweep) on_sweep();
    sweeper_.expires_after(limits_.sweep);
    sweeper_.async_wait([this](boost::system::error_code error) {
        if (!error) sweep();
    });
}

void Server::expire(Connection& one) {
    switch (one.state) {
    case State::reading: counters_.timed_out.add(); return refuse(one, 408, "The request did not arrive in time.");
    case State::waiting: return; // has a limit of its own
    case State::streaming:
        if ((one.interest & EPOLLOUT) == 0) return;
        [[fallthrough]];
    case State::handshake:
    case State::writing: counters_.timed_out.add(); [[fallthrough]];
    case State::idle:
    case State::lingering: return close(one);
    case State::closed: return;
    }
}

} // namespace lamp::status
