// The server's reading: bytes in, one request after the other.
#include <algorithm>

#include "base/check.hpp"
#include "status/server.hpp"

namespace lamp::status {
namespace {
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr int tls_records_at_once = 8;
} // namespace

// --- what the poller says

void Connection::on_ready(std::uint32_t events) {
    server_.ready(*this, events);
}

void Server::ready(Connection& one, std::uint32_t events) {
    if (one.state == State::closed) return;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0 && (events & EPOLLIN) == 0) return close(one);
    if (one.state == State::handshake) return shake_hands(one);
    if ((events & EPOLLOUT) != 0) {
        if (one.out_at < one.out.size()) flush(one);
        if (one.state == State::streaming && one.out.empty()) {
            watch(one, EPOLLIN);
            one.stream->on_writable();
        }
    }
    if ((events & EPOLLIN) != 0 && one.state != State::closed) readable(one);
}

void Server::watch(Connection& one, std::uint32_t interest) {
    if (one.interest == interest || one.state == State::closed) return;
    one.interest = interest;
    poller_.change(one.wire.descriptor(), one, interest);
}

void Server::shake_hands(Connection& one) {
    auto moved = one.wire.handshake();
    if (moved.what == Moved::What::would_block)
        return watch(one, moved.wants_write ? std::uint32_t{EPOLLOUT} : std::uint32_t{EPOLLIN});
    if (moved.what != Moved::What::bytes) {
        counters_.handshakes_failed.add();
        note_certificate(one);
        return close(one);
    }
    one.state = State::idle;
    watch(one, EPOLLIN);
    readable(one);
}

/// One line a minute for certificates of clients that no authority of ours vouches for, or whose time is over.
void Server::note_certificate(const Connection& one) {
    auto why = one.wire.certificate_problem();
    if (why.empty()) return;
    counters_.certificates_refused.add();
    if (certificate_complaints_.allow(now_))
        log::warning("status", "a client's certificate is refused",
                     {{"from", net::bare_text(one.peer).view()},
                      {"why", why},
                      {"others", certificate_complaints_.take_suppressed()}});
}

// --- reading

void Server::readable(Connection& one) {
    for (int i = 0; i < tls_records_at_once; ++i) {
        if (one.state == State::lingering || one.state == State::streaming) return discard(one);
        if (one.state != State::idle && one.state != State::reading) return;
        auto moved = one.wire.read_some(scratch_.data(), scratch_.size());
        if (moved.what == Moved::What::would_block) return;
        if (moved.what != Moved::What::bytes) return ended(one);
        counters_.received_bytes.add(moved.size);
        take(one, std::string_view(scratch_).substr(0, moved.size));
        if (one.state == State::closed || (!one.wire.holds_bytes() && moved.size < scratch_.size())) return;
    }
}

/// The peer will send no more; an answer that is being made is still finished.
void Server::ended(Connection& one) {
    one.peer_ended = true;
    close(one);
}

void Server::take(Connection& one, std::string_view bytes) {
    if (one.in.empty()) {
        auto used = consume(one, bytes);
        if (one.state != State::closed && used < bytes.size()) one.in.assign(bytes.substr(used));
    } else {
        // Nothing can be complete before a line is; this keeps a byte at a time from being read again and again.
        bool line_ended = bytes.find('\n') != std::string_view::npos;
        one.in += bytes;
        if (!line_ended && one.in.size() <= limits_.target_bytes) return;
        return take_held(one);
    }
    if (one.state != State::closed) flush(one);
}

void Server::take_held(Connection& one) {
    auto used = consume(one, one.in);
    if (one.state == State::closed) return;
    one.in.erase(0, used);
    flush(one);
}

/// Answers as many requests as are complete. Returns how many bytes they took.
std::size_t Server::consume(Connection& one, std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && (one.state == State::idle || one.state == State::reading)) {
        auto rest = bytes.substr(used);
        auto took = one.body ? consume_body(one, rest) : consume_head(one, rest);
        if (took == 0) break;
        used += took;
        if (outgoing_.size() > limits_.pipelined_bytes) flush(one);
    }
    return one.state == State::lingering ? bytes.size() : used;
}

std::size_t Server::consume_head(Connection& one, std::string_view bytes) {
    Request request;
    auto head = parse_head(bytes, head_limits_, request);
    if (one.state == State::idle) {
        one.state = State::reading;
        one.deadline = now_ + limits_.header_wait;
    }
    if (head.what == HeadOutcome::What::incomplete) return 0;
    if (head.what == HeadOutcome::What::refused) {
        counters_.malformed.add();
        refuse(one, head.status, head.why);
        return 0;
    }
    if (request.has_body())
        begin_body(one, request, bytes.substr(0, head.size));
    else
        dispatch(one, request);
    return head.size;
}

/// False: the request has been answered.
bool Server::allow_body(Connection& one, const Request& request, std::size_t& limit) {
    limit = limits_.body_bytes;
    if (!request.chunked && request.content_length <= limits_.body_bytes) return true; // whoever asks
    Call call(*this, one, request, body_);
    auto allowed = body_limit ? body_limit(call) : std::optional(limits_.body_bytes);
    limit = allowed.value_or(limits_.body_bytes);
    if (!allowed) { // who may not send so much is told so before it is read
        one.close_after = true;
        Request bare = request;
        bare.keep_alive = false;
        dispatch(one, bare);
        return false;
    }
    if (request.content_length > limit) return refuse(one, 413, "the body is too long"), false;
    if (limit > limits_.body_bytes && static_cast<std::size_t>(large_bodies_.use_count()) > limits_.large_bodies)
        return refuse(one, 503, "Too many large bodies are being read; try again."), false;
    return true;
}

void Server::begin_body(Connection& one, const Request& request, std::string_view head) {
    std::size_t limit = 0;
    if (!allow_body(one, request, limit)) return;
    one.body = std::make_unique<IncomingBody>();
    one.body->limit = limit;
    one.body->head = head;
    one.body->chunked = request.chunked;
    one.body->expected = request.content_length;
    bool large = limit > limits_.body_bytes && (request.chunked || request.content_length > limits_.body_bytes);
    if (large) one.body->large = large_bodies_;
    one.deadline = now_ + (large ? limits_.large_body_wait : limits_.body_wait);
    if (request.expects_continue) outgoing_ += go_on;
}

std::size_t Server::consume_body(Connection& one, std::string_view bytes) {
    IncomingBody& body = *one.body;
    std::size_t used = 0;
    bool whole = false;
    if (body.chunked) {
        auto outcome = body.chunks.feed(bytes, body.bytes, body.limit);
        used = outcome.used;
        if (outcome.what == ChunkReader::What::malformed) {
            counters_.malformed.add();
            return refuse(one, 400, "The chunks of the body are malformed."), 0;
        }
        if (outcome.what == ChunkReader::What::too_long) return refuse(one, 413, "the body is too long"), 0;
        whole = outcome.what == ChunkReader::What::done;
    } else {
        used = std::min<std::size_t>(bytes.size(), body.expected - body.bytes.size());
        body.bytes += bytes.substr(0, used);
        whole = body.bytes.size() == body.expected;
    }
    if (!whole) return used;
    auto complete = std::move(one.body);
    Request request;
    auto head = parse_head(complete->head, head_limits_, request);
    LAMP_CHECK(head.what == HeadOutcome::What::complete);
    request.body = complete->bytes;
    dispatch(one, request);
    return used;
}

} // namespace lamp::status
