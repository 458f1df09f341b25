// The server's writing: answers, what the peer does not take yet, last words, streams.
#include "base/check.hpp"
#include "status/server.hpp"

namespace lamp::status {
namespace {
constexpr int reads_at_once = 8;
}

void Server::dispatch(Connection& one, const Request& request) {
    one.close_after = !request.keep_alive || draining_;
    one.head_only = request.method == Method::head;
    body_.clear();
    Call call(*this, one, request, body_);
    dispatching_ = true;
    respond_(call);
    dispatching_ = false;
    LAMP_CHECK(call.done_);
}

void Call::answer(int status, Content content, std::string_view fields) {
    done_ = true;
    server_.put(connection_, status, content, fields, body_);
}

void Call::answer(const Answer& made) {
    done_ = true;
    server_.put(connection_, made.status, made.content, made.fields, made.body);
}

Ticket Call::defer() {
    done_ = true;
    connection_.state = Connection::State::waiting;
    return {connection_.place, connection_.serial};
}

Connection* Call::stream(StreamEnd& end) {
    done_ = true;
    connection_.close_after = true; // the stream's end is the connection's
    server_.put(connection_, 200, Content::events, {}, {});
    if (connection_.head_only) return nullptr;
    connection_.state = Connection::State::streaming;
    connection_.stream = &end;
    connection_.deadline = Steady::max();
    connection_.wire.limit_send_buffer(server_.limits_.stream_buffer_bytes);
    ++server_.streams_;
    server_.flush(connection_);
    return connection_.state == Connection::State::streaming ? &connection_ : nullptr;
}

void Call::add_fields(std::string fields) {
    connection_.more_fields = std::move(fields);
}

KnownToken& Call::known() const {
    return connection_.known;
}

const net::Address16& Call::peer() const {
    return connection_.peer;
}

void Server::put(Connection& one, int status, Content content, std::string_view fields, std::string_view body) {
    counters_.answers.at(static_cast<std::size_t>(status / 100)).add();
    auto connection = one.close_after ? HeadWriter::Connection::close : HeadWriter::Connection::keep;
    if (one.more_fields.empty())
        heads_.append(outgoing_, status, content, body.size(), connection, fields);
    else
        heads_.append(outgoing_, status, content, body.size(), connection, one.more_fields += fields);
    one.more_fields.clear();
    if (!one.head_only) outgoing_ += body;
    one.close_after ? one.state = State::lingering : one.state = State::idle;
}

/// For requests that are none: the answer is the connection's last.
void Server::refuse(Connection& one, int status, std::string_view why) {
    one.body.reset();
    one.close_after = true;
    one.head_only = false;
    put(one, status, Content::problem, {}, problem(status, why).body);
    flush(one);
}

void Server::finish(Ticket ticket, const Answer& answer) {
    LAMP_CHECK(!dispatching_);
    if (ticket.place >= connections_.size()) return;
    Connection* one = connections_[ticket.place].get();
    if (!one || one->serial != ticket.serial || one->state != State::waiting) return;
    if (draining_) one->close_after = true;
    put(*one, answer.status, answer.content, answer.fields, answer.body);
    flush(*one);
    if (one->state == State::idle) resume(*one);
    graveyard_.clear();
}

/// Requests that came while an answer was being made.
void Server::resume(Connection& one) {
    if (!one.in.empty()) take_held(one);
    if (one.state == State::idle && one.wire.holds_bytes()) readable(one);
}

/// Sends what is due. What the peer does not take waits in the connection, and nothing more is read until it has.
void Server::flush(Connection& one) {
    auto bytes = one.out.empty() ? std::string_view(outgoing_) : std::string_view(one.out).substr(one.out_at);
    bool carried = !one.out.empty();
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        auto moved = one.wire.write_some(bytes.substr(sent));
        if (moved.what == Moved::What::would_block) break;
        if (moved.what != Moved::What::bytes) {
            outgoing_.clear();
            return close(one);
        }
        sent += moved.size;
    }
    counters_.sent_bytes.add(sent);
    if (sent < bytes.size()) {
        if (carried) {
            one.out_at += sent;
            one.out += outgoing_;
        } else {
            one.out.assign(bytes.substr(sent));
            one.out_at = 0;
        }
        outgoing_.clear();
        one.deadline = now_ + limits_.write_wait;
        if (one.state == State::idle || one.state == State::reading) one.state = State::writing;
        return watch(one, EPOLLOUT);
    }
    one.out.clear();
    one.out_at = 0;
    if (carried && !outgoing_.empty()) return flush(one);
    outgoing_.clear();
    drained(one);
}

/// Everything is sent: what comes next depends on what it was.
void Server::drained(Connection& one) {
    switch (one.state) {
    case State::writing:
        one.state = State::idle;
        one.out.shrink_to_fit();
        idle(one);
        return resume(one);
    case State::idle: return idle(one);
    case State::lingering: return linger(one);
    case State::waiting: return watch(one, 0);
    case State::reading:
    case State::streaming:
    case State::handshake:
    case State::closed: return;
    }
}

void Server::idle(Connection& one) {
    if (draining_) return close(one);
    one.deadline = now_ + limits_.idle_wait;
    watch(one, EPOLLIN);
}

/// Closing with unread bytes would make the kernel reset the connection, and our last words would be lost.
void Server::linger(Connection& one) {
    if (one.lingered > 0) return;
    one.lingered = 1;
    one.in.clear();
    one.deadline = now_ + limits_.linger_wait;
    one.wire.shut_down();
    watch(one, EPOLLIN);
    discard(one);
}

void Server::discard(Connection& one) {
    for (int i = 0; i < reads_at_once; ++i) {
        auto moved = one.wire.read_some(scratch_.data(), scratch_.size());
        if (moved.what == Moved::What::would_block) return;
        if (moved.what != Moved::What::bytes) return close(one);
        if (one.state == State::lingering) one.lingered += moved.size;
        if (one.lingered > limits_.linger_bytes) return close(one);
    }
}

// --- streams

Moved Connection::write_stream(std::string_view bytes) {
    if (state != State::streaming) return {Moved::What::closed};
    if (!out.empty()) return {Moved::What::would_block, 0, true};
    auto moved = wire.write_some(bytes);
    if (moved.what != Moved::What::bytes) return moved;
    server_.counters_.sent_bytes.add(moved.size);
    return moved;
}

void Connection::want_writable() {
    if (state != State::streaming) return;
    deadline = server_.now_ + server_.limits_.stream_stall_wait;
    server_.watch(*this, EPOLLIN | EPOLLOUT);
}

void Connection::cut_stream() {
    if (state == State::streaming) server_.close(*this);
}

void Connection::close_stream() {
    if (state != State::streaming) return;
    stream = nullptr;
    --server_.streams_;
    state = State::lingering;
    server_.linger(*this);
}

} // namespace lamp::status
