// A connected descriptor, plain or TLS, read and written without ever waiting. OpenSSL works on the descriptor itself:
// an idle TLS connection costs what OpenSSL needs and no buffers of ours (perf-and-libs A.3). Serve loop.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <openssl/ssl.h>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::status {

struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, SslFree>;
/// TLS 1.2 and 1.3. Errors name the file that cannot be used.
[[nodiscard]] Result<TlsContext> make_tls_context(const std::filesystem::path& certificate,
                                                  const std::filesystem::path& key);

struct Moved {
    enum class What : std::uint8_t { bytes, would_block, closed, error } what;
    std::size_t size = 0;
    bool wants_write = false; // would_block: until the descriptor is writable (else readable)
};

class Wire {
public:
    Wire() = default;
    /// Owns the descriptor. `context` null: plain.
    Wire(int descriptor, SSL_CTX* context);
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
    /// Bytes that are read and decrypted already: the descriptor will not announce them.
    [[nodiscard]] bool holds_bytes() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }

private:
    [[nodiscard]] Moved explained(int result);

    int descriptor_ = -1;
    std::unique_ptr<SSL, SslFree> ssl_;
};

} // namespace lamp::status
