// A connected descriptor, plain or TLS, read and written without ever waiting. OpenSSL works on the descriptor itself:
// an idle TLS connection costs what OpenSSL needs and no buffers of ours (perf-and-libs A.3). Lives
// with its connection.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/tls.hpp"

namespace lamp::net {

struct Moved {
    enum class What : std::uint8_t { bytes, would_block, closed, error } what;
    std::size_t size = 0;
    bool wants_write = false; // would_block: until the descriptor is writable (else readable)
};

class Wire {
public:
    Wire() = default;
    /// Owns the descriptor. `context` null: plain. TLS as the server; not `tls` then: OpenSSL has no memory.
    Wire(int descriptor, SSL_CTX* context);
    /// TLS as the client; `server_name`, if there is one, is sent (SNI) and must stand in the certificate.
    [[nodiscard]] static Wire dialled(int descriptor, SSL_CTX* context, const std::string& server_name);
    ~Wire();
    Wire(Wire&& other) noexcept;
    Wire& operator=(Wire&& other) noexcept;

    /// TLS only: `bytes` when it is done.
    [[nodiscard]] Moved handshake();
    [[nodiscard]] Moved read_some(char* into, std::size_t size);
    [[nodiscard]] Moved write_some(std::string_view bytes);
    /// How much the kernel may hold of what is written.
    void limit_send_buffer(int bytes) const;
    /// Says that nothing more will be written; reading goes on.
    void shut_down();
    void close();

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] bool tls() const { return ssl_ != nullptr; }
    /// TLS: the peer has shown a certificate, and an authority vouches for it.
    [[nodiscard]] bool certified() const;
    /// TLS: of a certified peer's certificate, if it is in time now, the subject's common name and the alternative
    /// names (DNS, e-mail, URI; RFC 5280 section 4.2.1.6). Else none.
    [[nodiscard]] std::vector<std::string> certificate_names() const;
    /// TLS: why the certificate that the peer has shown is not taken, in OpenSSL's words; empty: it is, or none was
    /// shown.
    [[nodiscard]] std::string_view certificate_problem() const;
    /// TLS: why the last call ended in an error, in OpenSSL's words; empty: it was the connection.
    [[nodiscard]] std::string_view problem() const;
    /// Bytes that are read and decrypted already: the descriptor will not announce them.
    [[nodiscard]] bool holds_bytes() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }

private:
    [[nodiscard]] Moved explained(int result);

    int descriptor_ = -1;
    unsigned long problem_ = 0;
    std::unique_ptr<SSL, SslFree> ssl_;
};

} // namespace lamp::net
