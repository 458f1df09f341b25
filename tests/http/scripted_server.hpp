// A raw server that does what its script says and notes everything that is not as the script expects. No friendliness:
// the n-th connection plays the n-th script, a connection too many is a fault, a request must come byte for byte.
// Blocking sockets, one thread per connection; made and judged on the test's thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "certificates.hpp"

namespace testing {

struct Step {
    enum class Kind { want, want_any, want_head, send, send_bytes, pause, stall, half_close, close, reset, start_tls };
    Kind kind;
    std::string text{}; // want: "PUT /path" and behind a blank line the body; send: bytes
    std::chrono::milliseconds wait{0};
};

/// Reads one request: strict syntax, method, target and body as given. "PUT /a\n\nbody".
[[nodiscard]] Step want(std::string request);
/// As `want`, with whatever body; `bodies` gives it.
[[nodiscard]] Step want_any(std::string line);
/// Reads a header only (a proxy's CONNECT): the request line as given.
[[nodiscard]] Step want_head(std::string line);
[[nodiscard]] Step send(std::string bytes);
/// The same bytes one by one, each in a segment of its own as far as the kernel goes along.
[[nodiscard]] Step send_bytes(std::string bytes);
[[nodiscard]] Step pause_for(std::chrono::milliseconds wait);
/// Says nothing more until the peer closes.
[[nodiscard]] Step stall();
[[nodiscard]] Step half_close(); // FIN, then waits for the peer's
[[nodiscard]] Step close_now();
[[nodiscard]] Step reset();     // RST
[[nodiscard]] Step start_tls(); // after a proxy's 200; the server needs an identity

using Script = std::vector<Step>;

struct ServerOptions {
    std::string address = "127.0.0.1"; // or "::1"
    const Identity* identity = nullptr;
    bool tls_at_once = true; // with an identity: shake hands before the first step
    int tls_most = 0;        // highest TLS version offered; 0 = any
};

class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<Script> scripts, ServerOptions options = {});
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// "http://127.0.0.1:port" or https, with another name for the host if given.
    [[nodiscard]] std::string url(const std::string& host = {}) const;

    /// Waits for all scripts to end (5 s) and gives what went wrong, one per line; empty is good.
    [[nodiscard]] std::string faults();
    /// The requests' headers as they came, in order of arrival.
    [[nodiscard]] std::vector<std::string> requests();
    /// The bodies that `want_any` took, in order of arrival.
    [[nodiscard]] std::vector<std::string> bodies();
    [[nodiscard]] std::size_t connections();

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace testing
