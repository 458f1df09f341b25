#include "adapters/calendars/google_login.hpp"

#include <openssl/rand.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <optional>
#include <utility>

#include "adapters/calendars/google_client.hpp"
#include "base/check.hpp"
#include "http/jwt.hpp"
#include "http/token_answer.hpp"
#include "proto/google/channel.hpp"
#include "proto/google/error.hpp"
#include "proto/text/text.hpp"
#include "store/secrets.hpp"

namespace lamp::calendars {
namespace {

constexpr std::size_t request_bytes_max = 16 * 1024;
constexpr milliseconds browser_patience{2'000}; // browsers open connections that they do not use
constexpr int requests_max = 64;                // icons, and whatever else knocks

std::string name_of(std::string_view calendar) {
    return fmt::format("google/{}/refresh_token", calendar);
}

std::string random_text() {
    std::array<unsigned char, 32> random{};
    LAMP_CHECK(RAND_bytes(random.data(), random.size()) == 1);
    return http::to_base64url({reinterpret_cast<const char*>(random.data()), random.size()});
}

/// RFC 7636 section 4.2, S256.
std::string challenge_of(std::string_view verifier) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    LAMP_CHECK(EVP_Digest(verifier.data(), verifier.size(), sum.data(), &size, EVP_sha256(), nullptr) == 1);
    return http::to_base64url({reinterpret_cast<const char*>(sum.data()), size});
}

void add(std::string& form, std::string_view name, std::string_view value) {
    if (!form.empty()) form += '&';
    form += fmt::format("{}={}", name, http::encode_query(value));
}

/// A parameter of a query, decoded; empty when it is absent.
std::string parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        std::string value(pair.substr(equals + 1));
        for (char& c : value)
            if (c == '+') c = ' ';
        return text::percent_decoded(value).value_or(std::string());
    }
    return {};
}

std::string_view query_of(std::string_view address) {
    auto mark = address.find('?');
    if (mark == std::string_view::npos) return {};
    return address.substr(mark + 1, address.find('#') - mark - 1);
}

/// The account to propose: an address of a person, not of a shared calendar.
std::string hint_of(const CalendarOptions& options) {
    if (!options.subject.empty()) return options.subject;
    const auto& id = options.calendar_id;
    bool person = id.find('@') != std::string::npos && !id.ends_with("calendar.google.com");
    return person ? id : std::string();
}

Task<Result<http::Answer>> post_form(Loop& loop, const CalendarOptions& options, std::string_view what,
                                     std::string form) {
    auto client = wire_of(loop, options);
    if (!client) co_return std::unexpected(client.error());
    auto url = http::Url::parse(google_endpoint(options, what));
    if (!url) co_return std::unexpected(url.error());
    http::Pool pool(*client, *url);
    http::Request request{.method = http::Method::post,
                          .target = url->path,
                          .headers = {{"Accept", "application/json"}},
                          .body = std::move(form),
                          .content_type = "application/x-www-form-urlencoded"};
    co_return co_await pool.exchange(std::move(request));
}

/// Whose token this is: the primary calendar bears its account's address.
Task<Result<std::string>> account_of(Loop& loop, const CalendarOptions& options, const Secret& access_token) {
    auto client = wire_of(loop, options);
    if (!client) co_return std::unexpected(client.error());
    auto api = http::Url::parse(options.api_url.text);
    if (!api) co_return std::unexpected(api.error());
    http::Pool pool(*client, *api);
    http::Request request{.target = (api->path == "/" ? std::string() : api->path) + "/calendars/primary",
                          .authorization = http::bearer(access_token)};
    auto answer = co_await pool.exchange(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->success()) {
        auto told = google::read_error(answer->body);
        co_return fail(http::category_of(answer->status),
                       fmt::format("Google did not say who has logged in: {} {}", answer->status,
                                   told ? told->reason + ": " + told->message : std::string()));
    }
    co_return google::read_calendar_id(answer->body);
}

} // namespace

// --- where it is kept

