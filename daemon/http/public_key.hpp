// Public keys out of JSON Web Keys (RFC 7517, 7518 section 6), and what OpenSSL makes on the way, owned. Values only.
#pragma once
#include <memory>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <optional>
#include <string>
#include <string_view>

#include "base/freed.hpp"

namespace lamp::http {

using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Key = std::shared_ptr<EVP_PKEY>;

/// OpenSSL keeps its complaints in a queue of the thread; left there they would be read as those of somebody's TLS.
struct QuietErrors {
    QuietErrors() { ERR_clear_error(); }
    ~QuietErrors() { ERR_clear_error(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

[[nodiscard]] inline const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
[[nodiscard]] Number number_of(std::string_view big_endian);

/// The public key of these parameters; null where OpenSSL finds none in them (a point that is not on its curve).
/// `kind`: "RSA", "EC".
[[nodiscard]] Key public_key(const char* kind, const Builder& parameters);

/// Modulus and exponent, big-endian.
struct RsaNumbers {
    std::string n, e;
};
/// The members `n` and `e`; nothing where they are not readable, or of a size that no key has.
[[nodiscard]] std::optional<RsaNumbers> read_rsa(std::string_view n, std::string_view e);
/// Of any length: how short is too short is the caller's business.
[[nodiscard]] Key rsa_public_key(const RsaNumbers& numbers);

} // namespace lamp::http
