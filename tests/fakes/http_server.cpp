// The server of http_server.hpp. The only translation unit (with loop.cpp) that sees Asio.
// It parses requests itself: a strict fake must also say what a lenient library would let pass.
#include "http_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <unordered_set>
#include <utility>
#include <variant>

namespace sim::http {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Error = boost::system::error_code;
using TlsStream = asio::ssl::stream<Tcp::socket>;

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

void append_number(std::string& out, std::size_t value, int base = 10) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
    out.append(digits.data(), end);
}

void append_chunk(std::string& out, std::string_view bytes) {
    append_number(out, bytes.size(), 16);
    out += "\r\n";
    out += bytes;
    out += "\r\n";
}

} // namespace

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' ||
                           c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += hex[byte >> 4];
            out += hex[byte & 15];
        }
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> query_pairs(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!query.empty()) {
        const auto amp = query.find('&');
        const auto item = query.substr(0, amp);
        query = amp == std::string_view::npos ? std::string_view() : query.substr(amp + 1);
        if (item.empty()) continue;
        const auto equals = item.find('=');
        // '+' stays '+': telephone numbers are sent raw in `address=+3120…` by several clients.
        pairs.emplace_back(percent_decode(item.substr(0, equals), false),
                           equals == std::string_view::npos ? std::string()
                                                            : percent_decode(item.substr(equals + 1), false));
    }
    return pairs;
}

std::string_view reason_phrase(int status) {
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 413: return "Payload Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Entity";
    case 424: return "Failed Dependency";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
    }
}

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (same_word(key, name)) return value;
    return {};
}

// One TCP connection. Requests on it are served one after the other; a Stream takes it over for good.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Server::State& server, int listener, Tcp::socket socket, asio::ssl::context* tls);

    void start();
    void send(const Response& response);
    void begin_stream(const Response& head, std::function<void()> gone);
    void enqueue(std::string bytes, bool alone);
    void close_after_writes();
    void close();
    void reset();
    void swallow() { stalled_ = true; }
    void delay(std::chrono::milliseconds delay) { delay_ = delay; }
    void pause() { pause_pending_ = true; }
    bool open() const { return open_; }
    int listener() const { return listener_; }
    std::size_t backlog() const { return in_flight_.size() + pending_bytes_; }
    bool idle_since(std::int64_t limit_ms) const { return !busy_ && !streaming_ && idle_since_ < limit_ms; }

private:
    struct Parsed {
        Request request;
        std::size_t consumed = 0;
        std::string body; // only for chunked bodies
    };

    Tcp::socket& socket();
    template <typename Handler>
    void read_some(Handler handler);
    template <typename Handler>
    void write_all(Handler handler);
    void read();
    void received(const Error& error, std::size_t bytes);
    void serve_buffered();
    bool parse(Parsed& parsed);
    bool parse_head(std::string_view head, Request& request);
    bool read_body(std::size_t body_at, Parsed& parsed);
    bool read_chunks(std::size_t at, Parsed& parsed);
    void refuse(int status);
    void write();
    void written(const Error& error);
    void lost();
    std::string head_of(const Response& response, bool endless) const;

    Server::State& server_;
    int listener_;
    std::variant<Tcp::socket, std::unique_ptr<TlsStream>> wire_;
    std::array<char, 16 * 1024> chunk_;
    std::string input_;
    std::deque<std::pair<std::string, bool>> queue_; // bytes, and whether they must go out in a write of their own
    std::size_t pending_bytes_ = 0;
    std::string in_flight_;
    std::function<void()> gone_;
    std::chrono::milliseconds delay_{0};
    std::int64_t idle_since_ = Loop::steady_ms();
    bool open_ = true;
    bool busy_ = false; // a request waits for its answer
    bool streaming_ = false;
    bool stalled_ = false;
    bool writing_ = false;
    bool closing_ = false;
    bool pause_pending_ = false;
    bool peer_closes_ = false; // the request said Connection: close
    bool serving_ = false;
};

