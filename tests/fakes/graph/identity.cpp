// See identity.hpp. Error codes are those of the documentation where it names one; clients must not read them.
#include "identity.hpp"

#include "guid.hpp"
#include "times.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace sim::graph {

namespace json = boost::json;

namespace {

constexpr std::string_view resource = "https://graph.microsoft.com";
constexpr std::string_view assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr std::size_t tokens_max = 20'000;

std::string fresh_id() {
    return Guid::of(crypto::random_bytes(16)).text();
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto space = text.find(' ');
        if (space != 0) words.emplace_back(text.substr(0, space));
        text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    }
    return words;
}

http::Response json_answer(int status, const json::value& body) {
    http::Response answer(status, "application/json; charset=utf-8", json::serialize(body));
    answer.headers.emplace_back("Cache-Control", "no-store, no-cache");
    answer.headers.emplace_back("Pragma", "no-cache");
    return answer;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

} // namespace

const std::string* find_field(const Identity::Form& form, std::string_view name) {
    for (const auto& [key, value] : form)
        if (key == name) return &value;
    return nullptr;
}

Identity::Identity(const Settings& settings, std::string tenant_id, std::string domain)
    : tenant(std::move(tenant_id)), settings_(settings), domain_(std::move(domain)) {}

std::int64_t Identity::now() const {
    return system_ms() + settings_.clock_offset_ms + skew_ms;
}

std::optional<std::uint32_t> Identity::find(std::string_view client_id) const {
    for (std::size_t i = 0; i < applications.size(); ++i)
        if (http::same_word(applications[i].id, client_id)) return static_cast<std::uint32_t>(i);
    return std::nullopt;
}

Application& Identity::application(std::string_view id, bool make) {
    if (const auto known = find(id)) return applications[*known];
    if (!make || id.empty()) return applications.front();
    applications.push_back({std::string(id), "graph-secret", {}, {}, {}});
    return applications.back();
}

http::Response Identity::error(int status, std::string_view error, int code, std::string_view text) {
    ++refused;
    const std::string trace = fresh_id();
    const std::string correlation = fresh_id();
    const std::string time = spaced_seconds(now());
    std::string description = "AADSTS" + std::to_string(code) + ": " + std::string(text) + " Trace ID: " + trace +
                              " Correlation ID: " + correlation + " Timestamp: " + time;
    return json_answer(
        status, json::object{{"error", std::string(error)},
                             {"error_description", std::move(description)},
                             {"error_codes", json::array{code}},
                             {"timestamp", time},
                             {"trace_id", trace},
                             {"correlation_id", correlation},
                             {"error_uri", "https://login.microsoftonline.com/error?code=" + std::to_string(code)}});
}

std::optional<http::Response> Identity::form_of(const http::Request& request, Form& form) {
    if (request.method != "POST")
        return error(405, "invalid_request", 900561, "The endpoint only accepts POST requests.");
    const std::string_view type = request.header("Content-Type");
    if (!http::same_word(type.substr(0, type.find(';')), "application/x-www-form-urlencoded"))
        return error(400, "invalid_request", 900144,
                     "The request body must be form-encoded (application/x-www-form-urlencoded).");
    std::string_view body = request.body;
    while (!body.empty()) {
        const auto amp = body.find('&');
        const auto item = body.substr(0, amp);
        body = amp == std::string_view::npos ? std::string_view() : body.substr(amp + 1);
        if (item.empty()) continue;
        const auto equals = item.find('=');
        std::string key = http::percent_decode(item.substr(0, equals), true);
        if (find_field(form, key))
            return error(400, "invalid_request", 9000411, "The parameter '" + key + "' is duplicated.");
        form.emplace_back(std::move(key), equals == std::string_view::npos
                                              ? std::string()
                                              : http::percent_decode(item.substr(equals + 1), true));
    }
    return std::nullopt;
}

std::optional<http::Response> Identity::wrong_tenant(std::string_view name, bool app_only) {
    if (http::same_word(name, tenant) || http::same_word(name, domain_)) return std::nullopt;
    if (name == "common" || name == "organizations") {
        if (!app_only) return std::nullopt;
        return error(400, "invalid_request", 90014, "A client credentials request must name its tenant.");
    }
    return error(400, "invalid_request", 90002, "Tenant '" + std::string(name) + "' not found.");
}

