#include "net/tls.hpp"

#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <optional>
#include <string>

#include "base/freed.hpp"

namespace lamp::net {
namespace {

using Path = std::filesystem::path;

Error unusable(const char* what, const Path& file) {
    const auto code = ERR_get_error();
    const char* reason = ERR_SYSTEM_ERROR(code) ? std::strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
    const std::string known = reason ? reason : "no reason given";
    ERR_clear_error();
    return Error(Category::invalid, fmt::format("The {} {} cannot be used: {}.", what, file.string(), known));
}

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned int offered_length, void* argument) {
    const auto* ours = static_cast<const char*>(argument);
    const auto length = std::strlen(ours);
    for (unsigned int at = 0; at < offered_length; at += 1U + offered[at]) {
        if (offered[at] != length || at + 1 + length > offered_length) continue;
        if (std::memcmp(offered + at + 1, ours, length) != 0) continue;
        *out = offered + at + 1;
        *out_length = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

TlsContext bare_context(const SSL_METHOD* method) {
    TlsContext context(SSL_CTX_new(method));
    if (!context) return context;
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF); // tickets do; no memory per client
    return context;
}

Result<void> show(SSL_CTX* context, const TlsFiles& files) {
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
        return std::unexpected(unusable("certificate", files.certificate));
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
        return std::unexpected(unusable("key", files.key));
    return {};
}

} // namespace

Result<Wall> certificate_end(const Path& file) {
    const std::unique_ptr<BIO, Freed<BIO_free>> source(BIO_new_file(file.c_str(), "r"));
    if (!source) return std::unexpected(unusable("certificate", file));
    std::optional<Wall> end;
    while (true) {
        const std::unique_ptr<X509, Freed<X509_free>> one(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr));
        if (!one) break;
        std::tm time{};
        if (ASN1_TIME_to_tm(X509_get0_notAfter(one.get()), &time) != 1) continue;
        const Wall its{seconds(::timegm(&time))};
        if (!end || its < *end) end = its;
    }
    if (!end) return std::unexpected(unusable("certificate", file));
    ERR_clear_error(); // the end of the file is one
    return *end;
}

Result<TlsContext> server_context(const TlsFiles& files, const char* protocol) {
    auto context = bare_context(TLS_server_method());
    if (!context) return fail(Category::invalid, "OpenSSL cannot make a server context.");
    if (protocol) SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, const_cast<char*>(protocol));
    if (auto shown = show(context.get(), files); !shown) return std::unexpected(shown.error());
    if (files.client_ca.empty()) return context;
    auto* names = SSL_load_client_CA_file(files.client_ca.c_str());
    if (!names || SSL_CTX_load_verify_locations(context.get(), files.client_ca.c_str(), nullptr) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return std::unexpected(unusable("certificate authority", files.client_ca));
    }
    SSL_CTX_set_client_CA_list(context.get(), names);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    static constexpr unsigned char scope[] = "lamplighter"; // tickets of clients that were verified need one
    SSL_CTX_set_session_id_context(context.get(), scope, sizeof scope - 1);
    return context;
}

Result<TlsContext> client_context(const Path& ca_file, const TlsFiles& files) {
    auto context = bare_context(TLS_client_method());
    if (!context) return fail(Category::invalid, "OpenSSL cannot make a client context.");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(context.get());
    } else if (SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) {
        return std::unexpected(unusable("certificate authority", ca_file));
    }
    if (files.certificate.empty()) return context;
    if (auto shown = show(context.get(), files); !shown) return std::unexpected(shown.error());
    return context;
}

} // namespace lamp::net
