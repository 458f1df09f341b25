#include "oidc/bearer.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.hpp"
#include "http/jwt.hpp"
#include "oidc/text_of.hpp"

namespace lamp::oidc {
namespace json = boost::json;

namespace {

constexpr std::size_t text_max = 256;
constexpr double year_9999_s = 253'402'300'799;

Verdict refused(std::string why) {
    return {Verdict::What::refused, std::move(why)};
}

std::optional<json::object> object_of(std::string_view part) {
    auto text = http::from_base64url(part);
    if (!text) return std::nullopt;
    boost::system::error_code error;
    auto value = json::parse(*text, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

/// A NumericDate (RFC 7519 section 2); nothing for what is none.
std::optional<Wall> date_of(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    if (!value || !value->is_number()) return std::nullopt;
    auto date = value->to_number<double>();
    if (!(date >= 0 && date <= year_9999_s)) return std::nullopt;
    return Wall(milliseconds(static_cast<std::int64_t>(date * 1000)));
}

bool is_for(const json::object& claims, std::string_view audience) {
    const auto* value = claims.if_contains("aud");
    if (!value) return false;
    if (value->is_string()) return std::string_view(value->get_string()) == audience;
    return value->is_array() && std::ranges::any_of(value->get_array(), [&](const json::value& one) {
               return one.is_string() && std::string_view(one.get_string()) == audience;
           });
}

/// A member of that very name, or by the path that its dots make.
const json::value* claim_at(const json::object& claims, std::string_view path) {
    if (const auto* value = claims.if_contains(path)) return value;
    auto dot = path.find('.');
    if (dot == std::string_view::npos) return nullptr;
    const auto* inner = claims.if_contains(path.substr(0, dot));
    return inner && inner->is_object() ? claim_at(inner->get_object(), path.substr(dot + 1)) : nullptr;
}

/// The first of its values that stands in the configuration.
std::string role_of(const json::object& claims, const Expected& expected) {
    const auto* value = claim_at(claims, expected.role_claim);
    auto role = [&](const json::value& one) {
        auto found = one.is_string() ? expected.roles.find(std::string(one.get_string())) : expected.roles.end();
        return found == expected.roles.end() ? std::string() : found->second;
    };
    if (!value) return {};
    if (!value->is_array()) return role(*value);
    for (const auto& one : value->get_array())
        if (auto found = role(one); !found.empty()) return found;
    return {};
}

/// Empty, too, where no claim is named.
std::string claim_text(const json::object& claims, const std::string& name) {
    const auto* value = name.empty() ? nullptr : claim_at(claims, name);
    return value && value->is_string() && value->get_string().size() <= text_max ? std::string(value->get_string())
                                                                                 : std::string();
}

Verdict judge(const json::object& claims, const Expected& expected, Wall now) {
    if (text_of(claims, "iss") != expected.issuer) return refused("This token is of another issuer.");
    if (!is_for(claims, expected.audience)) return refused("This token is for another audience.");
    auto expires = date_of(claims, "exp");
    if (!expires) return refused("This token has no end.");
    if (*expires + expected.skew <= now) return refused("This token has expired; ask for a new one.");
    if (claims.contains("nbf")) {
        auto begins = date_of(claims, "nbf");
        if (!begins || *begins - expected.skew > now) return refused("This token is not valid yet.");
    }
    auto subject = text_of(claims, "sub");
    if ((subject.empty() && expected.needs_subject) || subject.size() > text_max)
        return refused("This token says not whose it is.");
    return {Verdict::What::accepted,
            {},
            {std::string(subject), role_of(claims, expected), claim_text(claims, expected.person_claim),
             *expires + expected.skew, claim_text(claims, expected.told_claim)}};
}

} // namespace

bool may_be_bearer(std::string_view token) {
    return token.size() <= limits::token_bytes && token.starts_with("eyJ") && std::ranges::count(token, '.') == 2;
}

Verdict examine(std::string_view token, const KeySet& keys, const Expected& expected, Wall now) {
    if (!may_be_bearer(token)) return refused("This is no signed JSON Web Token.");
    auto first = token.find('.');
    auto second = token.rfind('.');
    auto header = object_of(token.substr(0, first));
    auto signature = http::from_base64url(token.substr(second + 1));
    if (!header || !signature) return refused("This is no signed JSON Web Token.");
    auto algorithm = algorithm_named(text_of(*header, "alg"));
    if (!algorithm) return refused("This token is not signed with RS256 or ES256.");
    if (header->contains("crit")) return refused("This token demands an extension that is not known here.");
    auto kid = text_of(*header, "kid");
    if (!keys.knows(kid, *algorithm))
        return {Verdict::What::unknown_key, "This token is signed with a key that is not known."};
    if (!keys.signed_by(kid, *algorithm, token.substr(0, second), *signature))
        return refused("The signature of this token is wrong.");
    if (!expected.endorsement.empty() && !keys.endorsed(kid, *algorithm, expected.endorsement))
        return refused("This token is signed with a key that is not endorsed for us.");
    auto claims = object_of(token.substr(first + 1, second - first - 1));
    if (!claims) return refused("This is no signed JSON Web Token.");
    return judge(*claims, expected, now);
}

} // namespace lamp::oidc