struct Server::State {
    struct Listener {
        Tcp::endpoint endpoint;
        std::optional<Tcp::acceptor> acceptor;
        bool shut = false; // the port is kept, nobody listens
    };

    State(Server& owner, Loop& l, Handler h) : server(owner), loop(l), handler(std::move(h)) {}

    void accept(int number) {
        auto& listener = listeners.at(static_cast<std::size_t>(number));
        listener.acceptor->async_accept([this, number](const Error& error, Tcp::socket socket) {
            if (error) return; // shut(); open() starts a new accept
            Error ignored;
            socket.set_option(Tcp::no_delay(true), ignored);
            auto connection = std::make_shared<Connection>(*this, number, std::move(socket), tls ? &*tls : nullptr);
            connections.insert(connection);
            connection->start();
            accept(number);
        });
    }

    static void bind(Listener& listener, Loop& loop) {
        listener.acceptor.emplace(loop.context());
        listener.acceptor->open(listener.endpoint.protocol());
        listener.acceptor->set_option(Tcp::acceptor::reuse_address(true));
        listener.acceptor->bind(listener.endpoint);
    }

    void shut(int number) {
        auto& listener = listeners.at(static_cast<std::size_t>(number));
        if (std::exchange(listener.shut, true)) return;
        bind(listener, loop);
        // Has the port and does not listen: who connects is refused. Nobody may share it meanwhile, or the server would
        // find another process in its place when it comes back.
        listener.acceptor->set_option(Tcp::acceptor::reuse_address(false));
    }

    void open(int number) {
        auto& listener = listeners.at(static_cast<std::size_t>(number));
        if (!listener.acceptor) bind(listener, loop);
        if (std::exchange(listener.shut, false)) listener.acceptor->set_option(Tcp::acceptor::reuse_address(true));
        listener.acceptor->listen(1024);
        if (listener.endpoint.port() == 0) // written once: other threads may ask for the URL later
            listener.endpoint = listener.acceptor->local_endpoint();
        accept(number);
    }

    void close_idle() {
        const auto limit = Loop::steady_ms() - std::chrono::milliseconds(server.limits.keep_alive).count();
        std::vector<std::shared_ptr<Connection>> idle;
        for (const auto& connection : connections)
            if (connection->idle_since(limit)) idle.push_back(connection);
        for (const auto& connection : idle)
            connection->close();
    }

    Server& server;
    Loop& loop;
    Handler handler;
    std::optional<asio::ssl::context> tls;
    std::vector<Listener> listeners;
    std::unordered_set<std::shared_ptr<Connection>> connections;
};

Connection::Connection(Server::State& server, int listener, Tcp::socket socket, asio::ssl::context* tls)
    : server_(server), listener_(listener), wire_(std::move(socket)) {
    if (tls) wire_ = std::make_unique<TlsStream>(std::move(std::get<Tcp::socket>(wire_)), *tls);
}

Tcp::socket& Connection::socket() {
    if (auto* plain = std::get_if<Tcp::socket>(&wire_)) return *plain;
    return std::get<std::unique_ptr<TlsStream>>(wire_)->next_layer();
}

template <typename Handler>
void Connection::read_some(Handler handler) {
    if (auto* plain = std::get_if<Tcp::socket>(&wire_))
        plain->async_read_some(asio::buffer(chunk_), std::move(handler));
    else
        std::get<std::unique_ptr<TlsStream>>(wire_)->async_read_some(asio::buffer(chunk_), std::move(handler));
}

template <typename Handler>
void Connection::write_all(Handler handler) {
    if (auto* plain = std::get_if<Tcp::socket>(&wire_))
        asio::async_write(*plain, asio::buffer(in_flight_), std::move(handler));
    else
        asio::async_write(*std::get<std::unique_ptr<TlsStream>>(wire_), asio::buffer(in_flight_), std::move(handler));
}

void Connection::start() {
    if (auto* tls = std::get_if<std::unique_ptr<TlsStream>>(&wire_)) {
        (*tls)->async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](const Error& error) {
            if (error)
                self->lost();
            else
                self->read();
        });
        return;
    }
    read();
}

