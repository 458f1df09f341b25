// TLS as RFC 8446 and RFC 9325 want it: 1.2 at least, certificates checked, sessions resumed.
#include "http/client.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/check.hpp"
#include "base/log.hpp"
#include "http/client_state.hpp"

namespace lamp::http {
namespace {

constexpr std::size_t header_bytes_most = 61'440; // it has to fit into a connection's read buffer

std::unexpected<Error> invalid(std::string text) {
    return fail(Category::invalid, std::move(text));
}

int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto* key = static_cast<SessionKey*>(SSL_get_ex_data(ssl, session_key_index()));
    if (key == nullptr) return 0;
    key->store->put(key->place, Session(session));
    return 1; // ours now
}

Result<void> read_proxy(ClientState& state) {
    const auto& text = state.options.proxy;
    if (text.empty()) return {};
    auto url = Url::parse(text);
    if (!url) return invalid(fmt::format("The proxy must be written as http://host:port. {}", url.error().text));
    if (url->tls || url->path != "/")
        return invalid(fmt::format("The proxy \"{}\" cannot be used: write it as http://host:port.", text));
    state.proxy = std::move(*url);
    return {};
}

Result<void> read_trust(ClientState& state) {
    auto* native = state.tls.native_handle();
    if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1)
        return invalid("OpenSSL does not offer TLS 1.2; check openssl.cnf.");
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native, keep_session);
    if (state.options.verify == Verify::none) {
        log::warning("http", "certificates are not checked: anybody on the way can read and change what is sent");
        return {};
    }
    boost::system::error_code error;
    if (state.options.ca_file.empty())
        state.tls.set_default_verify_paths(error);
    else
        state.tls.load_verify_file(state.options.ca_file, error);
    ERR_clear_error();
    if (!error) return {};
    if (state.options.ca_file.empty())
        return invalid(fmt::format(
            "The system's certificates cannot be read ({}); install the package ca-certificates.", error.message()));
    return invalid(
        fmt::format("ca_file \"{}\" cannot be read ({}): it must be a readable file of certificates in PEM form.",
                    state.options.ca_file, error.message()));
}

} // namespace

int session_key_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

void SessionStore::put(const std::string& place, Session session) {
    if (sessions_.size() >= sessions_max && !sessions_.contains(place)) sessions_.erase(sessions_.begin());
    sessions_.insert_or_assign(place, std::move(session));
}

SSL_SESSION* SessionStore::find(const std::string& place) {
    auto found = sessions_.find(place);
    if (found == sessions_.end()) return nullptr;
    if (SSL_SESSION_is_resumable(found->second.get()) != 0) return found->second.get();
    sessions_.erase(found);
    return nullptr;
}

Result<Client> Client::make(asio::io_context& context, ClientOptions options) {
    if (options.header_bytes > header_bytes_most)
        return invalid(fmt::format("header_bytes cannot be more than {}.", header_bytes_most));
    auto state = std::make_shared<ClientState>(context, std::move(options));
    if (auto proxy = read_proxy(*state); !proxy) return std::unexpected(std::move(proxy.error()));
    if (auto trust = read_trust(*state); !trust) return std::unexpected(std::move(trust.error()));
    return Client(std::move(state));
}

const ClientOptions& Client::options() const {
    return state_->options;
}
asio::io_context& Client::context() const {
    return state_->context;
}

} // namespace lamp::http
