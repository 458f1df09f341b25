#include "status/wire.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fmt/format.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace lamp::status {
namespace {

std::string openssl_reason() {
    auto code = ERR_get_error();
    const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    ERR_clear_error();
    return reason ? reason : "no reason given";
}

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
    static constexpr unsigned char http_1_1[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_length, http_1_1, sizeof http_1_1 - 1, offered, offered_length) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

} // namespace

Result<TlsContext> make_tls_context(const std::filesystem::path& certificate, const std::filesystem::path& key) {
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    if (!context) return fail(Category::invalid, "OpenSSL cannot make a server context.");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF); // tickets do; no memory per client
    SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
        return fail(Category::invalid,
                    fmt::format("The certificate {} cannot be used: {}.", certificate.string(), openssl_reason()));
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail(Category::invalid, fmt::format("The key {} cannot be used: {}.", key.string(), openssl_reason()));
    return context;
}

Wire::Wire(int descriptor, SSL_CTX* context) : descriptor_(descriptor) {
    if (!context) return;
    ssl_.reset(SSL_new(context));
    if (ssl_) SSL_set_fd(ssl_.get(), descriptor);
    if (ssl_) SSL_set_accept_state(ssl_.get());
}

Wire::~Wire() {
    close();
}

Wire::Wire(Wire&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), ssl_(std::move(other.ssl_)) {}

Wire& Wire::operator=(Wire&& other) noexcept {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    ssl_ = std::move(other.ssl_);
    return *this;
}

Moved Wire::explained(int result) {
    int why = SSL_get_error(ssl_.get(), result);
    switch (why) {
    case SSL_ERROR_WANT_READ: return {Moved::What::would_block};
    case SSL_ERROR_WANT_WRITE: return {Moved::What::would_block, 0, true};
    case SSL_ERROR_ZERO_RETURN: return {Moved::What::closed};
    default: break;
    }
    ERR_clear_error(); // the queue is the thread's, not the connection's
    return {Moved::What::error};
}

Moved Wire::handshake() {
    ERR_clear_error();
    int result = SSL_do_handshake(ssl_.get());
    return result == 1 ? Moved{Moved::What::bytes} : explained(result);
}

Moved Wire::read_some(char* into, std::size_t size) {
    if (ssl_) {
        ERR_clear_error();
        int got = SSL_read(ssl_.get(), into, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
        return got > 0 ? Moved{Moved::What::bytes, static_cast<std::size_t>(got)} : explained(got);
    }
    auto got = ::recv(descriptor_, into, size, 0);
    if (got > 0) return {Moved::What::bytes, static_cast<std::size_t>(got)};
    if (got == 0) return {Moved::What::closed};
    return {errno == EAGAIN || errno == EINTR ? Moved::What::would_block : Moved::What::error};
}

Moved Wire::write_some(std::string_view bytes) {
    if (bytes.empty()) return {Moved::What::bytes};
    if (ssl_) {
        ERR_clear_error();
        int put = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
        return put > 0 ? Moved{Moved::What::bytes, static_cast<std::size_t>(put)} : explained(put);
    }
    auto put = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) return {Moved::What::bytes, static_cast<std::size_t>(put)};
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return {Moved::What::would_block, 0, true};
    return {Moved::What::error};
}

void Wire::limit_send_buffer(int bytes) const {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void Wire::shut_down() {
    if (ssl_ && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
    ERR_clear_error();
    if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_WR);
}

void Wire::close() {
    if (ssl_ && SSL_is_init_finished(ssl_.get())) {
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
    ssl_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

} // namespace lamp::status