void Connection::read() {
    read_some([self = shared_from_this()](const Error& error, std::size_t bytes) { self->received(error, bytes); });
}

void Connection::received(const Error& error, std::size_t bytes) {
    if (!open_) return;
    if (error) {
        lost();
        return;
    }
    if (!streaming_) // what a client sends after its channel request is not looked at (xsi.md 4.3, old style)
        input_.append(chunk_.data(), bytes);
    idle_since_ = Loop::steady_ms();
    serve_buffered();
    if (open_) read();
}

void Connection::serve_buffered() {
    if (serving_) return; // an answer given inside the handler: the loop below goes on
    serving_ = true;
    while (open_ && !busy_ && !streaming_ && !closing_ && !input_.empty()) {
        Parsed parsed;
        if (!parse(parsed)) break;
        busy_ = true;
        parsed.request.listener = listener_;
        peer_closes_ = same_word(parsed.request.header("Connection"), "close");
        // The views point into input_, which nobody touches before the handler returns.
        server_.handler(parsed.request, Reply(shared_from_this()));
        input_.erase(0, parsed.consumed);
    }
    serving_ = false;
}

bool Connection::parse(Parsed& parsed) {
    while (input_.starts_with("\r\n"))
        input_.erase(0, 2);
    const auto end = input_.find("\r\n\r\n");
    if (end == std::string::npos) {
        if (input_.size() > server_.server.limits.header_bytes_max) refuse(431);
        return false;
    }
    if (!parse_head(std::string_view(input_).substr(0, end), parsed.request)) {
        refuse(400);
        return false;
    }
    return read_body(end + 4, parsed);
}

bool Connection::parse_head(std::string_view head, Request& request) {
    auto line_end = head.find("\r\n");
    std::string_view line = head.substr(0, line_end);
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !line.substr(last + 1).starts_with("HTTP/1.")) return false;
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    if (request.target.empty() || request.target.front() != '/') return false;
    const auto mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    if (mark != std::string_view::npos) request.query = request.target.substr(mark + 1);
    request.headers.reserve(12);
    while (line_end != std::string_view::npos) {
        head.remove_prefix(line_end + 2);
        line_end = head.find("\r\n");
        line = head.substr(0, line_end);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0 || line[colon - 1] == ' ') return false;
        request.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return !request.header("Host").empty();
}

bool Connection::read_body(std::size_t body_at, Parsed& parsed) {
    if (same_word(parsed.request.header("Transfer-Encoding"), "chunked")) return read_chunks(body_at, parsed);
    std::size_t length = 0;
    const auto text = parsed.request.header("Content-Length");
    if (!text.empty()) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (error != std::errc() || end != text.data() + text.size()) {
            refuse(400);
            return false;
        }
    } else if (parsed.request.method == "POST" || parsed.request.method == "PUT") {
        refuse(411); // Tomcat takes a bodiless POST only with an explicit length
        return false;
    }
    if (length > server_.server.limits.body_bytes_max) {
        refuse(413);
        return false;
    }
    if (input_.size() < body_at + length) {
        if (same_word(parsed.request.header("Expect"), "100-continue") && input_.size() == body_at)
            enqueue("HTTP/1.1 100 Continue\r\n\r\n", true);
        return false;
    }
    parsed.request.body = std::string_view(input_).substr(body_at, length);
    parsed.consumed = body_at + length;
    return true;
}

bool Connection::read_chunks(std::size_t at, Parsed& parsed) {
    for (;;) {
        const auto line_end = input_.find("\r\n", at);
        if (line_end == std::string::npos) return false;
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(input_.data() + at, input_.data() + line_end, length, 16);
        if (error != std::errc() || end == input_.data() + at || length > server_.server.limits.body_bytes_max) {
            refuse(400);
            return false;
        }
        at = line_end + 2;
        if (input_.size() < at + length + 2) return false;
        parsed.body.append(input_, at, length);
        at += length + 2;
        if (length == 0) break;
    }
    parsed.request.body = parsed.body;
    parsed.consumed = at;
    return true;
}

