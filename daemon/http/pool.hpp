// Keep-alive connections to one origin. At most so many requests at a time, the others wait in order of arrival.
// Lives on one loop; every call comes from it. May be destroyed while requests are pending: they end as cancelled.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "http/connection.hpp"
#include "http/cookies.hpp"
#include "http/message.hpp"
#include "http/resolver.hpp"
#include "http/url.hpp"
#include "loop/loop.hpp"

namespace lamp::http {

struct PoolOptions {
    std::size_t parallel = 4;  // requests, and so connections, at a time
    std::size_t waiting = 256; // more than that are refused (Category::limit)
    milliseconds idle{60'000}; // an unused connection is closed after that, or earlier if the peer says so
    Pin pin{};                 // connect here and nowhere else
    CookieJar* jar = nullptr;  // outlives the pool
};

struct PoolCounters {
    std::uint64_t exchanges = 0;
    std::uint64_t connects = 0;
    std::uint64_t repeated = 0; // sent once more because the peer had closed an idle connection
    std::uint64_t refused = 0;  // the queue was full
};

class Pool {
public:
    /// Only the origin of `origin` counts.
    Pool(const Client& client, Url origin, PoolOptions options = {});
    ~Pool();
    Pool(Pool&&) noexcept;
    Pool& operator=(Pool&&) noexcept;

    /// One request, one answer of any status. Waits at most the request's limit for its turn, then connect_wait for a
    /// new connection where none is idle, then the request's limit for the answer. A repeatable request whose
    /// reused connection died unanswered is sent once more on a new one. Errors as Connection; limit: queue full.
    [[nodiscard]] Task<Result<Answer>> exchange(Request request);

    /// Ends all requests, waiting ones too, as cancelled, and drops all connections. Later requests are refused alike.
    void close();
    /// Drops the idle connections, for instance after a change of pin or login.
    void drop_idle();
    void set_pin(Pin pin);

    [[nodiscard]] const Url& origin() const;
    [[nodiscard]] const Client& client() const;
    [[nodiscard]] CookieJar* jar() const;
    [[nodiscard]] std::size_t busy() const;
    [[nodiscard]] std::size_t idle() const;
    [[nodiscard]] std::size_t queued() const;
    [[nodiscard]] const PoolCounters& counters() const;

private:
    friend Task<Result<Answer>> follow(Pool& pool, Request request, std::vector<std::string> allowed_origins);
    struct State;
    std::shared_ptr<State> state_;
};

/// Where a redirection points: `from` is the address that was asked. Category::forbidden, naming the place, unless its
/// origin is that of `from` or one of `allowed_origins` ("https://xsp2.example.net:8443"); invalid if unreadable. A
/// step from https down to http is refused even to an allowed origin.
[[nodiscard]] Result<Url> redirect_target(const Url& from, const Head& head,
                                          std::span<const std::string> allowed_origins);

/// As Pool::exchange, and follows up to three redirections with the *same* method, body and authorization (XSI wants
/// a re-POST, xsi.md 2). Another origin is reached by a connection for this one request. Answer::url says where it
/// ended.
[[nodiscard]] Task<Result<Answer>> follow(Pool& pool, Request request, std::vector<std::string> allowed_origins);

} // namespace lamp::http
