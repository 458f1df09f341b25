// See identity.hpp.
#include "identity.hpp"

#include "../graph/times.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace sim::google {

namespace json = boost::json;
namespace crypto = graph::crypto;

namespace {

constexpr std::string_view real_endpoint = "https://oauth2.googleapis.com/token";
constexpr std::int64_t assertion_life_max_s = 3600;
constexpr std::int64_t skew_max_s = 300;
constexpr std::string_view scopes_prefix = "https://www.googleapis.com/auth/calendar";

// One key a process: making one takes a while.
const crypto::Key& process_key() {
    static const crypto::Key key = crypto::Key::generate();
    return key;
}

std::string field(const Identity::Form& form, std::string_view name) {
    for (const auto& [key, value] : form)
        if (key == name) return value;
    return {};
}

json::object object_of(const std::optional<std::string>& text) {
    boost::system::error_code failed;
    const json::value value = text ? json::parse(*text, failed) : json::value();
    return !failed && value.is_object() ? value.as_object() : json::object();
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::int64_t number_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

std::string fresh(std::string_view prefix) {
    return std::string(prefix) + crypto::base64url(crypto::random_bytes(24));
}

bool loopback(std::string_view redirect) {
    return redirect.starts_with("http://127.0.0.1:") || redirect.starts_with("http://[::1]:") ||
           redirect.starts_with("http://localhost:");
}

} // namespace

Identity::Identity(const Settings& settings, std::string domain)
    : delegated{std::string(scopes_prefix) + ".readonly"},
      settings_(settings),
      domain_(std::move(domain)),
      key_(process_key()),
      key_id_(crypto::hex(crypto::sha1(key_.modulus())).substr(0, 40)) {}

std::int64_t Identity::now() const {
    return graph::system_ms() + settings_.clock_offset_ms + settings_.skew_ms;
}

bool Identity::user_exists(const std::string& address) const {
    return address.ends_with("@" + domain_) && !unknown.contains(address);
}

std::string Identity::key_file(const std::string& own_url) const {
    return json::serialize(json::object{{"type", "service_account"},
                                        {"project_id", "example-project"},
                                        {"private_key_id", key_id_},
                                        {"private_key", key_.private_pem()},
                                        {"client_email", service_account},
                                        {"client_id", "100000000000000000001"},
                                        {"token_uri", own_url + "/not-to-be-trusted"}});
}

http::Response Identity::error(int status, std::string_view error, std::string_view text) {
    ++refused;
    return {status, "application/json; charset=utf-8",
            json::serialize(json::object{{"error", error}, {"error_description", text}})};
}

http::Response Identity::grant(const std::string& user, const std::string& scope, const std::string& refresh,
                               bool tell) {
    const std::string token = fresh("ya29.");
    tokens_[token] = {user, scope, now() + settings_.token_life_s * 1000, refresh};
    ++issued;
    json::object answer{{"access_token", token},
                        {"expires_in", settings_.token_life_s - 1},
                        {"scope", scope},
                        {"token_type", "Bearer"}};
    if (tell) answer["refresh_token"] = refresh;
    return {200, "application/json; charset=utf-8", json::serialize(answer)};
}

http::Response Identity::token(const http::Request& request, const std::string& own_url) {
    if (!request.header("Content-Type").starts_with("application/x-www-form-urlencoded"))
        return error(400, "invalid_request", "Bad content type");
    const Form form = http::query_pairs(request.body);
    const std::string kind = field(form, "grant_type");
    if (kind == "urn:ietf:params:oauth:grant-type:jwt-bearer") return by_assertion(form, own_url);
    if (kind == "authorization_code") return by_code(form);
    if (kind == "refresh_token") return by_refresh(form);
    return error(400, "unsupported_grant_type", "Invalid grant_type: " + kind);
}

http::Response Identity::by_assertion(const Form& form, const std::string& own_url) {
    const std::string jwt = field(form, "assertion");
    const auto first = jwt.find('.');
    const auto last = jwt.rfind('.');
    if (first == std::string::npos || last == first) return error(400, "invalid_grant", "Bad Request");
    const json::object header = object_of(crypto::from_base64url(jwt.substr(0, first)));
    const json::object claims = object_of(crypto::from_base64url(jwt.substr(first + 1, last - first - 1)));
    const auto signature = crypto::from_base64url(jwt.substr(last + 1));
    if (text_of(header, "alg") != "RS256" || text_of(claims, "iss") != service_account ||
        (header.contains("kid") && text_of(header, "kid") != key_id_))
        return error(400, "invalid_grant", "Invalid JWT: unknown issuer, key or algorithm.");
    if (!signature || !key_.verify(std::string_view(jwt).substr(0, last), *signature, false))
        return error(400, "invalid_grant", "Invalid JWT Signature.");
    const std::string audience = text_of(claims, "aud");
    if (audience != real_endpoint && audience != own_url + "/token")
        return error(400, "invalid_grant", "Invalid JWT: Failed audience check.");
    const std::int64_t issued_s = number_of(claims, "iat");
    const std::int64_t ends_s = number_of(claims, "exp");
    const std::int64_t now_s = now() / 1000;
    if (ends_s - issued_s > assertion_life_max_s || ends_s <= now_s || issued_s > now_s + skew_max_s ||
        issued_s < now_s - assertion_life_max_s)
        return error(400, "invalid_grant",
                     "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                     "Check your iat and exp values in the JWT claim.");
    const std::string scope = text_of(claims, "scope");
    const std::string subject = text_of(claims, "sub");
    if (scope.empty()) return error(400, "invalid_scope", "Empty or missing scope not allowed.");
    if (!subject.empty() && !delegated.contains(scope))
        return error(401, "unauthorized_client",
                     "Client is unauthorized to retrieve access tokens using this method, or client not authorized for "
                     "any of the scopes requested.");
    if (!subject.empty() && !user_exists(subject)) return error(400, "invalid_grant", "Invalid email or User ID");
    return grant(subject.empty() ? service_account : subject, scope, {}, false);
}

bool Identity::client_is_right(const Form& form) const {
    return field(form, "client_id") == client_id && field(form, "client_secret") == client_secret;
}

http::Response Identity::by_code(const Form& form) {
    if (!client_is_right(form)) return error(401, "invalid_client", "The OAuth client was not found.");
    const auto found = codes_.find(field(form, "code"));
    if (found == codes_.end() || found->second.expires < now())
        return error(400, "invalid_grant", "Malformed auth code.");
    const Code code = found->second;
    codes_.erase(found); // good for one use
    if (code.redirect != field(form, "redirect_uri")) return error(400, "redirect_uri_mismatch", "Bad Request");
    if (crypto::base64url(crypto::sha256(field(form, "code_verifier"))) != code.challenge)
        return error(400, "invalid_grant", "Invalid code verifier.");
    if (!code.refresh) return grant(code.user, code.scope, {}, false);
    const std::string refresh = fresh("1//");
    refresh_[refresh] = {code.user, code.scope, now()};
    return grant(code.user, code.scope, refresh, true);
}

http::Response Identity::by_refresh(const Form& form) {
    if (!client_is_right(form)) return error(401, "invalid_client", "The OAuth client was not found.");
    const auto found = refresh_.find(field(form, "refresh_token"));
    const bool old = found != refresh_.end() && settings_.refresh_life_s > 0 &&
                     found->second.born + settings_.refresh_life_s * 1000 < now();
    if (found == refresh_.end() || old) return error(400, "invalid_grant", "Token has been expired or revoked.");
    return grant(found->second.user, found->second.scope, found->first, false);
}

http::Response Identity::revoke(const http::Request& request) {
    const std::string token = field(http::query_pairs(request.body.empty() ? request.query : request.body), "token");
    const auto access = tokens_.find(token);
    const std::string refresh = access != tokens_.end() ? access->second.refresh : token;
    const auto found = refresh_.find(refresh);
    if (access == tokens_.end() && found == refresh_.end())
        return error(400, "invalid_token", "Token expired or revoked");
    if (found != refresh_.end()) {
        consented_.erase(found->second.user);
        refresh_.erase(found);
    }
    std::erase_if(tokens_, [&](const auto& one) { return one.first == token || one.second.refresh == refresh; });
    return {200, "application/json; charset=utf-8", "{}"};
}

http::Response Identity::consent(const http::Request& request) {
    const Form form = http::query_pairs(request.query);
    const auto page = [](int status, const std::string& text) {
        return http::Response(status, "text/html; charset=utf-8", "<!doctype html><p>" + text + "</p>");
    };
    const std::string redirect = field(form, "redirect_uri");
    if (field(form, "client_id") != client_id) return page(401, "Error 401: invalid_client");
    if (!loopback(redirect)) return page(400, "Error 400: redirect_uri_mismatch");
    if (field(form, "response_type") != "code") return page(400, "Error 400: unsupported_response_type");
    const std::string scope = field(form, "scope");
    if (scope.empty()) return page(400, "Error 400: invalid_scope");
    if (field(form, "code_challenge").empty() || field(form, "code_challenge_method") != "S256")
        return page(400, "Error 400: invalid_request (PKCE with S256 is asked for here)");
    const std::string hint = field(form, "login_hint");
    const std::string user = settings_.consent_account.empty() ? hint : settings_.consent_account;
    std::string to = redirect + (redirect.find('?') == std::string::npos ? "?" : "&") +
                     "state=" + http::percent_encode(field(form, "state"));
    if (settings_.consent == "decline" || !user_exists(user)) {
        to += "&error=access_denied";
    } else {
        const std::string code = fresh("4/0A");
        // A refresh token is given at the first consent, and again only where a prompt for consent is asked for.
        const bool offline = field(form, "access_type") == "offline";
        const bool first = consented_.insert(user).second;
        codes_[code] = {.user = user,
                        .scope = scope,
                        .redirect = redirect,
                        .challenge = field(form, "code_challenge"),
                        .refresh = offline && (first || field(form, "prompt") == "consent"),
                        .expires = now() + 600'000};
        to += "&code=" + http::percent_encode(code) + "&scope=" + http::percent_encode(scope);
    }
    http::Response answer(302, "text/html", "");
    answer.headers.emplace_back("Location", to);
    return answer;
}

const Token* Identity::check(std::string_view authorization) const {
    constexpr std::string_view bearer = "Bearer ";
    if (!authorization.starts_with(bearer)) return nullptr;
    const auto found = tokens_.find(authorization.substr(bearer.size()));
    return found != tokens_.end() && found->second.expires > now() ? &found->second : nullptr;
}

std::string Identity::issue_refresh(const std::string& user) {
    const std::string refresh = fresh("1//");
    refresh_[refresh] = {user, std::string(scopes_prefix) + ".readonly", now()};
    return refresh;
}

std::size_t Identity::forget_refresh(const std::string& user) {
    std::erase_if(tokens_, [&](const auto& one) { return user.empty() || one.second.user == user; });
    return std::erase_if(refresh_, [&](const auto& one) { return user.empty() || one.second.user == user; });
}

} // namespace sim::google
