// Access tokens of outside services (RFC 6749, 7523): asked for once, shared, renewed before they end.
// A TokenSource belongs to one loop. It logs nothing and decides nothing: who asks gets a token or an error.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <variant>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/secret.hpp"
#include "http/client.hpp"
#include "http/jwt.hpp"
#include "loop/loop.hpp"

namespace lamp::http {

/// RFC 6749 section 4.4. Microsoft: scope "https://graph.microsoft.com/.default".
struct ClientCredentials {
    std::string scope{};
};
/// RFC 6749 section 6: GoTo, Zoho, Google and Microsoft on behalf of a person.
struct RefreshGrant {
    Secret refresh_token;
    std::string scope{};
};
/// Zoom's server-to-server grant; the login goes as Basic.
struct AccountCredentials {
    std::string account_id;
};
/// RFC 7523 section 2.1, Google's service accounts: one token per subject.
struct JwtBearer {
    std::string issuer;
    std::string subject{}; // who is acted for; empty: the service account itself
    std::string scope;
    SigningKey key;
    std::string key_id{};
};
using Grant = std::variant<ClientCredentials, RefreshGrant, AccountCredentials, JwtBearer>;

struct ClientSecret {
    enum class Place : std::uint8_t { form, basic };
    Secret secret;
    Place place = Place::form;
};
/// RFC 7523 section 2.2 as Microsoft wants it: a signed assertion that names the certificate by its thumbprints.
struct ClientCertificate {
    SigningKey key;
    Certificate certificate;

    [[nodiscard]] static Result<ClientCertificate> parse(std::string_view certificate_pem, const Secret& key_pem);
};
struct NoClientLogin {}; // the grant says it all (JwtBearer), or a public client
using ClientLogin = std::variant<NoClientLogin, ClientSecret, ClientCertificate>;

struct TokenOptions {
    std::string token_url; // "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    std::string client_id{};
    Grant grant;
    ClientLogin login = NoClientLogin{};
    std::string audience{}; // `aud` of assertions; empty: token_url
    /// A refresh token that replaces the old one. The access token is given to nobody before this has returned: put it
    /// on disk here, the old one may be worthless already.
    std::function<Task<>(Secret refresh_token)> on_refresh_token{};
    std::uint64_t seed = std::random_device()(); // jitter
};

struct TokenReport {
    bool usable = false;     // a token is at hand
    bool fetching = false;   // one is being asked for, or a new refresh token being kept
    std::string principal{}; // whom the last token stands for, where the service tells
    std::uint64_t fetches = 0;
    std::uint64_t failures = 0; // of them
    int failures_in_a_row = 0;
    std::string last_error{};           // why the last fetch failed; empty after a good one
    std::optional<milliseconds> left{}; // of the token's life
    milliseconds skew{0};               // the service's clock minus ours, as its Date header tells
};

class TokenSource {
public:
    /// Category::invalid for an unreadable address or an AccountCredentials grant without a secret.
    [[nodiscard]] static Result<TokenSource> make(const Client& client, TokenOptions options);
    ~TokenSource(); // as close()
    TokenSource(TokenSource&&) noexcept;
    TokenSource& operator=(TokenSource&&) noexcept;

    /// A token that is good for at least some seconds. However many ask, one request is under way. While the old token
    /// lasts, it is given at once and the new one fetched behind it. After a failure the error is given again without
    /// a request for 1 to 60 s, or 30 s to 10 min when a person must act; see token_answer.hpp for the categories.
    [[nodiscard]] Task<Result<Secret>> token();
    /// The service said 401 to it: this token is given to nobody any more. A newer one stays.
    void reject(const Secret& token);
    /// The service said 403: permissions stand in the token, and may have been granted since it was given. A new one is
    /// fetched behind the present one, unless that is but seconds old.
    void renew();
    /// Ends what is under way; everybody who waits, and who asks later, gets Category::cancelled.
    void close();

    [[nodiscard]] TokenReport report() const;

private:
    struct State;
    explicit TokenSource(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

/// The form that is posted for one token, and the Authorization header if there is one. `server_now`: our wall clock
/// corrected by the service's. For tests; TokenSource calls it.
struct TokenRequest {
    std::string form;
    Secret authorization;
};
[[nodiscard]] Result<TokenRequest> token_request(const TokenOptions& options, Wall server_now);

} // namespace lamp::http
