// What goes over the server's connections.
#include "csta/server.hpp"

namespace lamp::csta {
namespace {

using net::Moved;
constexpr int reads_at_once = 8;
constexpr int rounds_max = 8; // of writing what was queued because something was taken
constexpr std::size_t out_kept = std::size_t{64} * 1024;

} // namespace

void ClientConnection::on_ready(std::uint32_t events) {
    server_.on_ready(*this, events);
}

void ClientConnection::queue(std::uint16_t invoke_id, std::string_view xml) {
    if (state != State::open || doomed) return;
    // What some clients cannot read is still better than nothing.
    if (!append_frame(out, invoke_id, xml) && !append_frame(out, invoke_id, xml, frame_bytes_max)) doomed = true;
    server_.queued(*this);
}

void Server::on_ready(ClientConnection& one, std::uint32_t events) {
    switch (one.state) {
    case State::handshake: return handshake(one);
    case State::open:
        if ((events & EPOLLOUT) != 0) queued(one);
        if ((events & ~std::uint32_t{EPOLLOUT}) != 0) read(one);
        return;
    case State::ending:
        if ((events & (EPOLLERR | EPOLLHUP)) != 0) return finish(one);
        return queued(one);
    case State::lingering: return discard(one);
    case State::closed: return;
    }
}

void Server::handshake(ClientConnection& one) {
    const auto moved = one.wire.handshake();
    if (moved.what == Moved::What::would_block) return watch(one, moved.wants_write ? EPOLLOUT : EPOLLIN);
    if (moved.what != Moved::What::bytes) {
        ++counters_.handshakes_failed;
        return finish(one);
    }
    one.state = State::open;
    one.since = now_;
    watch(one, EPOLLIN);
    read(one);
}

void Server::read(ClientConnection& one) {
    for (int i = 0; (i < reads_at_once || one.wire.holds_bytes()) && !paused(one); ++i) {
        const auto moved = one.wire.read_some(scratch_.data(), scratch_.size());
        if (moved.what == Moved::What::would_block) {
            if (moved.wants_write) watch(one, EPOLLIN | EPOLLOUT);
            return;
        }
        if (moved.what != Moved::What::bytes) return finish(one);
        counters_.received_bytes += moved.size;
        one.cutter.feed(std::string_view(scratch_).substr(0, moved.size));
        take_frames(one);
        if (one.state != State::open) return;
    }
    if (paused(one)) queued(one); // the descriptor is not watched for reading until there is room
}

void Server::take_frames(ClientConnection& one) {
    while (one.state == State::open && !paused(one)) {
        const auto frame = one.cutter.next();
        if (frame.what == FrameCutter::What::more) {
            if (one.cutter.pending() == 0)
                one.begun_at.reset();
            else if (!one.begun_at)
                one.begun_at = now_;
            return;
        }
        if (frame.what == FrameCutter::What::broken) {
            ++counters_.broken_streams;
            if (broken_lines_.allow(now_))
                log::warning("csta", "a client's stream cannot be read; it is closed",
                             {{"peer", one.association.peer().address},
                              {"why", frame.why},
                              {"suppressed", broken_lines_.take_suppressed()}});
            return end(one);
        }
        one.spoke = true;
        one.begun_at.reset();
        static_cast<void>(one.association.on_message(frame.invoke_id, frame.xml, now_));
        if (one.association.closing() != Closing::no) return end(one);
    }
}

/// Closing while bytes wait to be read would reset the connection and take our last words with it.
void Server::discard(ClientConnection& one) {
    for (int i = 0; i < reads_at_once; ++i) {
        const auto moved = one.wire.read_some(scratch_.data(), scratch_.size());
        if (moved.what == Moved::What::would_block) return;
        if (moved.what != Moved::What::bytes) return finish(one);
    }
}

void Server::queued(ClientConnection& one) {
    if (one.dirty || one.state == State::closed) return;
    one.dirty = true;
    dirty_.push_back(&one);
    flush_soon();
}

void Server::flush_soon() {
    if (std::exchange(flush_posted_, true)) return;
    loop_.post([this, alive = std::weak_ptr(alive_)] {
        const auto still = alive.lock();
        if (!still || !*still) return;
        flush_posted_ = false;
        now_ = steady_now();
        flush();
    });
}

void Server::flush() {
    for (int round = 0; round < rounds_max && !dirty_.empty(); ++round)
        for (auto* one : std::exchange(dirty_, {})) {
            one->dirty = false;
            write(*one);
        }
    if (dirty_.empty()) graveyard_.clear();
}

void Server::write(ClientConnection& one) {
    if (one.state != State::open && one.state != State::ending) return;
    if (one.doomed || one.unsent() > limits_.queue_bytes_hard) {
        ++counters_.slow_readers;
        return finish(one);
    }
    bool took = false;
    while (one.unsent() > 0) {
        const auto moved = one.wire.write_some(std::string_view(one.out).substr(one.out_at));
        if (moved.what == Moved::What::would_block) {
            if (took || !one.stalled_at) one.stalled_at = now_;
            if (took) one.association.on_room();
            const bool reads = one.state == State::open && !paused(one);
            return watch(one, EPOLLOUT | (reads ? std::uint32_t{EPOLLIN} : 0U));
        }
        if (moved.what != Moved::What::bytes) return finish(one);
        counters_.sent_bytes += moved.size;
        one.out_at += moved.size;
        took = true;
    }
    drained(one);
}

void Server::drained(ClientConnection& one) {
    one.out.clear();
    one.out_at = 0;
    one.stalled_at.reset();
    if (one.out.capacity() > out_kept) one.out.shrink_to_fit();
    if (one.state == State::open) {
        watch(one, EPOLLIN);
        one.association.on_room();
        take_frames(one); // that came while nothing was read
        if (one.state == State::open && one.wire.holds_bytes()) read(one);
        return;
    }
    one.wire.shut_down();
    one.state = State::lingering;
    one.since = now_;
    watch(one, EPOLLIN);
}

void Server::watch(ClientConnection& one, std::uint32_t interest) {
    if (one.interest == interest) return;
    one.interest = interest;
    poller_.change(one.wire.descriptor(), one, interest);
}

} // namespace lamp::csta
