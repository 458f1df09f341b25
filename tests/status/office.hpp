// A whole service on loops of its own, with a real table and fan-out, and a plain client that speaks raw bytes.
#pragma once
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fanout/fanout.hpp"
#include "loop/loop.hpp"
#include "presence/people.hpp"
#include "presence/table.hpp"
#include "status/service.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace testing {

namespace json = boost::json;

/// An answer as it came over the wire.
struct HttpAnswer {
    int status = 0; // 0: the connection ended without one
    std::string head;
    std::string body;
    /// The field's value, or nothing.
    [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
    [[nodiscard]] json::value json() const { return json::parse(body); }
};

/// A server-sent event.
struct SseEvent {
    std::string id;
    std::string type;
    std::string data;
};

/// A blocking client with a limit of ten seconds on every wait.
class Client {
public:
    explicit Client(std::uint16_t port, std::string host = "127.0.0.1");
    /// TLS, nothing verified.
    static Client tls(std::uint16_t port);
    ~Client();
    Client(Client&& other) noexcept;
    Client& operator=(Client&&) = delete;

    void send(std::string_view bytes);
    /// Everything up to and with `mark`; what there is when the connection ends first.
    std::string read_until(std::string_view mark);
    std::string read_exactly(std::size_t size);
    /// Reads one answer; `head_only` for HEAD.
    HttpAnswer read_answer(bool head_only = false);
    /// "GET /path" and perhaps a token; keeps the connection.
    HttpAnswer get(std::string_view path, std::string_view token = {});
    HttpAnswer request(std::string_view method, std::string_view path, std::string_view token = {},
                       std::string_view body = {}, std::string_view fields = {});
    /// The next block that has data; heartbeats too.
    SseEvent event();
    /// The next event of that type.
    SseEvent event(std::string_view type);
    /// True when the peer has closed (waits for it).
    bool ended();
    /// Nothing more to read for `wait`.
    bool silent(int wait_ms);
    void shrink_receive_buffer();
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// The id of the last block read by `event`, data or not.
    std::string last_id;

private:
    Client() = default;
    bool fill();
    int descriptor_ = -1;
    ssl_st* ssl_ = nullptr;
    ssl_ctx_st* context_ = nullptr;
    std::string buffer_;
};

inline constexpr std::string_view viewer = "viewer-secret";
inline constexpr std::string_view operating = "operator-secret";
inline constexpr std::string_view administrator = "administrator-secret";
inline constexpr std::string_view accountant = "accountant-secret";

[[nodiscard]] lamp::status::Options default_options();

class Office {
public:
    explicit Office(lamp::status::Options options = default_options(), lamp::status::Ports ports = {},
                    std::size_t people = 3);
    ~Office();

    lamp::Loop serve{"serve"};
    lamp::Loop ingress{"ingress"};
    lamp::presence::Table table;
    lamp::fanout::Fanout fanout;
    lamp::status::Service service;
    std::shared_ptr<const lamp::presence::People> people;

    [[nodiscard]] std::uint16_t port() const { return service.ports().front(); }
    [[nodiscard]] Client client() const { return Client(port()); }
    /// What a source says, from this thread as its only writer, with the fan-out told.
    void report(std::string_view id, const lamp::presence::LineReport& line);
    void report(lamp::presence::Slot slot, const lamp::presence::LineReport& line);
    void report_teams(std::string_view id, const lamp::presence::TeamsReport& teams);
    void use_people(std::vector<lamp::presence::PersonRow> rows);
    /// Waits until everything posted to the serve loop before has run.
    void settle();
};

[[nodiscard]] std::vector<lamp::presence::PersonRow> rows(std::size_t count);
[[nodiscard]] lamp::presence::LineReport line(lamp::presence::LineState state, unsigned calls = 0);

} // namespace testing
