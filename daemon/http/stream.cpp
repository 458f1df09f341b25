// The only file that instantiates Asio's composed operations on sockets and on ssl::stream.
// Certificates: RFC 5280 paths, RFC 6125 names; what is wrong with one is put into words here.
#include "http/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/check.hpp"
#include "base/freed.hpp"

namespace lamp::http {
namespace {

using asio::ip::tcp;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

/// POLLIN on a plain stream means bytes that nobody asked for; on TLS it may be a session ticket.
bool silent_socket(int descriptor, bool bytes_allowed) {
    pollfd query{.fd = descriptor, .events = POLLIN | POLLRDHUP, .revents = 0};
    if (::poll(&query, 1, 0) == 0) return true;
    return bytes_allowed && (query.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) == 0;
}

class PlainStream final : public Stream {
public:
    explicit PlainStream(tcp::socket socket) : socket_(std::move(socket)) {}

    Task<std::tuple<error_code>> handshake() override { co_return error_code(); }
    // These two are no coroutines: the operation's own frame is the only one that a read allocates (and recycles).
    Task<Io> read_some(asio::mutable_buffer space) override { return socket_.async_read_some(space, no_throw); }
    Task<Io> write_all(asio::const_buffer bytes) override { return asio::async_write(socket_, bytes, no_throw); }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }
    bool quiet() override { return socket_.is_open() && silent_socket(socket_.native_handle(), false); }
    const std::string& certificate_problem() const override { return none_; }
    bool resumed() override { return false; }
    tcp::socket release() override { return std::move(socket_); }

private:
    tcp::socket socket_;
    std::string none_;
};

std::string in_words(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min);
}

std::string in_words(const X509_NAME* distinguished) {
    std::unique_ptr<BIO, Freed<BIO_free>> out(BIO_new(BIO_s_mem()));
    if (!out || X509_NAME_print_ex(out.get(), distinguished, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) < 0)
        return "?";
    char* text = nullptr;
    auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(std::min(size, 200L))};
}

std::string address_in_words(const ASN1_OCTET_STRING* bytes) {
    auto size = ASN1_STRING_length(bytes);
    const auto* data = ASN1_STRING_get0_data(bytes);
    if (size == 4) {
        asio::ip::address_v4::bytes_type raw{};
        std::copy_n(data, 4, raw.begin());
        return asio::ip::address_v4(raw).to_string();
    }
    asio::ip::address_v6::bytes_type raw{};
    if (size != 16) return "?";
    std::copy_n(data, 16, raw.begin());
    return asio::ip::address_v6(raw).to_string();
}

/// The first few names that a certificate was made for.
std::string names_of(X509* certificate) {
    std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::string text;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && i < 5; ++i) {
        const auto* entry = sk_GENERAL_NAME_value(names.get(), i);
        if (entry->type != GEN_DNS && entry->type != GEN_IPADD) continue;
        if (!text.empty()) text += ", ";
        if (entry->type == GEN_IPADD)
            text += address_in_words(entry->d.iPAddress);
        else
            text.append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(entry->d.dNSName)),
                        static_cast<std::size_t>(ASN1_STRING_length(entry->d.dNSName)));
    }
    return text.empty() ? in_words(X509_get_subject_name(certificate)) : text;
}

