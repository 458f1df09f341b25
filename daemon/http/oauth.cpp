#include "http/oauth.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <exception>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <utility>

#include "base/check.hpp"
#include "http/pool.hpp"
#include "http/token_keeper.hpp"
#include "http/url.hpp"

namespace lamp::http {
namespace {

namespace json = boost::json;

constexpr seconds back_dated{20}; // of an assertion's iat and nbf
constexpr seconds client_assertion_life{300};
constexpr seconds grant_assertion_life{3600}; // the most that Google allows
constexpr milliseconds skew_that_matters{30'000};
constexpr milliseconds wait_at_most{120'000}; // for another's fetch; each has limits of its own

template <class... Ts>
struct Cases : Ts... {
    using Ts::operator()...;
};

void add(std::string& form, std::string_view name, std::string_view value) {
    if (!form.empty()) form += '&';
    form += name;
    form += '=';
    form += encode_query(value);
}

void add_if(std::string& form, std::string_view name, std::string_view value) {
    if (!value.empty()) add(form, name, value);
}

std::int64_t unix_s(Wall time) {
    return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

std::string fresh_id() {
    std::array<unsigned char, 16> random{};
    LAMP_CHECK(RAND_bytes(random.data(), random.size()) == 1);
    return to_base64url({reinterpret_cast<const char*>(random.data()), random.size()});
}

Result<std::string> client_assertion(const ClientCertificate& login, std::string_view client_id,
                                     std::string_view audience, Wall now) {
    json::object header{
        {"alg", "RS256"}, {"typ", "JWT"}, {"x5t", login.certificate.x5t}, {"x5t#S256", login.certificate.x5t_s256}};
    json::object payload{{"aud", audience},
                         {"iss", client_id},
                         {"sub", client_id},
                         {"jti", fresh_id()},
                         {"iat", unix_s(now - back_dated)},
                         {"nbf", unix_s(now - back_dated)},
                         {"exp", unix_s(now + client_assertion_life)}};
    return sign_rs256(json::serialize(header), json::serialize(payload), login.key);
}

Result<std::string> grant_assertion(const JwtBearer& grant, std::string_view audience, Wall now) {
    json::object header{{"alg", "RS256"}, {"typ", "JWT"}};
    if (!grant.key_id.empty()) header["kid"] = grant.key_id;
    json::object payload{{"iss", grant.issuer}};
    if (!grant.subject.empty()) payload["sub"] = grant.subject;
    payload["scope"] = grant.scope;
    payload["aud"] = audience;
    payload["iat"] = unix_s(now - back_dated);
    payload["exp"] = unix_s(now - back_dated + grant_assertion_life);
    return sign_rs256(json::serialize(header), json::serialize(payload), grant.key);
}

Result<void> add_grant(std::string& form, const TokenOptions& options, std::string_view audience, Wall now) {
    return std::visit(Cases{[&](const ClientCredentials& grant) -> Result<void> {
                                add(form, "grant_type", "client_credentials");
                                add_if(form, "scope", grant.scope);
                                return {};
                            },
                            [&](const RefreshGrant& grant) -> Result<void> {
                                add(form, "grant_type", "refresh_token");
                                add(form, "refresh_token", grant.refresh_token.reveal());
                                add_if(form, "scope", grant.scope);
                                return {};
                            },
                            [&](const AccountCredentials& grant) -> Result<void> {
                                add(form, "grant_type", "account_credentials");
                                add(form, "account_id", grant.account_id);
                                return {};
                            },
                            [&](const JwtBearer& grant) -> Result<void> {
                                auto assertion = grant_assertion(grant, audience, now);
                                if (!assertion) return std::unexpected(assertion.error());
                                add(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
                                add(form, "assertion", *assertion);
                                return {};
                            }},
                      options.grant);
}

Result<void> add_login(TokenRequest& out, const TokenOptions& options, std::string_view audience, Wall now) {
    return std::visit(
        Cases{[&](const NoClientLogin&) -> Result<void> {
                  add_if(out.form, "client_id", options.client_id);
                  return {};
              },
              [&](const ClientSecret& login) -> Result<void> {
                  if (login.place == ClientSecret::Place::basic) {
                      // RFC 6749 section 2.3.1: both are form-encoded first.
                      out.authorization =
                          basic(encode_query(options.client_id), Secret(encode_query(login.secret.reveal())));
                      return {};
                  }
                  add(out.form, "client_id", options.client_id);
                  add(out.form, "client_secret", login.secret.reveal());
                  return {};
              },
              [&](const ClientCertificate& login) -> Result<void> {
                  auto assertion = client_assertion(login, options.client_id, audience, now);
                  if (!assertion) return std::unexpected(assertion.error());
                  add(out.form, "client_id", options.client_id);
                  add(out.form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
                  add(out.form, "client_assertion", *assertion);
                  return {};
              }},
        options.login);
}

/// A service that quotes what it was sent must not bring it into our log.
std::string scrubbed(std::string text, const TokenOptions& options) {
    auto hide = [&text](const Secret& secret) {
        const auto& hidden = secret.reveal();
        if (hidden.empty()) return;
        for (auto at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at + 3))
            text.replace(at, hidden.size(), "***");
    };
    if (const auto* login = std::get_if<ClientSecret>(&options.login)) hide(login->secret);
    if (const auto* grant = std::get_if<RefreshGrant>(&options.grant)) hide(grant->refresh_token);
    return text;
}

Error cancelled() {
    return {Category::cancelled, "The token was no longer waited for: the service is being shut down."};
}

} // namespace

Result<ClientCertificate> ClientCertificate::parse(std::string_view certificate_pem, const Secret& key_pem) {
    auto key = SigningKey::parse(key_pem);
    if (!key) return std::unexpected(key.error());
    auto certificate = Certificate::parse(certificate_pem, *key);
    if (!certificate) return std::unexpected(certificate.error());
    return ClientCertificate{.key = std::move(*key), .certificate = std::move(*certificate)};
}

Result<TokenRequest> token_request(const TokenOptions& options, Wall server_now) {
    const auto& audience = options.audience.empty() ? options.token_url : options.audience;
    TokenRequest out;
    auto added = add_grant(out.form, options, audience, server_now);
    if (added) added = add_login(out, options, audience, server_now);
    if (!added) return std::unexpected(added.error());
    return out;
}

struct TokenSource::State {
    State(const Client& client, TokenOptions given, const Url& where)
        : context(client.context()),
          options(std::move(given)),
          url(where),
          pool(client, where, {.parallel = 1, .waiting = 1}),
          keeper(options.seed),
          fetched(client.context()) {}

    static Task<Result<Secret>> token(std::shared_ptr<State> self);
    static Task<> fetch(std::shared_ptr<State> self);
    static void start_fetch(const std::shared_ptr<State>& self);
    Task<std::expected<GrantedToken, TokenFailure>> attempt();
    bool learn_skew(const Answer& answer, Wall asked, Wall answered);
    [[nodiscard]] bool signs() const {
        return std::holds_alternative<JwtBearer>(options.grant) ||
               std::holds_alternative<ClientCertificate>(options.login);
    }

    asio::io_context& context;
    TokenOptions options;
    Url url;
    Pool pool;
    TokenKeeper keeper;
    Bell fetched;
    bool fetching = false;
    bool closed = false;
    std::uint64_t fetches = 0;
    std::uint64_t failures = 0;
    milliseconds skew{0};
    std::string principal;
};

/// The Date header has whole seconds; on average the moment was half a second later. True when the estimate moved so
/// far that a refused assertion deserves a second try.
bool TokenSource::State::learn_skew(const Answer& answer, Wall asked, Wall answered) {
    auto field = answer.headers.find("Date");
    auto date = field ? parse_http_date(*field) : std::nullopt;
    if (!date) return false;
    auto found = *date + milliseconds(500) - (asked + (answered - asked) / 2);
    auto moved = std::chrono::abs(found - skew) > skew_that_matters;
    skew = found;
    return moved;
}

Task<std::expected<GrantedToken, TokenFailure>> TokenSource::State::attempt() {
    for (bool again = false;; again = true) {
        auto made = token_request(options, wall_now() + skew);
        if (!made) co_return std::unexpected(TokenFailure{.error = made.error(), .patience = Patience::long_});
        Request request{.method = Method::post,
                        .target = url.path,
                        .headers = {{"Accept", "application/json"}},
                        .body = std::move(made->form),
                        .content_type = "application/x-www-form-urlencoded",
                        .authorization = std::move(made->authorization)};
        // A refresh token may be good for one use only.
        request.safe_to_repeat = !std::holds_alternative<RefreshGrant>(options.grant);
        auto asked = wall_now();
        auto answer = co_await pool.exchange(std::move(request));
        if (!answer) co_return std::unexpected(TokenFailure{.error = answer.error()});
        auto now = wall_now();
        bool moved = learn_skew(*answer, asked, now);
        auto read = read_token_answer(*answer, url.host, now);
        if (!read && read.error().clock_may_be_wrong && moved && signs() && !again) continue;
        co_return read;
    }
}

Task<> TokenSource::State::fetch(std::shared_ptr<State> self) {
    auto asked = steady_now();
    ++self->fetches;
    auto got = co_await self->attempt();
    if (got && !got->refresh_token.empty()) {
        auto* grant = std::get_if<RefreshGrant>(&self->options.grant);
        if (grant != nullptr && grant->refresh_token != got->refresh_token) {
            grant->refresh_token = got->refresh_token;
            if (self->options.on_refresh_token) co_await self->options.on_refresh_token(got->refresh_token);
        }
    }
    if (got) {
        self->principal = got->principal;
        self->keeper.granted(*got, asked);
    } else {
        ++self->failures;
        got.error().error.text = scrubbed(std::move(got.error().error.text), self->options);
        self->keeper.failed(std::move(got.error()), steady_now());
    }
    self->fetching = false;
    self->fetched.ring();
}

void TokenSource::State::start_fetch(const std::shared_ptr<State>& self) {
    self->fetching = true;
    // A coroutine of its own: whoever asked first may be cancelled without harm to the others.
    asio::co_spawn(self->context, fetch(self), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    });
}

Task<Result<Secret>> TokenSource::State::token(std::shared_ptr<State> self) {
    using Step = TokenKeeper::Step;
    while (true) {
        if (self->closed) co_return std::unexpected(cancelled());
        auto step = self->keeper.step(steady_now());
        if (step == Step::use_and_fetch && !self->fetching) start_fetch(self);
        if (step == Step::use || step == Step::use_and_fetch) co_return self->keeper.token();
        if (!self->fetching) {
            if (step == Step::refuse) co_return std::unexpected(self->keeper.error());
            start_fetch(self);
        }
        while (self->fetching && !self->closed)
            co_await self->fetched.wait(wait_at_most);
    }
}

TokenSource::TokenSource(std::shared_ptr<State> state) : state_(std::move(state)) {}
TokenSource::TokenSource(TokenSource&&) noexcept = default;

TokenSource& TokenSource::operator=(TokenSource&& other) noexcept {
    if (this == &other) return *this;
    if (state_) close();
    state_ = std::move(other.state_);
    return *this;
}

TokenSource::~TokenSource() {
    if (state_) close();
}

Result<TokenSource> TokenSource::make(const Client& client, TokenOptions options) {
    auto url = Url::parse(options.token_url);
    if (!url) return std::unexpected(url.error());
    if (std::holds_alternative<AccountCredentials>(options.grant) &&
        !std::holds_alternative<ClientSecret>(options.login))
        return fail(Category::invalid, "The account_credentials grant needs a client secret.");
    return TokenSource(std::make_shared<State>(client, std::move(options), *url));
}

Task<Result<Secret>> TokenSource::token() {
    return State::token(state_);
}

void TokenSource::reject(const Secret& token) {
    state_->keeper.reject(token, steady_now());
}

void TokenSource::renew() {
    if (state_->closed || state_->fetching || !state_->keeper.worth_renewing(steady_now())) return;
    State::start_fetch(state_);
}

void TokenSource::close() {
    if (std::exchange(state_->closed, true)) return;
    state_->pool.close();
    state_->fetched.ring();
}

TokenReport TokenSource::report() const {
    const auto& keeper = state_->keeper;
    auto now = steady_now();
    TokenReport out{.fetching = state_->fetching,
                    .principal = state_->principal,
                    .fetches = state_->fetches,
                    .failures = state_->failures,
                    .failures_in_a_row = keeper.failures(),
                    .skew = state_->skew};
    auto step = keeper.step(now);
    out.usable = step == TokenKeeper::Step::use || step == TokenKeeper::Step::use_and_fetch;
    if (out.usable) out.left = std::chrono::duration_cast<milliseconds>(keeper.expires_at() - now);
    if (keeper.failed_last()) out.last_error = keeper.error().text;
    return out;
}

} // namespace lamp::http