void Connection::refuse(int status) {
    busy_ = true;
    peer_closes_ = true;
    send(Response(status, "text/plain", std::string(reason_phrase(status))));
}

std::string Connection::head_of(const Response& response, bool endless) const {
    std::string out;
    out.reserve(256 + response.body.size());
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(response.status));
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\nServer: Apache-Coyote/1.1\r\n";
    if (!response.content_type.empty()) (out += "Content-Type: ") += response.content_type + "\r\n";
    for (const auto& [name, value] : response.headers)
        ((out += name) += ": ") += value + "\r\n";
    if (endless || response.chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    } else if (response.status != 204) {
        out += "Content-Length: ";
        append_number(out, response.body.size());
        out += "\r\n";
    }
    if (peer_closes_) {
        out += "Connection: close\r\n";
    } else if (!endless) {
        out += "Keep-Alive: timeout=";
        append_number(out, static_cast<std::size_t>(server_.server.limits.keep_alive.count()));
        out += "\r\n";
    }
    out += "\r\n";
    return out;
}

void Connection::send(const Response& response) {
    if (!open_) return;
    std::string out = head_of(response, false);
    if (response.chunked) {
        if (!response.body.empty()) append_chunk(out, response.body);
        out += "0\r\n\r\n";
    } else {
        out += response.body;
    }
    const auto finish = [self = shared_from_this(), out = std::move(out)]() mutable {
        if (!self->open_) return;
        self->busy_ = false;
        self->idle_since_ = Loop::steady_ms();
        self->enqueue(std::move(out), false);
        if (self->peer_closes_)
            self->close_after_writes();
        else
            self->serve_buffered();
    };
    if (delay_.count() > 0) {
        server_.loop.after(std::exchange(delay_, std::chrono::milliseconds(0)), finish);
        return;
    }
    auto now = finish;
    now();
}

void Connection::begin_stream(const Response& head, std::function<void()> gone) {
    streaming_ = true;
    busy_ = false;
    gone_ = std::move(gone);
    std::string out = head_of(head, true);
    if (!head.body.empty()) append_chunk(out, head.body);
    if (delay_.count() > 0) {
        server_.loop.after(std::exchange(delay_, std::chrono::milliseconds(0)),
                           [self = shared_from_this(), out] { self->enqueue(out, true); });
        return;
    }
    enqueue(std::move(out), true);
}

void Connection::enqueue(std::string bytes, bool alone) {
    if (!open_ || stalled_ || bytes.empty()) return;
    alone = std::exchange(pause_pending_, false) || alone;
    pending_bytes_ += bytes.size();
    if (!alone && !queue_.empty() && queue_.back().first.size() < 64 * 1024)
        queue_.back().first += bytes;
    else
        queue_.emplace_back(std::move(bytes), alone);
    if (!writing_) write();
}

void Connection::write() {
    if (queue_.empty() || !open_) {
        if (closing_) close();
        return;
    }
    writing_ = true;
    const bool alone = queue_.front().second;
    const auto go = [self = shared_from_this()] {
        if (!self->open_ || self->queue_.empty()) {
            self->writing_ = false;
            return;
        }
        self->in_flight_ = std::move(self->queue_.front().first);
        self->queue_.pop_front();
        self->pending_bytes_ -= self->in_flight_.size();
        self->write_all([self](const Error& error, std::size_t) { self->written(error); });
    };
    // A lone write waits a moment so that the reader has emptied its socket: what is split stays split.
    if (alone && streaming_)
        server_.loop.after(std::chrono::milliseconds(1), go);
    else
        go();
}

void Connection::written(const Error& error) {
    writing_ = false;
    in_flight_.clear();
    if (error) {
        lost();
        return;
    }
    write();
}

void Connection::close_after_writes() {
    closing_ = true;
    if (!writing_) write();
}

void Connection::lost() {
    if (!open_) return;
    close();
}