std::string explain(int problem, X509* certificate, const std::string& host) {
    switch (problem) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return fmt::format("it ended on {}; its owner has to renew it (or this machine's clock is wrong)",
                           in_words(X509_get0_notAfter(certificate)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return fmt::format("it begins only on {}; check this machine's clock",
                           in_words(X509_get0_notBefore(certificate)));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return fmt::format("it is made for {} and not for {}; use a name that stands in it, or ask its owner for one "
                           "with this name",
                           names_of(certificate), host);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return fmt::format("its issuer \"{}\" is not trusted here; put the issuer's certificate (PEM) into a file and "
                           "name it as ca_file, or ask the server's owner to send the whole chain",
                           in_words(X509_get_issuer_name(certificate)));
    default: return X509_verify_cert_error_string(problem);
    }
}

class TlsStream final : public Stream {
public:
    TlsStream(tcp::socket socket, std::shared_ptr<ClientState> client, const std::string& host, std::string place)
        : client_(std::move(client)),
          key_{.store = &client_->sessions, .place = std::move(place)},
          host_(host),
          stream_(std::move(socket), client_->tls) {
        auto* ssl = stream_.native_handle();
        SSL_set_ex_data(ssl, session_key_index(), &key_);
        // Asio sets it; it would free and allocate 17 kB for each record of a stream.
        SSL_clear_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
        error_code not_address;
        asio::ip::make_address(host, not_address);
        if (not_address) SSL_set_tlsext_host_name(ssl, host.c_str());
        if (auto* session = key_.store->find(key_.place)) SSL_set_session(ssl, session);
        if (client_->options.verify == Verify::full)
            check_certificate(!not_address);
        else
            stream_.set_verify_mode(asio::ssl::verify_none);
    }

    Task<std::tuple<error_code>> handshake() override {
        return stream_.async_handshake(asio::ssl::stream_base::client, no_throw);
    }
    Task<Io> read_some(asio::mutable_buffer space) override { return stream_.async_read_some(space, no_throw); }
    Task<Io> write_all(asio::const_buffer bytes) override { return asio::async_write(stream_, bytes, no_throw); }
    void close() override {
        // Otherwise OpenSSL declares the session spoilt, because no goodbye was sent, and it could not be resumed.
        auto* ssl = stream_.native_handle();
        if (SSL_is_init_finished(ssl) == 1) SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_SENT_SHUTDOWN);
        error_code ignored;
        stream_.lowest_layer().close(ignored);
    }
    bool quiet() override {
        auto& socket = stream_.lowest_layer();
        return socket.is_open() && SSL_get_shutdown(stream_.native_handle()) == 0 &&
               silent_socket(socket.native_handle(), true);
    }
    const std::string& certificate_problem() const override { return problem_; }
    bool resumed() override { return SSL_session_reused(stream_.native_handle()) == 1; }
    tcp::socket release() override { check_failed("a TLS stream gives no bare socket", __FILE__, __LINE__); }

private:
    void check_certificate(bool host_is_address) {
        auto* wanted = SSL_get0_param(stream_.native_handle());
        if (host_is_address)
            X509_VERIFY_PARAM_set1_ip_asc(wanted, host_.c_str());
        else {
            X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
            X509_VERIFY_PARAM_set1_host(wanted, host_.c_str(), host_.size());
        }
        stream_.set_verify_mode(asio::ssl::verify_peer);
        stream_.set_verify_callback([this](bool fine, asio::ssl::verify_context& context) {
            if (!fine && problem_.empty()) note(context.native_handle());
            return fine;
        });
    }
    void note(X509_STORE_CTX* store) {
        auto* certificate = X509_STORE_CTX_get_current_cert(store);
        auto problem = X509_STORE_CTX_get_error(store);
        problem_ =
            certificate != nullptr ? explain(problem, certificate, host_) : X509_verify_cert_error_string(problem);
    }

    std::shared_ptr<ClientState> client_;
    SessionKey key_;
    std::string host_;
    std::string problem_;
    asio::ssl::stream<tcp::socket> stream_;
};

void set(int descriptor, int level, int name, int value) {
    // A kernel without the option is no reason to refuse the connection.
    static_cast<void>(::setsockopt(descriptor, level, name, &value, sizeof value));
}

} // namespace

std::unique_ptr<Stream> plain_stream(tcp::socket socket) {
    return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<Stream> tls_stream(tcp::socket socket, std::shared_ptr<ClientState> client, const std::string& host,
                                   std::string place) {
    return std::make_unique<TlsStream>(std::move(socket), std::move(client), host, std::move(place));
}

void tune(tcp::socket& socket) {
    auto descriptor = socket.native_handle();
    set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
    set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, 20);
    set(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(descriptor, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, 50'000);
}

} // namespace lamp::http
