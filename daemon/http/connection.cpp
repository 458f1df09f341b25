// The state is shared between the connection and its pending operation: either may go first.
#include "http/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <fmt/format.h>
#include <functional>
#include <openssl/ssl.h>

#include "base/check.hpp"
#include "http/address_guard.hpp"
#include "http/client_state.hpp"
#include "http/dial.hpp"
#include "http/stream.hpp"

namespace lamp::http {
namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t keep_alive_seconds_max = 24 * 3600;

/// Nothing is expected (the answer to CONNECT) or everything was too much (a head without its body).
class NoSink final : public BodySink {
public:
    void on_body(std::string_view) override {}
};

class TextSink final : public BodySink {
public:
    explicit TextSink(std::string& text) : text_(text) {}
    void on_body(std::string_view piece) override { text_ += piece; }

private:
    std::string& text_;
};

bool one_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 127 && std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    });
}

std::optional<std::string_view> unusable_part(const Request& request) {
    auto blank = [](char c) { return c <= ' ' && c >= 0; };
    if (request.target.empty() || request.target.front() != '/' || std::ranges::any_of(request.target, blank))
        return "target";
    if (!one_line(request.content_type)) return "content type";
    if (!one_line(request.authorization.reveal())) return "authorization";
    for (const auto& [key, value] : request.headers)
        if (!is_token(key) || !one_line(value)) return "headers";
    return std::nullopt;
}

/// "timeout=4" of "Keep-Alive: timeout=4, max=100" (RFC 2068 section 19.7.1, lived on by every server).
std::optional<seconds> told_time(const Headers& headers) {
    for (auto value : headers.all("Keep-Alive")) {
        auto at = value.find("timeout=");
        if (at == std::string_view::npos) continue;
        auto digits = value.substr(at + 8);
        std::uint32_t told = 0;
        auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), told);
        if (problem == std::errc()) return seconds(std::min<std::size_t>(told, keep_alive_seconds_max));
    }
    return std::nullopt;
}

bool lost(const error_code& error) {
    return error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe ||
           error == asio::error::connection_aborted || error == asio::ssl::error::stream_truncated;
}

/// The two usual reasons for a failed handshake besides the certificate; empty for all others.
std::string_view tls_refusal(const error_code& error) {
    if (error.category() != asio::error::get_ssl_category()) return {};
    auto reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    if (reason == SSL_R_WRONG_VERSION_NUMBER)
        return "does not speak TLS on this port; check the port, or write http:// if it is meant to be plain";
    if (reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_UNSUPPORTED_PROTOCOL)
        return "offers no TLS that is safe (1.2 at least); its owner has to update it, or put a TLS proxy before it";
    return {};
}

milliseconds since(Steady begun) {
    return std::chrono::round<milliseconds>(steady_now() - begun);
}

} // namespace

struct Connection::State : std::enable_shared_from_this<State> { // its timer must not keep it alive
    enum class End : std::uint8_t { open, by_caller, timed_out, failed };

    State(std::shared_ptr<ClientState> client_, CookieJar* jar_)
        : client(std::move(client_)), jar(jar_), timer(client->context) {}

    // The operations. Each holds the state, so that it survives its Connection.
    static Task<Result<void>> connect(std::shared_ptr<State> self, Url to, Pin pin);
    static Task<Result<void>> reach(std::shared_ptr<State> self, Pin pin, Steady until);
    static Task<Result<void>> tunnel(std::shared_ptr<State> self);
    static Task<Result<void>> secure(std::shared_ptr<State> self, asio::ip::tcp::socket socket);
    static Task<Result<Answer>> exchange(std::shared_ptr<State> self, const Request& request);
    static Task<Result<Head>> open_stream(std::shared_ptr<State> self, const Request& request);
    static Task<Result<bool>> read_stream(std::shared_ptr<State> self, BodySink& sink, milliseconds limit);
    static Task<Result<Answer>> rest_of_stream(std::shared_ptr<State> self, Head head, milliseconds limit);

    // Their parts.
    static Task<Result<Head>> open(std::shared_ptr<State> self, const Request& request, Steady until,
                                   std::uint64_t body_limit);
    static Task<Result<void>> send(std::shared_ptr<State> self, std::string text);
    static Task<Result<void>> read_head(std::shared_ptr<State> self);
    static Task<Result<Answer>> read_rest(std::shared_ptr<State> self, Head head, Steady until);

