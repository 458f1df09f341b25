// Bytes both ways, plain or TLS, behind one interface: what is built on it compiles nine times faster.
// For this room's own .cpp files; lives on the connection's loop.
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <tuple>

#include "http/client_state.hpp"
#include "loop/loop.hpp"

namespace lamp::http {

using boost::system::error_code;
using Io = std::tuple<error_code, std::size_t>;

/// Must outlive its pending operations; `close` ends them with an error.
class Stream {
public:
    virtual ~Stream() = default;
    /// TLS only; nothing to do on a plain stream. A refused certificate is explained by `certificate_problem`.
    [[nodiscard]] virtual Task<std::tuple<error_code>> handshake() = 0;
    [[nodiscard]] virtual Task<Io> read_some(asio::mutable_buffer space) = 0;
    [[nodiscard]] virtual Task<Io> write_all(asio::const_buffer bytes) = 0;
    virtual void close() = 0;
    /// Nobody has closed it and nothing came unasked, as far as the kernel knows now.
    [[nodiscard]] virtual bool quiet() = 0;
    [[nodiscard]] virtual const std::string& certificate_problem() const = 0;
    [[nodiscard]] virtual bool resumed() = 0;
    /// Gives the bare socket away, for a layer on top of it; plain streams only.
    [[nodiscard]] virtual asio::ip::tcp::socket release() = 0;
};

[[nodiscard]] std::unique_ptr<Stream> plain_stream(asio::ip::tcp::socket socket);
/// `host` is checked against the certificate and sent as SNI unless it is an address; `place` is host:port.
[[nodiscard]] std::unique_ptr<Stream> tls_stream(asio::ip::tcp::socket socket, std::shared_ptr<ClientState> client,
                                                 const std::string& host, std::string place);

/// No delay; keep-alive and user time-out, so that a dead peer of a silent stream is noticed within a minute.
void tune(asio::ip::tcp::socket& socket);

} // namespace lamp::http