Task<Result<Secret>> read_google_login(store::Store& store, std::string calendar) {
    return store.read<Secret>(
        [name = name_of(calendar)](store::Database& disk) { return store::read_secret(disk, name); });
}

Task<Result<void>> keep_google_login(store::Store& store, std::string calendar, Secret refresh_token) {
    return store.write([name = name_of(calendar), token = std::move(refresh_token)](store::Database& disk) {
        return store::keep_secret(disk, name, token);
    });
}

Task<Result<void>> replace_google_login(store::Store& store, std::string calendar, Secret old, Secret fresh) {
    return store.write([name = name_of(calendar), old = std::move(old),
                        fresh = std::move(fresh)](store::Database& disk) -> Result<void> {
        return disk.run("UPDATE secret SET value = ?3, written_at = ?4 WHERE name = ?1 AND value = ?2", name,
                        old.reveal(), fresh.reveal(), wall_now());
    });
}

Task<Result<void>> forget_google_login(store::Store& store, std::string calendar) {
    return store.write([name = name_of(calendar)](store::Database& disk) -> Result<void> {
        return disk.run("DELETE FROM secret WHERE name = ?1", name);
    });
}

// --- the question

GoogleConsent GoogleConsent::begin(std::string redirect) {
    return {.redirect = std::move(redirect), .state = random_text(), .verifier = random_text()};
}

std::string GoogleConsent::url(const CalendarOptions& options) const {
    std::string query;
    add(query, "client_id", options.client_id);
    add(query, "redirect_uri", redirect);
    add(query, "response_type", "code");
    add(query, "scope", google_scope);
    add(query, "access_type", "offline");
    add(query, "prompt", "consent");
    add(query, "state", state);
    add(query, "code_challenge", challenge_of(verifier));
    add(query, "code_challenge_method", "S256");
    if (auto hint = hint_of(options); !hint.empty()) add(query, "login_hint", hint);
    const auto& base = options.consent_url.text;
    return base + (base.find('?') == std::string::npos ? '?' : '&') + query;
}

Result<Secret> GoogleConsent::code_of(std::string_view address) const {
    auto query = query_of(text::trim(address));
    auto code = parameter(query, "code");
    auto refusal = parameter(query, "error");
    if (code.empty() && refusal.empty())
        return fail(Category::invalid, "That is not the address that Google sent the browser to: it has no code.");
    if (!same_secret(parameter(query, "state"), state))
        return fail(Category::conflict, "That is the answer to another login (its state differs): begin anew.");
    if (!refusal.empty())
        return fail(Category::unauthorised, refusal == "access_denied"
                                                ? std::string("The consent was declined.")
                                                : fmt::format("Google gave no consent: {}.", refusal));
    return Secret(std::move(code));
}

// --- the browser's answer

Result<GoogleRedirect> GoogleRedirect::listen(Loop& loop) {
    boost::system::error_code error;
    asio::ip::tcp::acceptor acceptor(loop.context());
    asio::ip::tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
    acceptor.open(any.protocol(), error);
    if (!error) acceptor.bind(any, error);
    if (!error) acceptor.listen(8, error);
    if (error) return fail(Category::unavailable, "No port of 127.0.0.1 can be had: " + error.message());
    return GoogleRedirect(std::move(acceptor));
}

std::string GoogleRedirect::address() const {
    boost::system::error_code error;
    return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint(error).port());
}

namespace {

using Socket = asio::ip::tcp::socket;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

/// Closes the socket or the acceptor after a while; what waits for it then ends.
template <class Closed>
class Limit {
public:
    Limit(Closed& what, milliseconds wait) : timer_(what.get_executor(), wait), alive_(std::make_shared<bool>(true)) {
        timer_.async_wait([&what, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
            boost::system::error_code ignored;
            if (!error && !alive.expired()) what.close(ignored);
        });
    }

private:
    asio::steady_timer timer_;
    std::shared_ptr<bool> alive_; // a timer that has run out may call when all is over
};

std::string page(std::string_view sentence) {
    auto body = fmt::format("<!doctype html><meta charset=\"utf-8\"><title>Lamplighter</title><p>{}</p>\n", sentence);
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n"
                       "Connection: close\r\n\r\n{}",
                       body.size(), body);
}

