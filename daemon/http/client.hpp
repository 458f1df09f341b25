// What all connections of one peer's configuration share: limits, proxy, trust store, TLS sessions to resume.
// A Client belongs to one loop; it is a cheap handle and may be copied.
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/limits.hpp"
#include "base/secret.hpp"
#include "loop/loop.hpp"

namespace lamp::http {

enum class Verify : std::uint8_t { full, none };

struct ClientOptions {
    std::string ca_file{};        // PEM; empty: the system's certificates
    Verify verify = Verify::full; // none: only for laboratories, warned about at each Client::make
    std::string proxy{};          // "http://host:port": CONNECT for https, absolute-form for http; empty: direct
    std::string proxy_user{};     // Proxy-Authorization: Basic
    Secret proxy_password{};
    std::string user_agent = "lamplighter";
    /// A host that leads to this network's own addresses (address_guard.hpp) is refused, at each connection: names may
    /// change. A proxy looks names up itself: behind one this is the proxy's to refuse.
    bool public_only = false;
    milliseconds connect_wait = limits::connect_wait;       // name, TCP, proxy and TLS together
    milliseconds answer_wait = limits::answer_wait;         // for a Request without a limit of its own
    std::size_t header_bytes = limits::answer_header_bytes; // at most 60 kB
    std::size_t body_bytes = limits::answer_body_bytes;
};

struct ClientState;

class Client {
public:
    /// Fails with Category::invalid when ca_file cannot be read or the proxy is no http://host:port.
    [[nodiscard]] static Result<Client> make(asio::io_context& context, ClientOptions options);

    [[nodiscard]] const ClientOptions& options() const;
    [[nodiscard]] asio::io_context& context() const;

private:
    friend class Connection;
    explicit Client(std::shared_ptr<ClientState> state) : state_(std::move(state)) {}
    std::shared_ptr<ClientState> state_;
};

} // namespace lamp::http
