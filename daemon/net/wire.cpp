#include "net/wire.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace lamp::net {
Wire::Wire(int descriptor, SSL_CTX* context) : descriptor_(descriptor) {
    if (!context) return;
    ssl_.reset(SSL_new(context));
    if (ssl_) SSL_set_fd(ssl_.get(), descriptor);
    if (ssl_) SSL_set_accept_state(ssl_.get());
}

Wire Wire::dialled(int descriptor, SSL_CTX* context, const std::string& server_name) {
    Wire wire(descriptor, context);
    if (!wire.ssl_) return wire;
    SSL_set_connect_state(wire.ssl_.get());
    if (server_name.empty()) return wire;
    const bool named = SSL_set_tlsext_host_name(wire.ssl_.get(), server_name.c_str()) == 1 &&
                       SSL_set1_host(wire.ssl_.get(), server_name.c_str()) == 1;
    if (!named) wire.ssl_.reset(); // seen by `tls`
    return wire;
}

bool Wire::certified() const {
    if (!ssl_ || !SSL_is_init_finished(ssl_.get())) return false;
    return SSL_get0_peer_certificate(ssl_.get()) != nullptr && SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

namespace {

constexpr std::size_t names_max = 64;
constexpr std::size_t name_length_max = 512;

/// Nothing for a text with a zero byte in it: it would be read as another one elsewhere.
void add_name(std::vector<std::string>& names, const ASN1_STRING* text) {
    unsigned char* utf8 = nullptr;
    int size = ASN1_STRING_to_UTF8(&utf8, text);
    if (size > 0 && static_cast<std::size_t>(size) <= name_length_max && names.size() < names_max) {
        std::string name(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
        if (name.find('\0') == std::string::npos) names.push_back(std::move(name));
    }
    OPENSSL_free(utf8);
}

void add_alternative_names(std::vector<std::string>& names, const X509* certificate) {
    auto* all = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
        const GENERAL_NAME* one = sk_GENERAL_NAME_value(all, i);
        int kind = 0;
        const void* value = GENERAL_NAME_get0_value(one, &kind);
        if (kind == GEN_DNS || kind == GEN_EMAIL || kind == GEN_URI)
            add_name(names, static_cast<const ASN1_STRING*>(value));
    }
    GENERAL_NAMES_free(all);
}

} // namespace

std::vector<std::string> Wire::certificate_names() const {
    std::vector<std::string> names;
    if (!certified()) return names;
    const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    // A session that was resumed may have outlived its certificate.
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) return names;
    const X509_NAME* subject = X509_get_subject_name(certificate);
    if (int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); at >= 0)
        add_name(names, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    add_alternative_names(names, certificate);
    ERR_clear_error();
    return names;
}

std::string_view Wire::certificate_problem() const {
    auto result = ssl_ ? SSL_get_verify_result(ssl_.get()) : X509_V_OK;
    return result == X509_V_OK ? std::string_view() : X509_verify_cert_error_string(result);
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

std::string_view Wire::problem() const {
    const char* reason = problem_ != 0 ? ERR_reason_error_string(problem_) : nullptr;
    return reason ? reason : "";
}

Moved Wire::explained(int result) {
    int why = SSL_get_error(ssl_.get(), result);
    switch (why) {
    case SSL_ERROR_WANT_READ: return {Moved::What::would_block};
    case SSL_ERROR_WANT_WRITE: return {Moved::What::would_block, 0, true};
    case SSL_ERROR_ZERO_RETURN: return {Moved::What::closed};
    default: break;
    }
    problem_ = ERR_peek_error();
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

} // namespace lamp::net
