#include "adapters/teams/delegated_login.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <optional>

#include "adapters/teams/doctor.hpp"
#include "adapters/teams/graph_client.hpp"
#include "http/pool.hpp"
#include "http/token_answer.hpp"
#include "proto/graph/subscription.hpp"
#include "store/secrets.hpp"

namespace lamp::teams {
namespace {

constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr seconds interval_least{1};
constexpr seconds slower{5}; // RFC 8628 section 3.5, for slow_down
constexpr seconds lasts_most{1800};
constexpr std::string_view subscribing = "Presence.Read.All";

std::string name_of(std::string_view tenant, std::string_view client_id) {
    return fmt::format("teams/{}/{}/refresh_token", tenant, client_id);
}

void add(std::string& form, std::string_view name, std::string_view value) {
    if (!form.empty()) form += '&';
    form += fmt::format("{}={}", name, http::encode_query(value));
}

std::string text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

seconds seconds_of(const boost::json::object& object, std::string_view name, seconds otherwise) {
    const auto* value = object.if_contains(name);
    return value && value->is_int64() ? seconds(value->get_int64()) : otherwise;
}

std::optional<boost::json::object> object_of(std::string_view body) {
    boost::system::error_code broken;
    auto parsed = boost::json::parse(body, broken);
    if (broken || !parsed.is_object()) return std::nullopt;
    return std::move(parsed.get_object());
}

/// One login host, asked with forms.
class LoginHost {
public:
    [[nodiscard]] static Result<LoginHost> make(Loop& loop, const TeamsOptions& options) {
        http::ClientOptions wire;
        wire.ca_file = options.ca_file.string();
        wire.proxy = options.proxy;
        auto client = http::Client::make(loop.context(), wire);
        if (!client) return std::unexpected(client.error());
        auto url = http::Url::parse(login_endpoint(options, "token"));
        if (!url) return std::unexpected(url.error());
        return LoginHost(*client, *std::move(url));
    }
    Task<Result<http::Answer>> post(const std::string& address, std::string form) {
        auto url = http::Url::parse(address);
        http::Request request;
        request.method = http::Method::post;
        request.target = url ? url->path : "/";
        request.headers.add("Accept", "application/json");
        request.body = std::move(form);
        request.content_type = "application/x-www-form-urlencoded";
        co_return co_await pool_.exchange(std::move(request));
    }
    [[nodiscard]] const std::string& host() const { return url_.host; }

private:
    LoginHost(const http::Client& client, http::Url url) : url_(std::move(url)), pool_(client, url_) {}
    http::Url url_;
    http::Pool pool_;
};

/// Microsoft's codes for what an administrator has to do.
std::string remedy(const std::string& text, const TeamsOptions& options) {
    auto says = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    if (says("AADSTS7000218") || says("invalid_client"))
        return " -> in the app registration, under Authentication, set \"Allow public client flows\" to Yes";
    if (says("AADSTS65001") || says("consent"))
        return fmt::format(" -> the delegated permission {} is missing or not consented to: let an administrator of "
                           "the tenant open {}",
                           subscribing, consent_url(options));
    return {};
}

Error explained(Error error, const TeamsOptions& options) {
    error.text += remedy(error.text, options);
    return error;
}

} // namespace

Task<Result<Secret>> read_login(store::Store& store, std::string tenant, std::string client_id) {
    return store.read<Secret>(
        [name = name_of(tenant, client_id)](store::Database& disk) { return store::read_secret(disk, name); });
}

Task<Result<void>> keep_login(store::Store& store, std::string tenant, std::string client_id, Secret refresh_token) {
    return store.write([name = name_of(tenant, client_id), token = std::move(refresh_token)](store::Database& disk) {
        return store::keep_secret(disk, name, token);
    });
}

Task<Result<Secret>> log_in_elsewhere(Loop& loop, TeamsOptions options, std::function<void(const DevicePrompt&)> show) {
    auto scope = delegated_scope(options);
    if (!scope) co_return std::unexpected(scope.error());
    auto host = LoginHost::make(loop, options);
    if (!host) co_return std::unexpected(host.error());
    std::string form;
    add(form, "client_id", options.client_id);
    add(form, "scope", *scope);
    auto asked = co_await host->post(login_endpoint(options, "devicecode"), std::move(form));
    if (!asked) co_return std::unexpected(asked.error());
    auto told = object_of(asked->body);
    if (!asked->success() || !told || text_of(*told, "device_code").empty()) {
        auto failure = http::read_token_answer(*asked, host->host(), wall_now());
        if (!failure) co_return std::unexpected(explained(failure.error().error, options));
        co_return fail(Category::protocol, "The login host answered with no code.");
    }
    auto lasts = std::clamp(seconds_of(*told, "expires_in", seconds(900)), seconds(1), lasts_most);
    auto interval = std::max(seconds_of(*told, "interval", seconds(5)), interval_least);
    auto address = text_of(*told, "verification_uri");
    if (address.empty()) address = text_of(*told, "verification_url");
    show({address, text_of(*told, "user_code"), lasts});

    for (auto until = steady_now() + lasts; steady_now() < until;) {
        co_await sleep_for(interval);
        std::string question;
        add(question, "grant_type", device_grant);
        add(question, "client_id", options.client_id);
        add(question, "device_code", text_of(*told, "device_code"));
        auto answer = co_await host->post(login_endpoint(options, "token"), std::move(question));
        if (!answer) continue; // a bad moment of the network; the code is still good
        auto granted = http::read_token_answer(*answer, host->host(), wall_now());
        if (granted && granted->refresh_token.empty())
            co_return fail(Category::protocol,
                           "The login host gave no refresh token although offline_access was asked.");
        if (granted) co_return std::move(granted->refresh_token);
        auto object = object_of(answer->body);
        auto word = object ? text_of(*object, "error") : std::string();
        if (word == "slow_down") interval += slower;
        if (word == "authorization_pending" || word == "slow_down" || answer->status >= 500 || answer->status == 429)
            continue;
        if (word == "authorization_declined" || word == "access_denied")
            co_return fail(Category::unauthorised, "The login was declined.");
        if (word == "expired_token") break;
        co_return std::unexpected(explained(granted.error().error, options));
    }
    co_return fail(Category::unauthorised, "Nobody used the code while it lasted.");
}

Task<std::string> examine_login(Loop& loop, TeamsOptions options, Secret refresh_token,
                                std::function<Task<>(Secret)> replaced) {
    auto graph = GraphClient::make_delegated(loop, options, std::move(refresh_token), std::move(replaced));
    if (!graph) co_return graph.error().text;
    auto reply = co_await (*graph)->send(http::Method::get, std::string(graph::subscriptions_target));
    const auto& scopes = (*graph)->scopes();
    auto consent = fmt::format("let an administrator of the tenant open {}", consent_url(options));
    if (!scopes.empty() && std::ranges::find(scopes, subscribing) == scopes.end())
        co_return fmt::format("the account's token holds no {} (delegated): {}", subscribing, consent);
    if (reply.status == 403)
        co_return fmt::format("{}: the delegated permission {} is missing; {}", reply.error->text, subscribing,
                              consent);
    if (reply.ok()) co_return std::string();
    co_return explained(*reply.error, options).text;
}

} // namespace lamp::teams
