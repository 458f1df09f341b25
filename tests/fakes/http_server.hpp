// A small asynchronous HTTP/1.1 server for fakes: several listeners, keep-alive, plain and TLS, endless chunked
// answers, and control over the raw bytes so that a test can be as rude as a network. Lives on one Loop.
#pragma once

#include "loop.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim::http {

struct Request {
    std::string_view method;
    std::string_view target; // as sent
    std::string_view path;   // undecoded, without the query
    std::string_view query;  // undecoded, without '?'
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;
    int listener = 0;

    std::string_view header(std::string_view name) const; // empty when absent
};

struct Response {
    Response() = default;
    Response(int code, std::string type, std::string text)
        : status(code), content_type(std::move(type)), body(std::move(text)) {}

    int status = 200;
    std::string content_type;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool chunked = false;
};

class Connection;

// An endless chunked answer, held by whoever writes it. All calls are harmless once the peer is gone.
class Stream {
public:
    Stream() = default;
    explicit Stream(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}

    bool alive() const;
    void chunk(std::string_view bytes); // one HTTP chunk
    void pause();                       // what follows goes in a later write, about a millisecond on
    void end();                         // last chunk, then close
    void close();                       // FIN without a last chunk
    void reset();                       // RST
    void stall();                       // swallows whatever is written from now on; the socket stays open
    std::size_t backlog() const;        // bytes not yet taken by the kernel

private:
    std::weak_ptr<Connection> connection_;
};

// The right to answer one request, once.
class Reply {
public:
    explicit Reply(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

    void send(const Response& response);
    void delay(std::chrono::milliseconds delay); // the answer leaves that much later
    Stream stream(const Response& head, std::function<void()> gone);
    void close(); // without an answer
    void reset();

private:
    std::shared_ptr<Connection> connection_;
};

using Handler = std::function<void(const Request&, Reply)>;

struct TlsFiles {
    std::string certificate;
    std::string key;
    bool wanted() const { return !certificate.empty(); }
};

struct ServerLimits {
    std::chrono::seconds keep_alive{4}; // an idle connection is closed after that (xsi.md 2)
    std::size_t header_bytes_max = 32 * 1024;
    std::size_t body_bytes_max = 16 * 1024 * 1024;
};

class Server {
public:
    Server(Loop& loop, Handler handler, TlsFiles tls = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Returns the listener's number. Throws when the address cannot be had.
    int listen(const std::string& address, std::uint16_t port);
    std::string url(int listener) const;
    std::uint16_t port(int listener) const;

    void shut(int listener); // refuses connections and resets the open ones
    void open(int listener); // the same port again
    std::size_t connections() const;

    ServerLimits limits;

private:
    friend class Connection;
    struct State;
    std::unique_ptr<State> state_;
};

std::string_view reason_phrase(int status);
bool same_word(std::string_view a, std::string_view b); // ASCII, case-insensitive
std::string percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);
std::vector<std::pair<std::string, std::string>> query_pairs(std::string_view query);

} // namespace sim::http
