// Access tokens of an identity provider: signed JSON Web Tokens (RFC 7519, 9068; OpenID Connect Core 1.0 section
// 3.1.3.7), and those of services that sign theirs likewise. What is not signed with RS256 or ES256 by a key of the
// issuer is no token, whatever its header says. Pure; `now` is given.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "oidc/keys.hpp"

namespace lamp::oidc {

inline constexpr seconds clock_skew{60};

struct Expected {
    std::string issuer;
    std::string audience;
    std::string role_claim = "roles";         // a member, or a path of them: "realm_access.roles"
    std::map<std::string, std::string> roles; // value of that claim = role
    std::string person_claim;                 // empty: tokens are nobody's
    std::string endorsement{};                // what the key itself must be endorsed for; empty: nothing
    std::string told_claim{};                 // a claim that is handed on as it is; empty: none
    bool needs_subject = true;                // `sub`
    seconds skew = clock_skew;
};

/// What an accepted token says.
struct Bearer {
    std::string subject;
    std::string role; // empty: none of its values is one of ours
    std::string person;
    Wall expires{}; // clock skew included
    std::string told{};
};

struct Verdict {
    enum class What : std::uint8_t {
        accepted,
        refused,     // `why` says it for people, without a word of the token
        unknown_key, // the issuer may have new ones
    };
    What what = What::refused;
    std::string why{};
    Bearer bearer{};
};

/// Three parts with dots between, the first of which begins as a JSON object does: worth a look.
[[nodiscard]] bool may_be_bearer(std::string_view token);
[[nodiscard]] Verdict examine(std::string_view token, const KeySet& keys, const Expected& expected, Wall now);

} // namespace lamp::oidc
