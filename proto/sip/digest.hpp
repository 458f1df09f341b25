// Digest authentication as SIP uses it (RFC 7616, RFC 8760; RFC 2617 peers without qop too): challenges and credentials
// read and written, and the sums. Pure: nonces are made and judged elsewhere.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/sip/cursor.hpp"

namespace lamp::sip {

enum class Algorithm : std::uint8_t { md5, sha256, sha512_256, other }; // the -sess variants count as other
[[nodiscard]] Algorithm algorithm(std::string_view text);               // any case; an empty text is MD5
[[nodiscard]] std::string_view name(Algorithm algorithm);

/// What a client answers a challenge with. Quotes are taken off, escapes are left in: both sides sum up what was sent.
struct Credentials {
    std::string_view username;
    std::string_view realm;
    std::string_view nonce;
    std::string_view uri; // need not equal the Request-URI; what was sent is summed up
    std::string_view response;
    std::string_view opaque;
    std::string_view cnonce;
    std::string_view qop; // empty: RFC 2617 without it
    std::string_view nc;  // eight hexadecimal digits, or empty
    Algorithm algorithm = Algorithm::md5;
    bool userhash = false;

    [[nodiscard]] std::uint32_t count() const; // nc as a number; 0 without
};
/// Nothing inside for another scheme than Digest: that is no login (RFC 4475 3.3.7). A fault for a Digest that lacks
/// what it needs, says something twice, or has qop without nc and cnonce.
[[nodiscard]] Parsed<std::optional<Credentials>> parse_credentials(std::string_view value);

struct Challenge {
    std::string_view realm;
    std::string_view nonce;
    std::string_view opaque;
    Algorithm algorithm = Algorithm::md5;
    bool qop_auth = true; // "auth" is among those offered, or is offered
    bool stale = false;
};
[[nodiscard]] Parsed<std::optional<Challenge>> parse_challenge(std::string_view value);

/// Values of WWW-Authenticate and Authorization. What is given is quoted and escaped.
[[nodiscard]] std::string write_challenge(const Challenge& challenge);
[[nodiscard]] std::string write_credentials(const Credentials& credentials);

/// H(user:realm:password) in lower case hexadecimal: what a users file holds. Empty for `other`.
[[nodiscard]] std::string ha1(Algorithm algorithm, std::string_view username, std::string_view realm,
                              std::string_view password);
/// What `response` must be for this method and that HA1. Empty for `other` and for a qop other than auth and none.
[[nodiscard]] std::string digest_response(const Credentials& credentials, std::string_view method,
                                          std::string_view ha1);
/// Compares in a time that does not tell where they differ. Nothing is the same as an empty secret: that is what sums
/// that cannot be made come to.
[[nodiscard]] bool same_secret(std::string_view left, std::string_view right);

} // namespace lamp::sip
