// What is behind a Client: the TLS context and the sessions to resume. For this room's own .cpp files (OpenSSL inside).
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "http/client.hpp"
#include "http/url.hpp"

namespace lamp::http {

struct SessionDelete {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Session = std::unique_ptr<SSL_SESSION, SessionDelete>;

/// One loop's: sessions are stored and taken from its connections' reads.
class SessionStore {
public:
    static constexpr std::size_t sessions_max = 64;

    void put(const std::string& place, Session session);
    /// Nothing when there is none or it cannot be resumed any more.
    [[nodiscard]] SSL_SESSION* find(const std::string& place);

private:
    std::map<std::string, Session, std::less<>> sessions_;
};

struct ClientState {
    ClientState(asio::io_context& context_, ClientOptions options_)
        : context(context_), options(std::move(options_)), tls(asio::ssl::context::tls_client) {}

    asio::io_context& context;
    ClientOptions options;
    std::optional<Url> proxy{};
    asio::ssl::context tls;
    SessionStore sessions{};
};

/// Where an SSL object keeps the SessionKey of its connection.
[[nodiscard]] int session_key_index();
struct SessionKey {
    SessionStore* store;
    std::string place;
};

} // namespace lamp::http