void Connection::close() {
    if (!open_) return;
    open_ = false;
    Error ignored;
    socket().shutdown(Tcp::socket::shutdown_send, ignored);
    socket().close(ignored);
    const auto keep = shared_from_this();
    server_.connections.erase(keep);
    if (const auto gone = std::exchange(gone_, nullptr)) gone();
}

void Connection::reset() {
    if (!open_) return;
    Error ignored;
    socket().set_option(asio::socket_base::linger(true, 0), ignored);
    open_ = false;
    socket().close(ignored); // no shutdown: the linger option turns this into RST
    const auto keep = shared_from_this();
    server_.connections.erase(keep);
    if (const auto gone = std::exchange(gone_, nullptr)) gone();
}

bool Stream::alive() const {
    const auto connection = connection_.lock();
    return connection && connection->open();
}

void Stream::chunk(std::string_view bytes) {
    const auto connection = connection_.lock();
    if (!connection || bytes.empty()) return;
    std::string framed;
    framed.reserve(bytes.size() + 16);
    append_chunk(framed, bytes);
    connection->enqueue(std::move(framed), false);
}

void Stream::pause() {
    if (const auto connection = connection_.lock()) connection->pause();
}

void Stream::end() {
    if (const auto connection = connection_.lock()) {
        connection->enqueue("0\r\n\r\n", false);
        connection->close_after_writes();
    }
}

void Stream::close() {
    if (const auto connection = connection_.lock()) connection->close_after_writes();
}

void Stream::reset() {
    if (const auto connection = connection_.lock()) connection->reset();
}

void Stream::stall() {
    if (const auto connection = connection_.lock()) connection->swallow();
}

std::size_t Stream::backlog() const {
    const auto connection = connection_.lock();
    return connection ? connection->backlog() : 0;
}

void Reply::send(const Response& response) {
    connection_->send(response);
}
void Reply::delay(std::chrono::milliseconds delay) {
    connection_->delay(delay);
}
void Reply::close() {
    connection_->close();
}
void Reply::reset() {
    connection_->reset();
}

Stream Reply::stream(const Response& head, std::function<void()> gone) {
    connection_->begin_stream(head, std::move(gone));
    return Stream(connection_);
}

Server::Server(Loop& loop, Handler handler, TlsFiles tls)
    : state_(std::make_unique<State>(*this, loop, std::move(handler))) {
    if (tls.wanted()) {
        state_->tls.emplace(asio::ssl::context::tls_server);
        state_->tls->use_certificate_chain_file(tls.certificate);
        state_->tls->use_private_key_file(tls.key, asio::ssl::context::pem);
    }
    loop.every(std::chrono::milliseconds(500), [this] { state_->close_idle(); });
}

Server::~Server() {
    for (const auto& connection : std::vector(state_->connections.begin(), state_->connections.end()))
        connection->close();
}

int Server::listen(const std::string& address, std::uint16_t port) {
    State::Listener listener;
    listener.endpoint = Tcp::endpoint(asio::ip::make_address(address), port);
    state_->listeners.push_back(std::move(listener));
    const int number = static_cast<int>(state_->listeners.size()) - 1;
    state_->open(number);
    return number;
}

std::uint16_t Server::port(int listener) const {
    return state_->listeners.at(static_cast<std::size_t>(listener)).endpoint.port();
}

std::string Server::url(int listener) const {
    const auto& endpoint = state_->listeners.at(static_cast<std::size_t>(listener)).endpoint;
    return (state_->tls ? "https://" : "http://") + endpoint.address().to_string() + ":" +
           std::to_string(endpoint.port());
}

void Server::shut(int listener) {
    state_->shut(listener);
    for (const auto& connection : std::vector(state_->connections.begin(), state_->connections.end()))
        if (connection->listener() == listener) connection->reset();
}

void Server::open(int listener) {
    if (state_->listeners.at(static_cast<std::size_t>(listener)).shut) state_->open(listener);
}

std::size_t Server::connections() const {
    return state_->connections.size();
}

} // namespace sim::http
