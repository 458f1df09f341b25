#include "office.hpp"

#include <arpa/inet.h>
#include <cstdio>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <future>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace testing {
using namespace lamp;

std::optional<std::string> HttpAnswer::field(std::string_view name) const {
    std::string lower_head = head;
    std::string wanted = "\r\n" + std::string(name) + ": ";
    for (char& c : lower_head)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (char& c : wanted)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    auto at = lower_head.find(wanted);
    if (at == std::string::npos) return std::nullopt;
    at += wanted.size();
    return head.substr(at, head.find("\r\n", at) - at);
}

// --- client

Client::Client(std::uint16_t port, std::string host) {
    bool six = host.find(':') != std::string::npos;
    descriptor_ = ::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &four.sin_addr);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    ::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr);
    auto* address = six ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&four);
    auto size = static_cast<socklen_t>(six ? sizeof v6 : sizeof four);
    REQUIRE(::connect(descriptor_, address, size) == 0);
    int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    timeval limit{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Client Client::tls(std::uint16_t port) {
    Client one(port);
    one.context_ = SSL_CTX_new(TLS_client_method());
    one.ssl_ = SSL_new(one.context_);
    SSL_set_fd(one.ssl_, one.descriptor_);
    REQUIRE(SSL_connect(one.ssl_) == 1);
    return one;
}

Client::Client(Client&& other) noexcept
    : last_id(std::move(other.last_id)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      ssl_(std::exchange(other.ssl_, nullptr)),
      context_(std::exchange(other.context_, nullptr)),
      buffer_(std::move(other.buffer_)) {}

Client::~Client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto put = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                        : static_cast<int>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
        if (put <= 0) return; // the peer has closed: the test will see that when it reads
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
}

bool Client::fill() {
    char piece[16384];
    auto got =
        ssl_ ? SSL_read(ssl_, piece, sizeof piece) : static_cast<int>(::recv(descriptor_, piece, sizeof piece, 0));
    if (got <= 0) return false;
    buffer_.append(piece, static_cast<std::size_t>(got));
    return true;
}

std::string Client::read_until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = buffer_.find(mark)) == std::string::npos)
        if (!fill()) return std::exchange(buffer_, {});
    auto found = buffer_.substr(0, at + mark.size());
    buffer_.erase(0, at + mark.size());
    return found;
}

std::string Client::read_exactly(std::size_t size) {
    while (buffer_.size() < size)
        if (!fill()) return std::exchange(buffer_, {});
    auto found = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return found;
}

HttpAnswer Client::read_answer(bool head_only) {
    HttpAnswer answer;
    answer.head = read_until("\r\n\r\n");
    if (answer.head.starts_with("HTTP/1.1 ")) answer.status = std::stoi(answer.head.substr(9, 3));
    auto length = answer.field("Content-Length");
    if (!head_only && length) answer.body = read_exactly(static_cast<std::size_t>(std::stoul(*length)));
    return answer;
}

HttpAnswer Client::get(std::string_view path, std::string_view token) {
    return request("GET", path, token);
}

HttpAnswer Client::request(std::string_view method, std::string_view path, std::string_view token,
                           std::string_view body, std::string_view fields) {
    auto text = fmt::format("{} {} HTTP/1.1\r\nHost: lamp\r\n{}", method, path, fields);
    if (!token.empty()) text += fmt::format("Authorization: Bearer {}\r\n", token);
    if (!body.empty()) text += fmt::format("Content-Length: {}\r\n", body.size());
    send(text + "\r\n" + std::string(body));
    return read_answer(method == "HEAD");
}

SseEvent Client::event() {
    SseEvent event;
    while (true) {
        auto block = read_until("\n\n");
        if (!block.ends_with("\n\n")) return event; // ended
        event = {};
        for (std::size_t at = 0; at < block.size();) {
            auto end = block.find('\n', at);
            auto text = block.substr(at, end - at);
            if (text.starts_with("id: ")) event.id = last_id = text.substr(4);
            if (text.starts_with("event: ")) event.type = text.substr(7);
            if (text.starts_with("data: ")) event.data = text.substr(6);
            at = end + 1;
        }
        if (!event.data.empty()) return event;
    }
}

SseEvent Client::event(std::string_view type) {
    while (true) {
        auto one = event();
        if (one.type == type || one.type.empty()) return one;
    }
}

bool Client::ended() {
    while (fill())
        ;
    return true;
}

bool Client::silent(int wait_ms) {
    pollfd one{descriptor_, POLLIN, 0};
    return buffer_.empty() && ::poll(&one, 1, wait_ms) == 0;
}

void Client::shrink_receive_buffer() {
    int size = 4096;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

// --- office

status::Options default_options() {
    status::Options options;
    options.http.listen = {config::Listen("127.0.0.1:0")};
    options.access.tokens = {{"wallboard", Secret(std::string(viewer)), "viewer"},
                             {"desk", Secret(std::string(operating)), "operator"},
                             {"root", Secret(std::string(administrator)), "administrator"},
                             {"books", Secret(std::string(accountant)), "accountant"}};
    options.version = "1.2.3";
    options.limits.sweep = milliseconds(20);
    return options;
}

std::vector<presence::PersonRow> rows(std::size_t count) {
    std::vector<presence::PersonRow> made{
        {"alice@example.net", "Alice Jansen", "alice@example.net", "Sales", "", {"alice@example.net"}},
        {"bob@example.net", "Bob de Vries", "bob@example.net", "Sales", "b.devries@corp.example", {"bob@example.net"}},
        {"carol/x y@example.net", "Carol \"C\" Peeters", "", "Support", "", {"carol@example.net"}}};
    made.resize(std::min<std::size_t>(count, 3));
    for (std::size_t i = made.size(); i < count; ++i) {
        auto id = fmt::format("user{:05}@example.net", i);
        made.push_back({id, fmt::format("User {:05}", i), id, fmt::format("Floor {}", i % 7), "", {id}});
    }
    return made;
}

presence::LineReport line(presence::LineState state, unsigned calls) {
    return {state, calls, false, presence::Forwarding::none, presence::AgentState::none, false, wall_now()};
}

Office::Office(status::Options options, status::Ports ports, std::size_t count)
    : table(65'536), service(serve, std::move(options), std::move(ports), table, fanout) {
    auto begun = service.start();
    REQUIRE_MESSAGE(begun.has_value(), (begun ? "" : begun.error().text));
    serve.start();
    ingress.start();
    use_people(rows(count));
}

Office::~Office() {
    service.stop();
    ingress.stop();
    ingress.join();
    serve.stop();
    serve.join();
}

void Office::use_people(std::vector<presence::PersonRow> list) {
    auto built = presence::People::build(list, people.get());
    REQUIRE(built.has_value());
    people = *built;
    service.use_people(people);
    settle();
}

void Office::settle() {
    std::promise<void> done;
    serve.post([&] { done.set_value(); });
    done.get_future().wait();
}

void Office::report(presence::Slot slot, const presence::LineReport& line) {
    if (table.report(slot, presence::Source::telephony, line.pack(), wall_now())) fanout.publish(slot);
}

void Office::report(std::string_view id, const presence::LineReport& line) {
    report(people->find(id).value(), line);
}

void Office::report_teams(std::string_view id, const presence::TeamsReport& teams) {
    auto slot = people->find(id).value();
    if (table.report(slot, presence::Source::teams, teams.pack(), wall_now())) fanout.publish(slot);
}

} // namespace testing
