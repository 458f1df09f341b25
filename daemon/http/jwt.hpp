// JSON Web Tokens, RS256 only (RFC 7515, 7518 section 3.3, 7519), and the thumbprints by which a service finds a
// certificate. Values only: no loop, no clock; what `exp` or `aud` must be is the caller's business.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "base/secret.hpp"

struct evp_pkey_st; // OpenSSL's EVP_PKEY

namespace lamp::http {

/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// Nothing for any other letter, for padding, for a length that cannot be and for stray bits in the last letter.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// A private RSA key of at least 2048 bits, parsed once. A cheap handle; any thread.
class SigningKey {
public:
    /// Reads PEM (PKCS#8 or PKCS#1, not encrypted). Category::invalid otherwise, without a word of the text.
    [[nodiscard]] static Result<SigningKey> parse(const Secret& pem);

private:
    friend Result<std::string> sign_rs256(std::string_view header, std::string_view payload, const SigningKey& key);
    friend struct Certificate;
    std::shared_ptr<evp_pkey_st> key_;
};

/// A public RSA key, parsed once. A cheap handle; any thread.
class VerifyingKey {
public:
    /// Reads a PEM public key or certificate.
    [[nodiscard]] static Result<VerifyingKey> parse(std::string_view pem);
    /// The members `n` and `e` of a JWK (RFC 7518 section 6.3.1). Refuses keys below 2048 bits.
    [[nodiscard]] static Result<VerifyingKey> from_jwk(std::string_view n, std::string_view e);

private:
    friend Result<std::string> verify_rs256(std::string_view token, const VerifyingKey& key);
    std::shared_ptr<evp_pkey_st> key_;
};

/// A certificate's thumbprints, base64url: the header's `x5t` (SHA-1) and `x5t#S256` (SHA-256), RFC 7515 section 4.1.7.
struct Certificate {
    std::string x5t;
    std::string x5t_s256;

    /// Reads the first certificate of the PEM; refuses one that does not belong to `key`.
    [[nodiscard]] static Result<Certificate> parse(std::string_view pem, const SigningKey& key);
};

/// Signs two JSON texts as they stand: "header.payload.signature".
[[nodiscard]] Result<std::string> sign_rs256(std::string_view header, std::string_view payload, const SigningKey& key);

/// The header or the payload as JSON text, *unverified*: for choosing a key by `kid`, for a first look at `exp`.
/// Category::protocol when the token has not three readable parts.
[[nodiscard]] Result<std::string> unverified_header(std::string_view token);
[[nodiscard]] Result<std::string> claims(std::string_view token);

/// The payload, if the header says RS256 (and no `crit`) and the signature is that of `key`. Category::protocol for an
/// unreadable token, unauthorised for a wrong algorithm or signature. Does not look at exp, nbf, aud, iss.
[[nodiscard]] Result<std::string> verify_rs256(std::string_view token, const VerifyingKey& key);

} // namespace lamp::http
