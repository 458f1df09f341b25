#include "adapters/teams/publisher.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace lamp::teams {
namespace {

constexpr std::string_view graph_publisher = "0bf30f3b-4a52-48df-9a82-234910c4a086";
constexpr seconds leeway{300};

/// Ids are hexadecimal and written in either case.
bool same_id(std::string_view left, std::string_view right) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return !left.empty() && std::ranges::equal(left, right, {}, lower, lower);
}

std::string_view text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::optional<Wall> time_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (!value || !value->is_number()) return std::nullopt;
    boost::system::error_code odd;
    auto number = value->to_number<std::int64_t>(odd);
    constexpr std::int64_t most = 253'402'300'800; // the year 10000
    if (odd || number < 0 || number > most) return std::nullopt;
    return Wall(seconds(number));
}

std::unexpected<Error> wrong(std::string_view what) {
    return fail(Category::unauthorised, fmt::format("A delivery's validation token {}.", what));
}

} // namespace

Result<void> check_claims(std::string_view claims, const ExpectedToken& expected, Wall now) {
    boost::system::error_code broken;
    auto parsed = boost::json::parse(claims, broken);
    if (broken || !parsed.is_object()) return wrong("holds no claims");
    const auto& object = parsed.get_object();
    if (!same_id(text_of(object, "aud"), expected.client_id)) return wrong("is for another application");
    if (expected.tenant_id.empty()) return wrong("cannot be checked: the tenant's id is not known");
    auto issuer = text_of(object, "iss");
    bool first = same_id(issuer, fmt::format("https://sts.windows.net/{}/", expected.tenant_id));
    bool second = same_id(issuer, fmt::format("{}/{}/v2.0", expected.login_url, expected.tenant_id));
    if (!first && !second) return wrong("is of another issuer or tenant");
    if (!same_id(text_of(object, first ? "appid" : "azp"), graph_publisher)) return wrong("is not Graph's");
    auto ends = time_of(object, "exp");
    auto begins = time_of(object, "nbf");
    if (!ends || now >= *ends + leeway) return wrong("has expired");
    if (!begins || now < *begins - leeway) return wrong("is not good yet");
    return {};
}

Result<SigningKeys> read_signing_keys(std::string_view body) {
    boost::system::error_code broken;
    auto parsed = boost::json::parse(body, broken);
    const auto* object = broken ? nullptr : parsed.if_object();
    const auto* list = object ? object->if_contains("keys") : nullptr;
    if (!list || !list->is_array()) return fail(Category::protocol, "The login host's signing keys cannot be read.");
    SigningKeys keys;
    for (const auto& item : list->get_array()) {
        const auto* one = item.if_object();
        if (!one || text_of(*one, "kty") != "RSA" || text_of(*one, "kid").empty()) continue;
        if (auto use = text_of(*one, "use"); !use.empty() && use != "sig") continue;
        auto key = http::VerifyingKey::from_jwk(text_of(*one, "n"), text_of(*one, "e"));
        if (key) keys.insert_or_assign(std::string(text_of(*one, "kid")), *std::move(key));
    }
    if (keys.empty()) return fail(Category::protocol, "The login host tells no signing key that can be used.");
    return keys;
}

Result<std::unique_ptr<Publisher>> Publisher::make(Loop& loop, const TeamsOptions& options) {
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) return std::unexpected(client.error());
    auto url = http::Url::parse(options.login_url.text);
    if (!url) return std::unexpected(url.error());
    return std::unique_ptr<Publisher>(new Publisher(*client, *std::move(url)));
}

Task<Result<void>> Publisher::vouches(const std::vector<std::string>& tokens, ExpectedToken expected) {
    if (tokens.empty()) co_return wrong("is missing");
    if (tokens.size() > tokens_max) co_return wrong("has too many beside it");
    for (const auto& token : tokens) {
        // The claims are looked at first: a stranger's delivery costs no request for keys.
        auto said = http::claims(token);
        if (!said) co_return wrong("cannot be read");
        if (auto fine = check_claims(*said, expected, wall_now()); !fine) co_return fine;
        auto header = http::unverified_header(token);
        boost::system::error_code broken;
        auto parsed = header ? boost::json::parse(*header, broken) : boost::json::value();
        if (!header || broken || !parsed.is_object()) co_return wrong("cannot be read");
        auto found = co_await key(std::string(text_of(parsed.get_object(), "kid")));
        if (!found) co_return std::unexpected(found.error());
        if (!http::verify_rs256(token, *found)) co_return wrong("has a signature that is not Microsoft's");
    }
    co_return Result<void>();
}

Task<Result<http::VerifyingKey>> Publisher::key(std::string id) {
    auto now = steady_now();
    bool have = keys_.contains(id);
    bool old = fetched_ == Steady() || now - fetched_ >= keys_last;
    bool may_ask = asked_ == Steady() || now - asked_ >= ask_again;
    if ((!have || old) && may_ask) {
        asked_ = now;
        auto fetched = co_await fetch();
        if (!fetched && !have) {
            asked_ = Steady(); // that was no forger's doing
            co_return std::unexpected(fetched.error());
        }
    }
    auto found = keys_.find(id);
    if (found == keys_.end()) co_return wrong("names a key that the login host does not have");
    co_return found->second;
}

Task<Result<void>> Publisher::fetch() {
    ++fetches_;
    auto prefix = login_.path == "/" ? std::string() : login_.path;
    auto about = co_await get(prefix + "/common/.well-known/openid-configuration");
    if (!about) co_return std::unexpected(about.error());
    boost::system::error_code broken;
    auto parsed = boost::json::parse(*about, broken);
    auto where = broken || !parsed.is_object()
                     ? fail(Category::protocol, "The login host's configuration cannot be read.")
                     : http::Url::parse(text_of(parsed.get_object(), "jwks_uri"));
    if (!where) co_return std::unexpected(where.error());
    if (where->origin() != login_.origin())
        co_return fail(Category::protocol,
                       fmt::format("The login host keeps its keys elsewhere, at {}.", where->place()));
    auto body = co_await get(where->path);
    if (!body) co_return std::unexpected(body.error());
    auto keys = read_signing_keys(*body);
    if (!keys) co_return std::unexpected(keys.error());
    keys_ = *std::move(keys);
    fetched_ = steady_now();
    co_return Result<void>();
}

Task<Result<std::string>> Publisher::get(std::string target) {
    http::Request request;
    request.target = std::move(target);
    request.headers.add("Accept", "application/json");
    auto answer = co_await pool_.exchange(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->success())
        co_return fail(Category::unavailable, fmt::format("The login host answered {} for its keys.", answer->status));
    co_return std::move(answer->body);
}

} // namespace lamp::teams