std::optional<http::Response> Identity::wrong_scope(const Form& form, bool app_only) {
    const std::string* text = find_field(form, "scope");
    const auto scopes = text ? words_of(*text) : std::vector<std::string>();
    if (scopes.empty())
        return error(400, "invalid_request", 900144, "The request body must contain the following parameter: 'scope'.");
    if (app_only) {
        if (scopes.size() != 1)
            return error(400, "invalid_scope", 28000,
                         "Provided value for the input parameter scope is not valid: "
                         "it contains more than one resource.");
        if (!scopes.front().ends_with("/.default"))
            return error(400, "invalid_scope", 1002012,
                         "The provided value for scope " + *text +
                             " is not valid. Client credential flows must have a scope value with /.default suffixed "
                             "to the resource identifier (application ID URI).");
        if (scopes.front() != std::string(resource) + "/.default")
            return error(400, "invalid_resource", 500011,
                         "The resource principal named " + scopes.front() + " was not found in the tenant.");
        return std::nullopt;
    }
    for (const std::string& scope : scopes) {
        if (scope == "offline_access" || scope == "openid" || scope == "profile" || scope == "email") continue;
        const std::string prefix = std::string(resource) + "/";
        const std::string plain = scope.starts_with(prefix) ? scope.substr(prefix.size()) : scope;
        if (plain.find("://") != std::string::npos || plain.find('.') == std::string::npos)
            return error(400, "invalid_scope", 70011,
                         "The provided value for the input parameter 'scope' is not valid.");
    }
    return std::nullopt;
}