    [[nodiscard]] std::string proxy_login() const;
    [[nodiscard]] std::string serialise(const Request& request) const;
    [[nodiscard]] Result<void> ready(const Request& request) const;
    [[nodiscard]] Steady limit_of(const Request& request) const;
    [[nodiscard]] Result<void> decode(BodySink& sink);
    [[nodiscard]] Result<bool> after_decode();
    [[nodiscard]] std::optional<Result<bool>> without_reading(BodySink& sink);
    [[nodiscard]] Result<bool> after_read(const error_code& error, std::size_t size, BodySink& sink);
    [[nodiscard]] Result<bool> decode_more(BodySink& sink);
    [[nodiscard]] Result<bool> at_end(const error_code& error);
    [[nodiscard]] asio::mutable_buffer space();
    void note_head(const Head& head);
    void note_end();

    // Ends. Errors close the connection; whoever closed it first says why.
    void abort(End why);
    [[nodiscard]] Error broken(const error_code& error, std::string_view doing);
    [[nodiscard]] Error refused(Error error);
    [[nodiscard]] Error cancelled() const;

    // One timer for the whole life of the connection: a read only moves the deadline.
    void set_deadline(Steady at);
    void arm(Steady at);
    void on_timer();

    std::shared_ptr<ClientState> client;
    CookieJar* jar;
    Url url;
    Url asked; // the last request's
    Pin endpoint;
    std::unique_ptr<Stream> stream;
    std::function<void()> interrupt; // a look-up or a race for a connection
    End end = End::open;

    asio::steady_timer timer;
    Steady deadline = Steady::max();
    Steady armed_for = Steady::max();
    Steady begun{};

    std::array<char, read_bytes> buffer; // 64 kB that need no zeros
    std::size_t undecoded_from = 0;
    std::size_t undecoded_to = 0;
    bool needs_more = true; // the undecoded bytes are the beginning of something

    BodyDecoder decoder;
    std::size_t served = 0;
    bool connecting = false;
    bool pending = false;   // an operation runs
    bool answering = false; // an answer has begun and not ended
    bool unanswered = false;
    bool reusable = false;
    bool via_absolute_form = false;
    milliseconds keep_alive_told = milliseconds::max();
    Steady idle_until = Steady::max();
};

