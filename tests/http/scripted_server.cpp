#include "scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

namespace testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds longest{5};

struct ContextFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

std::size_t content_length(const std::string& head, std::string& fault) {
    std::string lower(head);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower.find("\r\ntransfer-encoding:") != std::string::npos) fault = "a request in chunks: " + head;
    auto at = lower.find("\r\ncontent-length: ");
    if (at == std::string::npos) return 0;
    if (lower.find("\r\ncontent-length:", at + 5) != std::string::npos) fault = "two content lengths: " + head;
    std::size_t length = 0;
    const char* from = lower.data() + at + 18;
    auto [end, problem] = std::from_chars(from, lower.data() + lower.size(), length);
    if (problem != std::errc() || *end != '\r') fault = "a bad content length: " + head;
    return length;
}

/// RFC 9112 sections 3 and 5, without any tolerance.
std::string syntax_fault(const std::string& head) {
    std::size_t hosts = 0;
    auto line_from = head.find("\r\n") + 2;
    while (line_from < head.size() - 2) {
        auto line_to = head.find("\r\n", line_from);
        auto line = head.substr(line_from, line_to - line_from);
        auto colon = line.find(':');
        if (colon == 0 || colon == std::string::npos || line.find_first_of(" \t") < colon) return "bad field: " + line;
        if (line.find_first_of("\r\n") != std::string::npos) return "bare CR or LF: " + line;
        if (line.starts_with("Host:")) ++hosts;
        line_from = line_to + 2;
    }
    return hosts == 1 ? "" : "not one Host: " + head;
}

} // namespace

struct ScriptedServer::State {
    std::vector<Script> scripts;
    ServerOptions options;
    int listener = -1;
    std::uint16_t port = 0;
    std::unique_ptr<SSL_CTX, ContextFree> tls;

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> faults;
    std::vector<std::string> requests;
    std::vector<std::string> bodies;
    std::size_t accepted = 0;
    std::size_t ended = 0;
    bool stopping = false;
    std::thread acceptor;
    std::vector<std::thread> players;
    std::vector<int> open;

    void fault(std::size_t connection, const std::string& text) {
        std::lock_guard lock(mutex);
        faults.push_back("connection " + std::to_string(connection + 1) + ": " + text);
    }
    void accept_all();
    void play(std::size_t number, int descriptor);
};

namespace {

/// One connection's socket, plain or TLS.
class Line {
public:
    explicit Line(int descriptor) : descriptor_(descriptor) {}