std::optional<http::Response> Identity::check_assertion(const std::string& assertion, const Application& app,
                                                        std::string_view path, const std::string& own_url) {
    const auto bad = [&](int code, std::string_view text) { return error(401, "invalid_client", code, text); };
    const auto first = assertion.find('.');
    const auto second = first == std::string::npos ? first : assertion.find('.', first + 1);
    if (second == std::string::npos || assertion.find('.', second + 1) != std::string::npos)
        return bad(50027, "JWT token is invalid or malformed.");
    const auto header_text = crypto::from_base64url(std::string_view(assertion).substr(0, first));
    const auto claims_text = crypto::from_base64url(std::string_view(assertion).substr(first + 1, second - first - 1));
    const auto signature = crypto::from_base64url(std::string_view(assertion).substr(second + 1));
    boost::system::error_code failed;
    const json::value header = header_text ? json::parse(*header_text, failed) : json::value();
    const json::value claims = claims_text && !failed ? json::parse(*claims_text, failed) : json::value();
    if (failed || !signature || !header.is_object() || !claims.is_object())
        return bad(50027, "JWT token is invalid or malformed.");
    const auto text = [](const json::value& object, std::string_view name) {
        const auto* value = object.as_object().if_contains(name);
        return value && value->is_string() ? std::string(value->as_string()) : std::string();
    };
    const auto number = [](const json::value& object, std::string_view name) -> std::optional<std::int64_t> {
        const auto* value = object.as_object().if_contains(name);
        if (!value || !value->is_number()) return std::nullopt;
        return value->to_number<std::int64_t>();
    };
    const std::string algorithm = text(header, "alg");
    if (algorithm != "RS256" && algorithm != "PS256")
        return bad(5002738, "Invalid JWT token. The algorithm is refused.");
    const crypto::Key* key = nullptr;
    for (const crypto::Key& certificate : app.certificates) {
        const std::string sha1 = crypto::sha1(certificate.certificate_der());
        if (text(header, "x5t") == crypto::base64url(sha1) || http::same_word(text(header, "kid"), crypto::hex(sha1)) ||
            text(header, "x5t#S256") == crypto::base64url(crypto::sha256(certificate.certificate_der())))
            key = &certificate;
    }
    if (!key)
        return bad(700027, "The certificate with identifier used to sign the client assertion is not registered on "
                           "application.");
    if (!key->verify(std::string_view(assertion).substr(0, second), *signature, algorithm == "PS256"))
        return bad(700027, "Client assertion failed signature validation.");
    if (!http::same_word(text(claims, "iss"), app.id))
        return bad(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
    if (!http::same_word(text(claims, "sub"), app.id))
        return bad(700026, "Client application must have a subject that is the same as its issuer.");
    const std::string audience = text(claims, "aud");
    if (audience != own_url + std::string(path) && audience != "https://login.microsoftonline.com" + std::string(path))
        return bad(700023, "Client assertion audience claim does not match the token endpoint.");
    const std::int64_t seconds = now() / 1000;
    const auto expires = number(claims, "exp");
    const auto begins = number(claims, "nbf");
    if (!expires || *expires + 300 <= seconds || *expires > seconds + 86'400 || !begins || *begins - 300 > seconds)
        return bad(700024, "Client assertion is not within its valid time range.");
    if (text(claims, "jti").empty()) return bad(50027, "JWT token is invalid or malformed: jti is missing.");
    return std::nullopt;
}

std::optional<http::Response> Identity::authenticate(const http::Request& request, const Form& form,
                                                     std::string_view path, const std::string& own_url, bool required,
                                                     std::uint32_t& app) {
    std::string id = find_field(form, "client_id") ? *find_field(form, "client_id") : std::string();
    std::optional<std::string> secret;
    if (const std::string* given = find_field(form, "client_secret")) secret = *given;
    const std::string_view authorization = request.header("Authorization");
    if (!authorization.empty()) {
        const auto decoded = authorization.starts_with("Basic ") ? crypto::from_base64(authorization.substr(6))
                                                                 : std::optional<std::string>();
        const auto colon = decoded ? decoded->find(':') : std::string::npos;
        if (colon == std::string::npos || secret)
            return error(400, "invalid_request", 900144, "The client must authenticate in exactly one way.");
        const std::string user = http::percent_decode(std::string_view(*decoded).substr(0, colon), true);
        if (!id.empty() && !http::same_word(id, user))
            return error(400, "invalid_request", 900144, "Two different client ids.");
        id = user;
        secret = http::percent_decode(std::string_view(*decoded).substr(colon + 1), true);
    }
    if (id.empty())
        return error(400, "invalid_request", 900144,
                     "The request body must contain the following parameter: 'client_id'.");
    const auto known = find(id);
    if (!known)
        return error(400, "unauthorized_client", 700016,
                     "Application with identifier '" + id + "' was not found in the directory.");
    app = *known;
    const std::string* assertion = find_field(form, "client_assertion");
    if (assertion) {
        const std::string* type = find_field(form, "client_assertion_type");
        if (secret || !type || *type != assertion_type)
            return error(400, "invalid_request", 900144, "client_assertion_type is missing or wrong.");
        return check_assertion(*assertion, applications[app], path, own_url);
    }
    if (!secret) {
        if (!required) return std::nullopt; // a public client
        return error(401, "invalid_client", 7000218,
                     "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    }
    if (*secret != applications[app].secret)
        return error(401, "invalid_client", 7000215, "Invalid client secret provided.");
    return std::nullopt;
}

http::Response Identity::token(const http::Request& request, std::string_view tenant_name, const std::string& own_url) {
    if (down) return error(503, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again.");
    Form form;
    if (auto wrong = form_of(request, form)) return *wrong;
    const std::string* grant = find_field(form, "grant_type");
    if (!grant)
        return error(400, "invalid_request", 900144,
                     "The request body must contain the following parameter: 'grant_type'.");
    const bool app_only = *grant == "client_credentials";
    if (!app_only && *grant != "refresh_token" && *grant != device_grant)
        return error(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
    if (auto wrong = wrong_tenant(tenant_name, app_only)) return *wrong;
    std::uint32_t app = 0;
    if (auto wrong = authenticate(request, form, request.path, own_url, app_only, app)) return *wrong;
    if (app_only) return client_credentials(form, app);
    return *grant == "refresh_token" ? refresh(form, app) : device(form, app);
}

http::Response Identity::client_credentials(const Form& form, std::uint32_t app) {
    if (auto wrong = wrong_scope(form, true)) return *wrong;
    return success(app, nobody, false, false);
}

http::Response Identity::refresh(const Form& form, std::uint32_t app) {
    const std::string* given = find_field(form, "refresh_token");
    if (!given)
        return error(400, "invalid_request", 900144,
                     "The request body must contain the following parameter: 'refresh_token'.");
    if (!refuse.empty()) return error(400, refuse, 50076, "The user must sign in again.");
    const auto known = refresh_.find(*given);
    if (known == refresh_.end() || known->second.app != app)
        return error(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.");
    if (known->second.revoked)
        return error(400, "invalid_grant", 50173, "The provided grant has expired due to it being revoked.");
    const UserIndex user = known->second.user;
    if (settings_.refresh_once) known->second.revoked = true;
    return success(app, user, true, true);
}

http::Response Identity::device(const Form& form, std::uint32_t app) {
    const std::string* given = find_field(form, "device_code");
    const auto found = given ? devices_.find(*given) : devices_.end();
    if (found == devices_.end() || found->second.app != app || found->second.state == Device::State::spent)
        return error(400, "bad_verification_code", 70018, "Invalid verification code.");
    Device& device = found->second;
    if (device.expires <= now())
        return error(400, "expired_token", 70020,
                     "The provided value for the input parameter 'device_code' has expired.");
    if (device.state == Device::State::declined)
        return error(400, "authorization_declined", 70000, "The user declined the request.");
    if (device.state == Device::State::approved) {
        device.state = Device::State::spent;
        return success(app, device.user, true, device.offline);
    }
    const bool early = device.polled && now() - device.polled < device.interval_ms - 200; // a little jitter is let be
    device.polled = now();
    if (early) {
        device.interval_ms += 5000;
        return error(400, "slow_down", 70016, "The client polls too often.");
    }
    return error(400, "authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending.");
}

http::Response Identity::device_code(const http::Request& request, std::string_view tenant_name,
                                     const std::string& own_url) {
    if (down) return error(503, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again.");
    Form form;
    if (auto wrong = form_of(request, form)) return *wrong;
    if (auto wrong = wrong_tenant(tenant_name, false)) return *wrong;
    std::uint32_t app = 0;
    if (auto wrong = authenticate(request, form, request.path, own_url, false, app)) return *wrong;
    if (auto wrong = wrong_scope(form, false)) return *wrong;
    if (devices_.size() > 1000) devices_.clear();
    const std::string code = crypto::base64url(crypto::random_bytes(48));
    Device device;
    device.user_code = crypto::hex(crypto::random_bytes(5)).substr(0, 9);
    device.app = app;
    device.expires = now() + settings_.device_expires_s * 1000;
    device.interval_ms = settings_.device_interval_s * 1000;
    const auto scopes = words_of(*find_field(form, "scope"));
    device.offline = std::find(scopes.begin(), scopes.end(), "offline_access") != scopes.end();
    const std::string place = own_url + "/device";
    json::object body{{"user_code", device.user_code},
                      {"device_code", code},
                      {"verification_uri", place},
                      {"expires_in", settings_.device_expires_s},
                      {"interval", settings_.device_interval_s},
                      {"message", "To sign in, use a web browser to open the page " + place + " and enter the code " +
                                      device.user_code + " to authenticate."}};
    devices_[code] = std::move(device);
    return json_answer(200, body);
}

bool Identity::decide(std::string_view user_code, UserIndex user, bool approved) {
    for (auto& [code, device] : devices_)
        if (device.state == Device::State::waiting && (user_code.empty() || device.user_code == user_code)) {
            device.state = approved ? Device::State::approved : Device::State::declined;
            device.user = user;
            return true;
        }
    return false;
}

void Identity::forget_old_tokens() {
    if (tokens_.size() < tokens_max) return;
    std::erase_if(tokens_, [limit = now() - 3'600'000](const auto& row) { return row.second.expires < limit; });
    if (tokens_.size() >= tokens_max) tokens_.clear();
}

std::string Identity::make_token(std::uint32_t app, UserIndex user, bool delegated) {
    forget_old_tokens();
    Token token{app, user, delegated, delegated ? applications[app].scopes : applications[app].roles,
                now() + settings_.expires_in_s * 1000};
    json::object claims{{"aud", std::string(resource)},
                        {"iss", "https://sts.windows.net/" + tenant + "/"},
                        {"iat", now() / 1000},
                        {"nbf", now() / 1000},
                        {"exp", token.expires / 1000},
                        {"appid", applications[app].id},
                        {"tid", tenant},
                        {"ver", "1.0"}};
    if (delegated)
        claims["scp"] = joined(token.permissions);
    else
        claims["roles"] = json::array(token.permissions.begin(), token.permissions.end());
    claims["idtyp"] = delegated ? "user" : "app";
    std::string text = crypto::base64url(R"({"typ":"JWT","alg":"RS256","kid":"sim"})") + "." +
                       crypto::base64url(json::serialize(claims)) + "." + crypto::base64url(crypto::random_bytes(64));
    tokens_[text] = std::move(token);
    ++issued;
    return text;
}

std::string Identity::issue(std::uint32_t app, UserIndex user) {
    return make_token(app, user, true);
}

http::Response Identity::success(std::uint32_t app, UserIndex user, bool delegated, bool with_refresh) {
    json::object body{{"token_type", "Bearer"},
                      {"expires_in", settings_.expires_in_s},
                      {"ext_expires_in", settings_.expires_in_s},
                      {"access_token", make_token(app, user, delegated)}};
    if (delegated) body["scope"] = joined(applications[app].scopes);
    if (with_refresh) {
        const std::string token = "0." + crypto::base64url(crypto::random_bytes(72));
        refresh_[token] = {app, user, false};
        body["refresh_token"] = token;
    }
    return json_answer(200, body);
}

void Identity::revoke(bool refresh_too) {
    tokens_.clear();
    if (refresh_too)
        for (auto& [text, token] : refresh_)
            token.revoked = true;
}

std::expected<const Token*, std::string_view> Identity::check(std::string_view authorization) const {
    if (authorization.size() < 7 || !http::same_word(authorization.substr(0, 7), "Bearer "))
        return std::unexpected("Access token is empty.");
    const auto found = tokens_.find(std::string(authorization.substr(7)));
    if (found == tokens_.end())
        return std::unexpected("Access token validation failure. Invalid audience or signature.");
    if (found->second.expires <= now()) return std::unexpected("Lifetime validation failed, the token is expired.");
    return &found->second;
}

bool Identity::permits(const Token& token, std::string_view permission) const {
    const Application& app = applications[token.app];
    const auto& consented = token.delegated ? app.scopes : app.roles;
    const auto has = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), permission) != list.end();
    };
    return has(consented) && (settings_.permissions_live || has(token.permissions));
}

Identity::SigningKey& Identity::current_key() {
    if (keys_.empty()) rotate_key();
    return keys_.back();
}

std::string Identity::rotate_key() {
    crypto::Key key = crypto::Key::generate();
    std::string id = crypto::base64url(crypto::sha1(key.modulus()));
    keys_.push_back({id, std::move(key)});
    if (keys_.size() > 3) keys_.erase(keys_.begin());
    return id;
}

std::string Identity::signed_token(const std::string& claims, bool foreign_key) {
    if (foreign_key && !foreign_) foreign_ = crypto::Key::generate();
    SigningKey& current = current_key();
    const std::string head =
        json::serialize(json::object{{"typ", "JWT"}, {"alg", "RS256"}, {"kid", current.id}, {"x5t", current.id}});
    const std::string body = crypto::base64url(head) + "." + crypto::base64url(claims);
    return body + "." + crypto::base64url((foreign_key ? *foreign_ : current.key).sign_rs256(body));
}

http::Response Identity::openid_configuration(const std::string& own_url) const {
    return json_answer(200, json::object{{"issuer", "https://sts.windows.net/{tenantid}/"},
                                         {"token_endpoint", own_url + "/common/oauth2/v2.0/token"},
                                         {"device_authorization_endpoint", own_url + "/common/oauth2/v2.0/devicecode"},
                                         {"jwks_uri", own_url + "/common/discovery/keys"},
                                         {"response_types_supported", json::array{"code", "id_token", "token"}},
                                         {"id_token_signing_alg_values_supported", json::array{"RS256"}}});
}

http::Response Identity::signing_keys() {
    current_key();
    json::array keys;
    for (const SigningKey& key : keys_)
        keys.emplace_back(json::object{{"kty", "RSA"},
                                       {"use", "sig"},
                                       {"kid", key.id},
                                       {"x5t", key.id},
                                       {"n", crypto::base64url(key.key.modulus())},
                                       {"e", crypto::base64url(key.key.exponent())}});
    return json_answer(200, json::object{{"keys", std::move(keys)}});
}

} // namespace sim::graph
