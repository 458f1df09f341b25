// A receiver of webhooks as strict as a real one may be: a real HTTP server on a thread of its own that checks the
// signature, counts duplicates by key, and does what its script says. Made and judged on the test's thread.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fakes/http_server.hpp"

namespace testing {

/// What is done with one request.
struct Doing {
    enum class Kind { answer, reset, close, stall } kind = Kind::answer;
    int status = 200;
    std::string type = "application/json";
    std::string body = "{}";
    std::vector<std::pair<std::string, std::string>> headers{};
};
inline Doing answers(int status, std::vector<std::pair<std::string, std::string>> headers = {}) {
    return {.status = status, .headers = std::move(headers)};
}

struct Received {
    std::string key;
    std::string body;
    std::string user_agent;
    std::string path;
    std::string content_type;
    std::string authorization;
    std::string tenant; // X-Tenant
    std::int64_t signed_at = 0;
    int answered = 0; // 0: not at all
    std::chrono::steady_clock::time_point at;
};

class Receiver {
public:
    /// An empty secret: no signature may come.
    explicit Receiver(std::string secret = {});
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;
    /// For the requests to come, one each; then 200 again.
    void script(std::vector<Doing> doings);
    /// For all requests to come, until the next word; nullptr: back to the script.
    void always(const Doing* doing);
    void shut(bool closed);

    [[nodiscard]] std::vector<Received> all() const;
    /// The bodies that were answered with success, in order, the second ones of a key left out.
    [[nodiscard]] std::vector<std::string> taken() const;
    [[nodiscard]] std::size_t requests() const;
    /// Keys that were answered with success more than once.
    [[nodiscard]] std::size_t duplicates() const;
    /// What was not as it must be, one per line.
    [[nodiscard]] std::string faults() const;

private:
    void serve(const sim::http::Request& request, sim::http::Reply reply);
    void check(const sim::http::Request& request, Received& received);

    std::string secret_;
    sim::Loop loop_;
    sim::http::Server server_;
    std::uint16_t port_ = 0;
    std::thread thread_;

    mutable std::mutex mutex_; // what the test reads
    std::deque<Doing> script_;
    std::unique_ptr<Doing> always_;
    std::vector<Received> received_;
    std::vector<sim::http::Reply> stalled_;
    std::string faults_;
};

} // namespace testing
