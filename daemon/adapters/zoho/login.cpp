#include "adapters/zoho/login.hpp"

#include <fmt/format.h>

#include "http/pool.hpp"
#include "http/token_answer.hpp"
#include "http/url.hpp"
#include "proto/text/text.hpp"
#include "proto/zoho/answers.hpp"
#include "proto/zoho/centres.hpp"
#include "proto/zoho/forms.hpp"
#include "proto/zoho/hook.hpp"

namespace lamp::zoho {
namespace {

constexpr std::string_view scopes = "PhoneBridge.call.log,PhoneBridge.zohoone.search";
constexpr std::string_view whose = ",AaaServer.profile.READ";

std::string_view query_of(std::string_view address) {
    auto mark = address.find('?');
    if (mark == std::string_view::npos) return {};
    return address.substr(mark + 1, address.find('#') - mark - 1);
}

Task<Result<http::Answer>> ask(Loop& loop, const ZohoOptions& options, std::string base, http::Request request) {
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) co_return std::unexpected(client.error());
    auto url = http::Url::parse(base);
    if (!url) co_return std::unexpected(url.error());
    http::Pool pool(*client, *url);
    request.headers.add("Accept", "application/json");
    co_return co_await pool.exchange(std::move(request));
}

Task<Result<std::string>> account_of(Loop& loop, const ZohoOptions& options, std::string base, Secret token) {
    http::Request request{.target = "/oauth/user/info", .authorization = Secret("Zoho-oauthtoken " + token.reveal())};
    auto answer = co_await ask(loop, options, std::move(base), std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    auto account = answer->success() ? read_account(answer->body) : std::string();
    if (account.empty())
        co_return fail(Category::protocol,
                       fmt::format("Zoho did not say whose consent this is (status {}): nothing was kept. Without "
                                   "account in [zoho] anybody's is taken.",
                                   answer->status));
    co_return account;
}

} // namespace

Consent Consent::begin(std::string redirect) {
    return {.redirect = std::move(redirect), .state = random_hex(16)};
}

std::string Consent::url(const ZohoOptions& options) const {
    std::string scope(scopes);
    if (!options.account.empty()) scope += whose;
    return options.login_url.text + "/oauth/v2/auth?" +
           form({{"scope", scope},
                 {"client_id", options.client_id},
                 {"redirect_uri", redirect},
                 {"state", state},
                 {"response_type", "code"},
                 {"access_type", "offline"},
                 {"prompt", "consent"},
                 {"login_hint", options.account}});
}

Result<Consent::Answer> Consent::answer_of(std::string_view address, const ZohoOptions& options) const {
    auto parameters = Parameters::read(query_of(text::trim(address)), {});
    auto code = parameters.find({"code"});
    auto refusal = parameters.find({"error"});
    if (code.empty() && refusal.empty())
        return fail(Category::invalid, "That is not the address that Zoho sent the browser to: it has no code.");
    if (!same_secret(parameters.find({"state"}), state))
        return fail(Category::conflict, "That is the answer to another login (its state differs): begin anew.");
    if (!refusal.empty()) return fail(Category::unauthorised, "The consent was declined.");
    Answer answer{Secret(std::string(code)), options.login_url.text};
    auto server = parameters.find({"accounts-server"});
    if (server.empty() || server == options.login_url.text) return answer;
    auto centre = centre_of(server);
    if (!centre)
        return fail(Category::forbidden, "The answer names a login host that is none of Zoho's: no secret goes there.");
    answer.login_url = centre->accounts;
    return answer;
}

Task<Result<Login>> finish_login(Loop& loop, ZohoOptions options, Consent consent, Consent::Answer answer) {
    http::Request request{.method = http::Method::post,
                          .target = "/oauth/v2/token",
                          .body = form({{"grant_type", "authorization_code"},
                                        {"client_id", options.client_id},
                                        {"client_secret", options.client_secret.reveal()},
                                        {"redirect_uri", consent.redirect},
                                        {"code", answer.code.reveal()}}),
                          .content_type = "application/x-www-form-urlencoded"};
    auto told = co_await ask(loop, options, answer.login_url, std::move(request));
    if (!told) co_return std::unexpected(told.error());
    auto url = http::Url::parse(answer.login_url);
    auto granted = http::read_token_answer(*told, url ? url->host : std::string(), wall_now());
    if (!granted) co_return std::unexpected(granted.error().error);
    if (granted->refresh_token.empty())
        co_return fail(Category::protocol, "Zoho gave no refresh token although offline access was asked for.");
    Login login{std::move(granted->refresh_token), answer.login_url, {}};
    if (options.account.empty()) co_return login;
    auto account = co_await account_of(loop, options, answer.login_url, granted->access_token);
    if (!account) co_return std::unexpected(account.error());
    if (!text::same_letters(*account, options.account))
        co_return fail(Category::unauthorised,
                       fmt::format("{} has consented, but account is {}: nothing was kept. Log in as {}.", *account,
                                   options.account, options.account));
    login.account = *std::move(account);
    co_return login;
}

} // namespace lamp::zoho
