// Bytes of the transport's connections: handshakes, frames, what is queued.
#include <algorithm>
#include <utility>

#include "sip/socket_place.hpp"
#include "sip/transport_streams.hpp"

namespace lamp::sip {
namespace {

using What = StreamFramer::What;
using Moved = net::Moved;

constexpr int reads_at_once = 4;            // of one connection; then the others get their turn
constexpr std::size_t out_kept = 16 * 1024; // a longer queue's memory is given back
constexpr std::size_t half_a_ping = 3;      // bytes that wait and may yet be nothing but line ends
constexpr std::size_t long_message = 16 * 1024;
constexpr std::string_view pong = "\r\n";

} // namespace

void StreamConnection::on_ready(std::uint32_t events) {
    streams_.ready(*this, events);
}

void Streams::ready(StreamConnection& one, std::uint32_t events) {
    switch (one.state) {
    case State::dialling: return connected(one);
    case State::handshake: return shake_hands(one);
    case State::open:
        if ((events & EPOLLOUT) != 0 || one.stalled_at) write(one);
        if (one.state == State::open) readable(one);
        return;
    case State::ending: return write(one);
    case State::lingering: return discard(one);
    case State::closed: return;
    }
}

void Streams::connected(StreamConnection& one) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(one.wire.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        log::debug(
            "sip", "a connection could not be opened",
            {{"to", host_text(one.flow.address).view()}, {"port", one.flow.port}, {"why", std::strerror(error)}});
        return finish(one);
    }
    one.heard_at = turns_.now();
    if (one.wire.tls()) {
        enter(one, State::handshake);
        return shake_hands(one);
    }
    up(one);
}

void Streams::shake_hands(StreamConnection& one) {
    const auto moved = one.wire.handshake();
    if (moved.what == Moved::What::would_block) return watch(one, moved.wants_write ? EPOLLOUT : EPOLLIN);
    if (moved.what != Moved::What::bytes) {
        ++counters_.handshakes_failed;
        log::debug("sip", "a TLS handshake failed",
                   {{"peer", host_text(one.flow.address).view()}, {"why", one.wire.problem()}});
        return finish(one);
    }
    up(one);
}

/// From now on messages go both ways.
void Streams::up(StreamConnection& one) {
    if (one.side == Side::dialled) --dials_;
    enter(one, State::open);
    one.heard_at = turns_.now();
    watch(one, EPOLLIN);
    write(one);
    if (one.state == State::open) readable(one); // OpenSSL may hold what came behind the handshake
}

void Streams::readable(StreamConnection& one) {
    for (int i = 0; i < reads_at_once; ++i) {
        const auto moved = one.wire.read_some(scratch_.data(), scratch_.size());
        if (moved.what == Moved::What::would_block) {
            if (moved.wants_write) watch(one, EPOLLIN | EPOLLOUT);
            return;
        }
        if (moved.what == Moved::What::closed) return ended(one);
        if (moved.what != Moved::What::bytes) return finish(one);
        one.heard_at = turns_.now();
        one.framer.feed({scratch_.data(), moved.size});
        take_frames(one);
        if (one.state != State::open) return;
        if (moved.size < scratch_.size() && !one.wire.tls()) return; // the kernel has no more
    }
}

void Streams::take_frames(StreamConnection& one) {
    while (one.state == State::open) {
        const auto frame = one.framer.next();
        switch (frame.what) {
        case What::message: {
            one.spoke = true;
            one.begun_at.reset();
            auto& way = counters_.ways.at(static_cast<std::size_t>(one.transport));
            ++way.received;
            way.received_bytes += frame.bytes.size();
            const Flow flow = one.flow;
            owner_.on_message({flow, one.transport, Carrier::stream, frame.bytes, one.listener});
            break;
        }
        case What::ping:
            ++counters_.pings;
            queue(one, pong);
            break;
        case What::pong: ++counters_.pongs; break;
        case What::broken: return broken(one, frame);
        case What::more: return hold(one);
        }
    }
}

/// What is there of a message has to be kept, and the rest of it to come in time.
void Streams::hold(StreamConnection& one) {
    const auto pending = one.framer.pending();
    held_ += pending - one.held;
    one.held = pending;
    if (pending == 0) one.framer.give_back();
    if (pending <= half_a_ping)
        one.begun_at.reset();
    else if (!one.begun_at)
        one.begun_at = turns_.now();
    if (held_ <= limits_.held_bytes || pending < long_message) return;
    ++counters_.held_too_much;
    finish(one);
}