namespace {

/// Marks an operation as running; the second one at a time is a programmer's mistake.
class Running {
public:
    explicit Running(bool& flag) : flag_(flag) {
        LAMP_CHECK(!flag_);
        flag_ = true;
    }
    ~Running() { flag_ = false; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    bool& flag_;
};

} // namespace

// ---------------------------------------------------------------- ends and deadlines

void Connection::State::abort(End why) {
    if (end == End::open) end = why;
    reusable = false;
    deadline = Steady::max();
    if (stream) stream->close();
    if (interrupt) interrupt();
    timer.cancel();
    armed_for = Steady::max();
}

Error Connection::State::cancelled() const {
    return Error(Category::cancelled, fmt::format("The connection to {} was closed by us.", url.place()));
}

Error Connection::State::refused(Error error) {
    if (end == End::by_caller) return cancelled();
    abort(End::failed);
    return Error(error.category, fmt::format("{}: {}", url.place(), error.text));
}

Error Connection::State::broken(const error_code& error, std::string_view doing) {
    auto was = end;
    abort(End::failed);
    if (was == End::by_caller) return cancelled();
    if (was == End::timed_out)
        return Error(Category::timeout,
                     fmt::format("{} let us wait for more than {} ms while {}; it may be overloaded, or "
                                 "a device on the way has lost the connection.",
                                 url.place(), since(begun).count(), doing));
    if (error == asio::error::operation_aborted) return cancelled();
    if (error == asio::error::eof)
        return Error(Category::network, fmt::format("{} closed the connection while {}.", url.place(), doing));
    return Error(Category::network,
                 fmt::format("The connection to {} was lost while {}: {}.", url.place(), doing, error.message()));
}

void Connection::State::set_deadline(Steady at) {
    deadline = at;
    if (at < armed_for) arm(at);
}

void Connection::State::arm(Steady at) {
    armed_for = at;
    timer.expires_at(at);
    timer.async_wait([weak = weak_from_this()](const error_code& error) {
        if (error) return;
        if (auto self = weak.lock()) self->on_timer();
    });
}

void Connection::State::on_timer() {
    armed_for = Steady::max();
    if (deadline == Steady::max()) return;
    if (steady_now() < deadline) return arm(deadline);
    abort(End::timed_out);
}

// ---------------------------------------------------------------- connecting

Task<Result<void>> Connection::State::connect(std::shared_ptr<State> self, Url to, Pin pin) {
    LAMP_CHECK(!self->connecting);
    self->connecting = true;
    self->url = std::move(to);
    Running running(self->pending);
    if (self->end != End::open) co_return std::unexpected(self->cancelled());
    self->begun = steady_now();
    auto until = self->begun + self->client->options.connect_wait;
    auto reached = co_await reach(self, std::move(pin), until);
    self->interrupt = nullptr;
    self->set_deadline(Steady::max());
    if (!reached && self->end == End::by_caller) co_return std::unexpected(self->cancelled());
    if (!reached) self->abort(End::failed);
    co_return reached;
}

Task<Result<void>> Connection::State::reach(std::shared_ptr<State> self, Pin pin, Steady until) {
    const auto& proxy = self->client->proxy;
    const auto& next = proxy ? *proxy : self->url;
    auto executor = self->client->context.get_executor();
    std::vector<Endpoint> endpoints;
    if (pin && !proxy) {
        endpoints.push_back(*pin);
    } else {
        auto lookup = std::make_shared<Lookup>(executor);
        self->interrupt = [lookup] { lookup->cancel(); };
        auto found = co_await Lookup::run(lookup, next.host, next.port, until);
        if (!found) co_return std::unexpected(std::move(found.error()));
        endpoints = std::move(*found);
    }
    if (!proxy && self->client->options.public_only) {
        std::erase_if(endpoints, [](const Endpoint& one) { return !is_public(one.address()); });
        if (endpoints.empty())
            co_return fail(Category::forbidden,
                           fmt::format("{} leads to an address of this network itself, which requests to the outside "
                                       "must not (allow_private, if it is meant).",
                                       next.place()));
    }
    auto dial = std::make_shared<Dial>(executor);
    self->interrupt = [dial] { dial->cancel(); };
    auto place = proxy ? fmt::format("the proxy {}", next.place()) : next.place();
    auto socket = co_await Dial::run(dial, std::move(endpoints), std::move(place), until);
    self->interrupt = nullptr;
    if (!socket) co_return std::unexpected(std::move(socket.error()));
    if (self->end != End::open) co_return std::unexpected(self->cancelled());
    error_code gone;
    self->endpoint = socket->remote_endpoint(gone);
    tune(*socket);
    self->set_deadline(until);
    self->via_absolute_form = proxy && !self->url.tls;
    if (proxy && self->url.tls) {
        self->stream = plain_stream(std::move(*socket));
        auto tunnelled = co_await tunnel(self);
        if (!tunnelled) co_return std::unexpected(std::move(tunnelled.error()));
        socket = self->stream->release();
    }
    if (self->url.tls) co_return co_await secure(self, std::move(*socket));
    self->stream = plain_stream(std::move(*socket));
    self->reusable = true;
    co_return Result<void>();
}

/// RFC 9110 section 9.3.6: a 2xx to CONNECT has no body, whatever its header says.
Task<Result<void>> Connection::State::tunnel(std::shared_ptr<State> self) {
    const auto& proxy = *self->client->proxy;
    auto target = self->url.place();
    auto text = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n{1}\r\n", target, self->proxy_login());
    auto limits = BodyDecoder::Limits{.header_bytes = self->client->options.header_bytes};
    self->decoder = BodyDecoder(BodyDecoder::Expects::no_body, limits);
    auto sent = co_await send(self, std::move(text));
    if (sent) sent = co_await read_head(self);
    if (!sent) {
        auto& error = sent.error();
        co_return fail(error.category, fmt::format("Through the proxy {}: {}", proxy.place(), error.text));
    }
    auto head = self->decoder.take_head();
    if (head.status == 407)
        co_return fail(
            Category::unauthorised,
            fmt::format("The proxy {} wants a login that it accepts (407); set proxy_user and proxy_password.",
                        proxy.place()));
    if (!head.success())
        co_return fail(Category::network, fmt::format("The proxy {} does not open the way to {}: {} {}; ask its "
                                                      "administrator to allow it.",
                                                      proxy.place(), target, head.status, head.reason));
    if (self->undecoded_from != self->undecoded_to)
        co_return fail(Category::protocol,
                       fmt::format("The proxy {} sent bytes that nobody asked for behind its answer "
                                   "to CONNECT.",
                                   proxy.place()));
    co_return Result<void>();
}

Task<Result<void>> Connection::State::secure(std::shared_ptr<State> self, asio::ip::tcp::socket socket) {
    self->stream = tls_stream(std::move(socket), self->client, self->url.host, self->url.place());
    auto [error] = co_await self->stream->handshake();
    if (!error && self->end == End::open) {
        self->reusable = true;
        co_return Result<void>();
    }
    bool ours = self->end != End::open;
    const auto& problem = self->stream->certificate_problem();
    if (!ours && !problem.empty())
        co_return fail(Category::network,
                       fmt::format("The certificate of {} is not accepted: {}.", self->url.place(), problem));
    if (auto known = ours ? std::string_view() : tls_refusal(error); !known.empty())
        co_return fail(Category::network, fmt::format("{} {}.", self->url.place(), known));
    co_return std::unexpected(self->broken(error, "we agreed on TLS with it"));
}

// ---------------------------------------------------------------- asking

std::string Connection::State::proxy_login() const {
    if (client->options.proxy_user.empty()) return {};
    auto login = basic(client->options.proxy_user, client->options.proxy_password);
    return fmt::format("Proxy-Authorization: {}\r\n", login.reveal());
}

Steady Connection::State::limit_of(const Request& request) const {
    return steady_now() + (request.limit > milliseconds(0) ? request.limit : client->options.answer_wait);
}

Result<void> Connection::State::ready(const Request& request) const {
    if (auto part = unusable_part(request))
        return fail(Category::invalid, fmt::format("A request to {} was not sent: its {} holds a character that has no "
                                                   "place there.",
                                                   url.place(), *part));
    if (end == End::by_caller) return std::unexpected(cancelled());
    if (!stream || end != End::open)
        return fail(Category::network, fmt::format("The connection to {} is closed.", url.place()));
    if (answering)
        return fail(Category::invalid,
                    fmt::format("A request to {} was not sent: the answer before it has not been read "
                                "to its end.",
                                url.place()));
    return {};
}

std::string Connection::State::serialise(const Request& request) const {
    std::string out;
    out.reserve(512 + request.body.size());
    auto add = [&out](std::string_view key, std::string_view value) { ((out += key) += ": ") += value, out += "\r\n"; };
    (out += name(request.method)) += ' ';
    if (via_absolute_form) out += url.origin();
    (out += request.target) += " HTTP/1.1\r\n";
    add("Host", url.authority());
    if (via_absolute_form) out += proxy_login();
    if (!client->options.user_agent.empty()) add("User-Agent", client->options.user_agent);
    if (!request.authorization.empty()) add("Authorization", request.authorization.reveal());
    if (jar != nullptr)
        if (auto cookies = jar->header(asked, wall_now()); !cookies.empty()) add("Cookie", cookies);
    for (const auto& [key, value] : request.headers)
        add(key, value);
    if (!request.content_type.empty()) add("Content-Type", request.content_type);
    bool has_body = request.method == Method::post || request.method == Method::put || request.method == Method::patch;
    if (has_body || !request.body.empty()) add("Content-Length", std::to_string(request.body.size()));
    out += "\r\n";
    out += request.body;
    return out;
}

/// A peer may answer (413, say) and close before it has taken the whole request: so a write that fails is no verdict.
Task<Result<void>> Connection::State::send(std::shared_ptr<State> self, std::string text) {
    auto [error, size] = co_await self->stream->write_all(asio::buffer(text));
    if (!error) co_return Result<void>();
    self->reusable = false;
    if (self->end == End::open && lost(error)) co_return Result<void>();
    co_return std::unexpected(self->broken(error, "we sent the request"));
}

asio::mutable_buffer Connection::State::space() {
    if (undecoded_from > 0) {
        std::copy(buffer.begin() + undecoded_from, buffer.begin() + undecoded_to, buffer.begin());
        undecoded_to -= undecoded_from;
        undecoded_from = 0;
    }
    LAMP_CHECK(undecoded_to < buffer.size()); // the decoder's limits are smaller
    return asio::buffer(buffer.data() + undecoded_to, buffer.size() - undecoded_to);
}

Result<void> Connection::State::decode(BodySink& sink) {
    bool had_head = decoder.has_head();
    std::string_view bytes(buffer.data() + undecoded_from, undecoded_to - undecoded_from);
    auto taken = decoder.consume(bytes, sink);
    if (!taken) return std::unexpected(refused(std::move(taken.error())));
    undecoded_from += *taken;
    bool stopped_behind_head = !had_head && decoder.has_head();
    needs_more = undecoded_from == undecoded_to || !stopped_behind_head;
    return {};
}

Task<Result<void>> Connection::State::read_head(std::shared_ptr<State> self) {
    self->unanswered = false;
    self->needs_more = true;
    self->undecoded_from = self->undecoded_to = 0;
    NoSink no_body;
    while (!self->decoder.has_head()) {
        auto [error, size] = co_await self->stream->read_some(self->space());
        self->undecoded_to += size;
        if (error) {
            self->unanswered = self->served > 0 && !self->decoder.started() && self->end == End::open && lost(error);
            co_return std::unexpected(self->broken(error, "we waited for its answer"));
        }
        if (self->end != End::open) co_return std::unexpected(self->broken({}, "we waited for its answer"));
        auto decoded = self->decode(no_body);
        if (!decoded) co_return std::unexpected(std::move(decoded.error()));
    }
    co_return Result<void>();
}

void Connection::State::note_head(const Head& head) {
    if (jar != nullptr) jar->store(asked, head.headers, wall_now());
    auto told = told_time(head.headers);
    keep_alive_told = told ? milliseconds(*told) : milliseconds::max();
}

Task<Result<Head>> Connection::State::open(std::shared_ptr<State> self, const Request& request, Steady until,
                                           std::uint64_t body_limit) {
    auto fine = self->ready(request);
    if (!fine) co_return std::unexpected(std::move(fine.error()));
    self->begun = steady_now();
    self->asked = self->url;
    self->asked.path = request.target;
    self->answering = true;
    auto expects = request.method == Method::head ? BodyDecoder::Expects::no_body : BodyDecoder::Expects::body;
    auto limits = BodyDecoder::Limits{.header_bytes = self->client->options.header_bytes, .body_bytes = body_limit};
    self->decoder = BodyDecoder(expects, limits);
    self->set_deadline(until);
    auto done = co_await send(self, self->serialise(request));
    if (done) done = co_await read_head(self);
    if (!done) co_return std::unexpected(std::move(done.error()));
    self->set_deadline(Steady::max());
    auto head = self->decoder.take_head();
    self->note_head(head);
    if (self->decoder.done()) self->note_end();
    co_return head;
}

// ---------------------------------------------------------------- answers

/// The answer has ended: what becomes of the connection?
void Connection::State::note_end() {
    if (!answering) return;
    answering = false;
    ++served;
    set_deadline(Steady::max());
    bool clean = reusable && end == End::open && decoder.keep_alive() && undecoded_from == undecoded_to;
    if (!clean) return abort(End::failed);
    if (keep_alive_told == milliseconds::max()) return;
    // The peer counts from its last byte, we from our last read: leave a margin for the way.
    auto margin = std::min(milliseconds(1000), keep_alive_told / 4);
    idle_until = steady_now() + keep_alive_told - margin;
}

Result<bool> Connection::State::after_decode() {
    if (end == End::by_caller) return std::unexpected(cancelled()); // the sink closed it
    if (decoder.done()) note_end();
    return decoder.done();
}

Result<bool> Connection::State::at_end(const error_code& error) {
    if (end == End::open && error == asio::error::eof) {
        auto whole = decoder.finish();
        if (!whole) return std::unexpected(refused(std::move(whole.error())));
        note_end();
        return true;
    }
    return std::unexpected(broken(error, "we read its answer"));
}

/// What a read can answer without a read of the socket; nothing when it needs one.
std::optional<Result<bool>> Connection::State::without_reading(BodySink& sink) {
    if (end == End::by_caller) return std::unexpected(cancelled());
    if (!answering && served > 0) return true; // it ended with its header
    if (!answering || end != End::open)
        return fail(Category::network, fmt::format("There is no answer of {} to be read.", url.place()));
    if (needs_more) return std::nullopt;
    return decode_more(sink);
}

Result<bool> Connection::State::after_read(const error_code& error, std::size_t size, BodySink& sink) {
    deadline = Steady::max();
    undecoded_to += size;
    if (error) return at_end(error);
    if (end != End::open) return at_end(asio::error::operation_aborted);
    return decode_more(sink);
}

Result<bool> Connection::State::decode_more(BodySink& sink) {
    if (auto fine = decode(sink); !fine) return std::unexpected(std::move(fine.error()));
    return after_decode();
}

/// The hot path of an XSI channel: one small frame besides Asio's own, so that Asio's two recycled ones suffice.
Task<Result<bool>> Connection::State::read_stream(std::shared_ptr<State> self, BodySink& sink, milliseconds limit) {
    Running running(self->pending);
    if (auto known = self->without_reading(sink)) co_return std::move(*known);
    self->begun = steady_now();
    self->set_deadline(self->begun + limit);
    auto [error, size] = co_await self->stream->read_some(self->space());
    co_return self->after_read(error, size, sink);
}

Task<Result<Answer>> Connection::State::read_rest(std::shared_ptr<State> self, Head head, Steady until) {
    Answer answer;
    static_cast<Head&>(answer) = std::move(head);
    TextSink sink(answer.body);
    auto most = self->client->options.body_bytes;
    while (true) {
        auto ended = self->without_reading(sink);
        if (!ended) {
            self->set_deadline(until);
            auto [error, size] = co_await self->stream->read_some(self->space());
            ended = self->after_read(error, size, sink);
        }
        if (!*ended) co_return std::unexpected(std::move(ended->error()));
        if (answer.body.size() > most)
            co_return std::unexpected(self->refused(
                Error(Category::limit,
                      fmt::format("The answer's body is longer than {} bytes, the limit for it (answer_body_bytes).",
                                  most))));
        if (**ended) break;
    }
    auto coding = answer.headers.find("Content-Encoding");
    if (coding && *coding != "identity" && !answer.body.empty())
        co_return std::unexpected(self->refused(
            Error(Category::protocol, fmt::format("The answer comes in the coding \"{}\", which nobody asked for.",
                                                  coding->substr(0, 40)))));
    answer.took = since(self->begun);
    answer.url = self->asked.text();
    co_return answer;
}

Task<Result<Head>> Connection::State::open_stream(std::shared_ptr<State> self, const Request& request) {
    Running running(self->pending);
    co_return co_await open(self, request, self->limit_of(request), BodyDecoder::unlimited);
}

Task<Result<Answer>> Connection::State::rest_of_stream(std::shared_ptr<State> self, Head head, milliseconds limit) {
    Running running(self->pending);
    co_return co_await read_rest(self, std::move(head), steady_now() + limit);
}

Task<Result<Answer>> Connection::State::exchange(std::shared_ptr<State> self, const Request& request) {
    Running running(self->pending);
    auto until = self->limit_of(request);
    auto head = co_await open(self, request, until, self->client->options.body_bytes);
    if (!head) co_return std::unexpected(std::move(head.error()));
    co_return co_await read_rest(self, std::move(*head), until);
}

// ---------------------------------------------------------------- the public face

Connection::Connection(const Client& client, CookieJar* jar) : state_(std::make_shared<State>(client.state_, jar)) {}
Connection::~Connection() {
    if (state_) state_->abort(State::End::by_caller);
}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept {
    if (this == &other) return *this;
    if (state_) state_->abort(State::End::by_caller);
    state_ = std::move(other.state_);
    return *this;
}

Task<Result<void>> Connection::connect(Url url, Pin pin) {
    return State::connect(state_, std::move(url), std::move(pin));
}
Task<Result<Answer>> Connection::exchange(const Request& request) {
    return State::exchange(state_, request);
}
Task<Result<Head>> Connection::open(const Request& request) {
    return State::open_stream(state_, request);
}
Task<Result<bool>> Connection::read_more(BodySink& sink, milliseconds limit) {
    return State::read_stream(state_, sink, limit);
}
Task<Result<Answer>> Connection::read_rest(Head head, milliseconds limit) {
    return State::rest_of_stream(state_, std::move(head), limit);
}
void Connection::close() {
    state_->abort(State::End::by_caller);
}

bool Connection::reusable(Steady now) const {
    const auto& state = *state_;
    return state.reusable && state.end == State::End::open && !state.pending && !state.answering &&
           now < state.idle_until && state.stream->quiet();
}
Steady Connection::idle_until() const {
    return state_->idle_until;
}
bool Connection::died_unanswered() const {
    return state_->unanswered;
}
const Url& Connection::url() const {
    return state_->url;
}
Pin Connection::endpoint() const {
    return state_->endpoint;
}
bool Connection::tls_resumed() const {
    return state_->stream && state_->stream->resumed();
}

} // namespace lamp::http