    bool secure(SSL_CTX* context) {
        ssl_.reset(SSL_new(context));
        SSL_set_fd(ssl_.get(), descriptor_);
        return SSL_accept(ssl_.get()) == 1;
    }
    /// 0: the peer closed; below 0: nothing came in time or the connection broke.
    long read(char* space, std::size_t size) {
        pollfd query{.fd = descriptor_, .events = POLLIN, .revents = 0};
        if (!ssl_ || SSL_pending(ssl_.get()) == 0)
            if (::poll(&query, 1, static_cast<int>(std::chrono::milliseconds(longest).count())) != 1) return -2;
        if (!ssl_) return ::recv(descriptor_, space, size, 0);
        int got = SSL_read(ssl_.get(), space, static_cast<int>(size));
        return got > 0 ? got : (SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN ? 0 : -1);
    }
    bool write(const char* bytes, std::size_t size) {
        if (ssl_) return SSL_write(ssl_.get(), bytes, static_cast<int>(size)) == static_cast<int>(size);
        while (size > 0) {
            auto sent = ::send(descriptor_, bytes, size, MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes += sent;
            size -= static_cast<std::size_t>(sent);
        }
        return true;
    }
    void say_goodbye() {
        if (ssl_) SSL_shutdown(ssl_.get());
    }

private:
    int descriptor_;
    std::unique_ptr<SSL, SslFree> ssl_;
};

void wait_for_end(Line& line) {
    char scrap[512];
    while (line.read(scrap, sizeof scrap) > 0) {
    }
}

/// Up to the end of a header; what came behind it stays in `buffer`.
std::string read_head(Line& line, std::string& buffer) {
    char space[4096];
    while (buffer.find("\r\n\r\n") == std::string::npos) {
        auto got = line.read(space, sizeof space);
        if (got <= 0) return {};
        buffer.append(space, static_cast<std::size_t>(got));
    }
    auto size = buffer.find("\r\n\r\n") + 4;
    auto head = buffer.substr(0, size);
    buffer.erase(0, size);
    return head;
}

bool read_body(Line& line, std::string& buffer, std::size_t length) {
    char space[16384];
    while (buffer.size() < length) {
        auto got = line.read(space, sizeof space);
        if (got <= 0) return false;
        buffer.append(space, static_cast<std::size_t>(got));
    }
    return true;
}

std::string check_request(Line& line, const Step& step, std::string& buffer, std::vector<std::string>& heads,
                          std::vector<std::string>& bodies) {
    auto head = read_head(line, buffer);
    if (head.empty()) return "no request came, wanted " + step.text;
    heads.push_back(head);
    auto blank = step.text.find("\n\n");
    auto first = step.text.substr(0, blank) + " HTTP/1.1\r\n";
    if (!head.starts_with(first)) return "wanted " + step.text + ", got " + head;
    if (auto bad = syntax_fault(head); !bad.empty()) return bad;
    if (step.kind == Step::Kind::want_head) return {};
    std::string fault;
    auto length = content_length(head, fault);
    if (!fault.empty()) return fault;
    if (!read_body(line, buffer, length)) return "the request's body did not come whole";
    auto wanted = blank == std::string::npos ? std::string() : step.text.substr(blank + 2);
    auto body = buffer.substr(0, length);
    buffer.erase(0, length);
    if (step.kind == Step::Kind::want_any) bodies.push_back(body);
    if (step.kind != Step::Kind::want_any && body != wanted)
        return "wanted the body \"" + wanted + "\", got \"" + body + "\"";
    return buffer.empty() ? "" : "bytes behind the request: " + buffer;
}

} // namespace

void ScriptedServer::State::play(std::size_t number, int descriptor) {
    int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Line line(descriptor);
    std::string buffer;
    bool going = true;
    bool closed = false;
    if (tls && options.tls_at_once) going = line.secure(tls.get());
    // A refused certificate is the client's business: the script then just does not happen.
    Script nothing;
    const auto& script = going ? scripts[number] : nothing;
    for (const auto& step : script) {
        if (!going) break;
        switch (step.kind) {
        case Step::Kind::want:
        case Step::Kind::want_any:
        case Step::Kind::want_head: {
            std::vector<std::string> heads;
            std::vector<std::string> taken;
            auto bad = check_request(line, step, buffer, heads, taken);
            if (!bad.empty()) fault(number, bad);
            going = bad.empty();
            std::lock_guard lock(mutex);
            requests.insert(requests.end(), heads.begin(), heads.end());
            bodies.insert(bodies.end(), taken.begin(), taken.end());
            break;
        }
        case Step::Kind::send: line.write(step.text.data(), step.text.size()); break;
        case Step::Kind::send_bytes:
            for (char byte : step.text) {
                line.write(&byte, 1);
                std::this_thread::sleep_for(std::chrono::microseconds(100));
            }
            break;
        case Step::Kind::pause: std::this_thread::sleep_for(step.wait); break;
        case Step::Kind::stall: wait_for_end(line); break;
        case Step::Kind::half_close:
            line.say_goodbye();
            ::shutdown(descriptor, SHUT_WR);
            wait_for_end(line);
            break;
        case Step::Kind::close:
            line.say_goodbye();
            going = false;
            break;
        case Step::Kind::reset: {
            linger hard{.l_onoff = 1, .l_linger = 0};
            ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            going = false;
            break;
        }
        case Step::Kind::start_tls: going = line.secure(tls.get()); break;
        }
    }
    if (going) wait_for_end(line); // a script's end is not the connection's
    std::lock_guard lock(mutex);
    closed = std::erase(open, descriptor) > 0;
    if (closed) ::close(descriptor);
    ++ended;
    changed.notify_all();
}

void ScriptedServer::State::accept_all() {
    while (true) {
        int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) return;
        std::lock_guard lock(mutex);
        auto number = accepted++;
        if (stopping || number >= scripts.size()) {
            if (!stopping) faults.push_back("a connection too many");
            ::close(descriptor);
            continue;
        }
        open.push_back(descriptor);
        players.emplace_back([this, number, descriptor] { play(number, descriptor); });
    }
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts, ServerOptions options) : state_(std::make_shared<State>()) {
    ::signal(SIGPIPE, SIG_IGN); // SSL_write has no MSG_NOSIGNAL
    auto& state = *state_;
    state.scripts = std::move(scripts);
    state.options = options;
    bool six = options.address.find(':') != std::string::npos;
    state.listener = ::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_storage address{};
    socklen_t size = 0;
    if (six) {
        auto& in = reinterpret_cast<sockaddr_in6&>(address);
        in.sin6_family = AF_INET6;
        ::inet_pton(AF_INET6, options.address.c_str(), &in.sin6_addr);
        size = sizeof in;
    } else {
        auto& in = reinterpret_cast<sockaddr_in&>(address);
        in.sin_family = AF_INET;
        ::inet_pton(AF_INET, options.address.c_str(), &in.sin_addr);
        size = sizeof in;
    }
    if (::bind(state.listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(state.listener, 64) != 0) {
        std::perror("scripted server");
        std::abort();
    }
    ::getsockname(state.listener, reinterpret_cast<sockaddr*>(&address), &size);
    state.port = ntohs(six ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                           : reinterpret_cast<sockaddr_in&>(address).sin_port);
    if (options.identity != nullptr) {
        state.tls.reset(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_certificate(state.tls.get(), options.identity->certificate.get());
        SSL_CTX_use_PrivateKey(state.tls.get(), options.identity->key.get());
        // The oldest versions need a lower security level before OpenSSL 3 offers them at all.
        SSL_CTX_set_security_level(state.tls.get(), options.tls_most == 0 ? 1 : 0);
        SSL_CTX_set_min_proto_version(state.tls.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(state.tls.get(), options.tls_most);
    }
    state.acceptor = std::thread([this] { state_->accept_all(); });
}

ScriptedServer::~ScriptedServer() {
    auto& state = *state_;
    {
        std::lock_guard lock(state.mutex);
        state.stopping = true;
        for (int descriptor : state.open)
            ::shutdown(descriptor, SHUT_RDWR);
    }
    ::shutdown(state.listener, SHUT_RDWR);
    state.acceptor.join();
    ::close(state.listener);
    for (auto& player : state.players)
        player.join();
}

std::uint16_t ScriptedServer::port() const {
    return state_->port;
}

std::string ScriptedServer::url(const std::string& host) const {
    auto name = host.empty() ? state_->options.address : host;
    if (name.find(':') != std::string::npos) name = "[" + name + "]";
    bool tls = state_->tls && state_->options.tls_at_once;
    return (tls ? "https://" : "http://") + name + ":" + std::to_string(state_->port);
}

std::string ScriptedServer::faults() {
    auto& state = *state_;
    std::unique_lock lock(state.mutex);
    bool all = state.changed.wait_for(lock, longest, [&] { return state.ended == state.scripts.size(); });
    if (!all)
        state.faults.push_back("only " + std::to_string(state.ended) + " of " + std::to_string(state.scripts.size()) +
                               " scripts have ended");
    std::string text;
    for (const auto& fault : state.faults)
        text += fault + "\n";
    return text;
}

std::vector<std::string> ScriptedServer::requests() {
    std::lock_guard lock(state_->mutex);
    return state_->requests;
}

std::vector<std::string> ScriptedServer::bodies() {
    std::lock_guard lock(state_->mutex);
    return state_->bodies;
}

std::size_t ScriptedServer::connections() {
    std::lock_guard lock(state_->mutex);
    return state_->accepted;
}

Step want(std::string request) {
    return {.kind = Step::Kind::want, .text = std::move(request)};
}
Step want_any(std::string line) {
    return {.kind = Step::Kind::want_any, .text = std::move(line)};
}
Step want_head(std::string line) {
    return {.kind = Step::Kind::want_head, .text = std::move(line)};
}
Step send(std::string bytes) {
    return {.kind = Step::Kind::send, .text = std::move(bytes)};
}
Step send_bytes(std::string bytes) {
    return {.kind = Step::Kind::send_bytes, .text = std::move(bytes)};
}
Step pause_for(std::chrono::milliseconds wait) {
    return {.kind = Step::Kind::pause, .wait = wait};
}
Step stall() {
    return {.kind = Step::Kind::stall};
}
Step half_close() {
    return {.kind = Step::Kind::half_close};
}
Step close_now() {
    return {.kind = Step::Kind::close};
}
Step reset() {
    return {.kind = Step::Kind::reset};
}
Step start_tls() {
    return {.kind = Step::Kind::start_tls};
}

} // namespace testing
