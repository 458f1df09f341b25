// OpenSSL contexts for both ends of a connection: TLS 1.2 and 1.3 only (RFC 8996). Made on any thread, then never
// changed; a new certificate is a new context.
#pragma once
#include <filesystem>
#include <memory>
#include <openssl/ssl.h>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp::net {

struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, SslFree>;

struct TlsFiles { // PEM
    std::filesystem::path certificate;
    std::filesystem::path key;
    std::filesystem::path client_ca{}; // given: a client may show a certificate, which this authority must vouch for
};
/// Errors name the file that cannot be used. `protocol`: the one protocol that is agreed to by ALPN ("http/1.1"), a
/// text that lives for ever; null: whatever the client offers is ignored.
[[nodiscard]] Result<TlsContext> server_context(const TlsFiles& files, const char* protocol);

/// For connections that we open: the peer must show a certificate of an authority in `ca_file`, or of the system's if
/// that is empty. `files` with a certificate: what we show when asked.
[[nodiscard]] Result<TlsContext> client_context(const std::filesystem::path& ca_file, const TlsFiles& files);

/// When the first of the certificates in the file ends: a chain holds no longer than that. The error names the file.
[[nodiscard]] Result<Wall> certificate_end(const std::filesystem::path& file);

} // namespace lamp::net