void Streams::broken(StreamConnection& one, const StreamFramer::Frame& frame) {
    ++counters_.broken_streams;
    if (owner_.on_broken) {
        const Flow flow = one.flow;
        owner_.on_broken(flow, frame.status, frame.bytes);
    }
    end(one);
}

/// The peer says no more. What is queued for it is still delivered: it may have closed its sending side only.
void Streams::ended(StreamConnection& one) {
    one.peer_ended = true;
    end(one);
}

void Streams::end(StreamConnection& one) {
    if (one.state != State::open) return;
    enter(one, State::ending);
    watch(one, 0);
    touch(one);
}

void Streams::close(const Flow& flow) {
    auto* one = find(flow);
    if (!one || one->state == State::ending || one->state == State::lingering) return;
    if (one->state == State::open) return end(*one);
    one->doomed = true;
    touch(*one);
}

bool Streams::send(const Flow& flow, std::string_view bytes) {
    auto* one = find(flow);
    if (!one || one->state > State::open || one->doomed) return ++counters_.no_flow, false;
    const auto waiting = one->out.size() - one->out_at;
    if (waiting + bytes.size() > limits_.queue_bytes || queued_ + bytes.size() > limits_.queued_bytes) {
        ++counters_.slow_readers;
        one->doomed = true;
        touch(*one);
        return false;
    }
    auto& way = counters_.ways.at(static_cast<std::size_t>(one->transport));
    ++way.sent;
    way.sent_bytes += bytes.size();
    queue(*one, bytes);
    return true;
}

void Streams::queue(StreamConnection& one, std::string_view bytes) {
    if (one.out_at > out_kept && one.out_at > one.out.size() / 2) one.out.erase(0, std::exchange(one.out_at, 0));
    one.out.append(bytes);
    queued_ += bytes.size();
    touch(one);
}

/// Has it looked at when the turn ends.
void Streams::touch(StreamConnection& one) {
    if (std::exchange(one.dirty, true)) return;
    dirty_.push_back(one.flow);
    turns_.owe();
}

void Streams::flush() {
    flushing_.swap(dirty_);
    for (const Flow& flow : flushing_) {
        auto* one = find(flow);
        if (!one) continue;
        one->dirty = false;
        if (one->doomed)
            finish(*one);
        else if (one->state == State::open || one->state == State::ending)
            write(*one);
    }
    flushing_.clear();
    graveyard_.clear();
}

void Streams::write(StreamConnection& one) {
    while (one.out_at < one.out.size()) {
        const auto moved = one.wire.write_some(std::string_view(one.out).substr(one.out_at));
        if (moved.what == Moved::What::would_block) {
            if (!one.stalled_at) one.stalled_at = turns_.now();
            const auto wanted = moved.wants_write ? EPOLLOUT : EPOLLIN;
            return watch(one, one.state == State::open ? EPOLLIN | wanted : wanted);
        }
        if (moved.what != Moved::What::bytes) return finish(one);
        one.out_at += moved.size;
        queued_ -= moved.size;
        one.stalled_at.reset();
    }
    drained(one);
}

void Streams::drained(StreamConnection& one) {
    one.out.clear();
    one.out_at = 0;
    if (one.out.capacity() > out_kept) one.out.shrink_to_fit();
    if (one.state == State::open) return watch(one, EPOLLIN);
    if (one.peer_ended) return finish(one);
    one.wire.shut_down();
    enter(one, State::lingering);
    watch(one, EPOLLIN);
}

/// Closing while bytes wait to be read would reset the connection and take our last words with it.
void Streams::discard(StreamConnection& one) {
    for (int i = 0; i < reads_at_once; ++i) {
        const auto moved = one.wire.read_some(scratch_.data(), scratch_.size());
        if (moved.what == Moved::What::would_block) return;
        if (moved.what != Moved::What::bytes) return finish(one);
    }
}

void Streams::watch(StreamConnection& one, std::uint32_t interest) {
    if (one.interest == interest) return;
    one.interest = interest;
    turns_.poller().change(one.wire.descriptor(), one, interest);
}

} // namespace lamp::sip