/// The target of one request, answered; nothing when it was none, or not the browser's answer.
Task<std::optional<std::string>> serve(Socket socket) {
    Limit limit(socket, browser_patience);
    asio::streambuf buffer(request_bytes_max);
    auto [error, count] = co_await asio::async_read_until(socket, buffer, "\r\n\r\n", quietly);
    if (error) co_return std::nullopt;
    std::string head(asio::buffers_begin(buffer.data()),
                     asio::buffers_begin(buffer.data()) + static_cast<std::ptrdiff_t>(count));
    auto line = std::string_view(head).substr(0, head.find("\r\n"));
    auto from = line.find(' ');
    auto to = line.rfind(' ');
    bool get = line.starts_with("GET ") && to > from;
    std::string target(get ? line.substr(from + 1, to - from - 1) : std::string_view());
    auto query = query_of(target);
    bool answer = !parameter(query, "code").empty() || !parameter(query, "error").empty();
    std::string reply = answer ? page("Thank you. Lamplighter goes on in the terminal; this page may be closed.")
                               : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    co_await asio::async_write(socket, asio::buffer(reply), quietly);
    if (!answer) co_return std::nullopt;
    co_return target;
}

} // namespace

Task<Result<std::string>> GoogleRedirect::wait(milliseconds longest) {
    Limit limit(acceptor_, longest);
    for (int i = 0; i < requests_max; ++i) {
        auto [error, socket] = co_await acceptor_.async_accept(quietly);
        if (error) break;
        if (auto target = co_await serve(std::move(socket))) co_return *std::move(target);
    }
    co_return fail(Category::timeout, "No browser has brought the answer.");
}

// --- the token

Task<Result<GoogleLogin>> finish_google_login(Loop& loop, CalendarOptions options, GoogleConsent consent, Secret code) {
    std::string form;
    add(form, "grant_type", "authorization_code");
    add(form, "code", code.reveal());
    add(form, "client_id", options.client_id);
    if (!options.client_secret.empty()) add(form, "client_secret", options.client_secret.reveal());
    add(form, "redirect_uri", consent.redirect);
    add(form, "code_verifier", consent.verifier);
    auto answer = co_await post_form(loop, options, "token", std::move(form));
    if (!answer) co_return std::unexpected(answer.error());
    auto url = http::Url::parse(options.login_url.text);
    auto granted = http::read_token_answer(*answer, url ? url->host : std::string(), wall_now());
    if (!granted) co_return std::unexpected(granted.error().error);
    if (granted->refresh_token.empty())
        co_return fail(Category::protocol, "Google gave no refresh token although offline access was asked for.");
    auto account = co_await account_of(loop, options, granted->access_token);
    if (!account) co_return std::unexpected(account.error());
    if (!options.subject.empty() && !text::same_letters(*account, options.subject))
        co_return fail(Category::unauthorised,
                       fmt::format("{} has consented, but subject is {}: nothing was kept. Log in as {}.", *account,
                                   options.subject, options.subject));
    co_return GoogleLogin{.account = *std::move(account), .refresh_token = std::move(granted->refresh_token)};
}

Task<Result<void>> revoke_google_login(Loop& loop, CalendarOptions options, Secret refresh_token) {
    std::string form;
    add(form, "token", refresh_token.reveal());
    auto answer = co_await post_form(loop, options, "revoke", std::move(form));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->success()) co_return Result<void>();
    auto told = google::read_error(answer->body);
    if (answer->status == 400 && told && told->reason == "invalid_token") co_return Result<void>();
    co_return fail(http::category_of(answer->status), fmt::format("Google did not take the consent back: {} {}",
                                                                  answer->status, told ? told->reason : ""));
}

} // namespace lamp::calendars
