#include "oidc/keys.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>

#include "http/jwt.hpp"
#include "http/public_key.hpp"
#include "oidc/text_of.hpp"

namespace lamp::oidc {
namespace json = boost::json;

namespace {

constexpr int rsa_bits_min = 2048;
constexpr std::size_t p256_bytes = 32;

using http::Builder;
using http::bytes;
using http::Digest;
using http::Key;
using http::number_of;
using http::QuietErrors;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

Key rsa_key(const json::object& jwk) {
    auto numbers = http::read_rsa(text_of(jwk, "n"), text_of(jwk, "e"));
    auto key = numbers ? http::rsa_public_key(*numbers) : nullptr;
    return key && EVP_PKEY_get_bits(key.get()) >= rsa_bits_min ? key : nullptr;
}

/// A point that is not on the curve is refused by OpenSSL.
Key ec_key(const json::object& jwk) {
    auto x = http::from_base64url(text_of(jwk, "x"));
    auto y = http::from_base64url(text_of(jwk, "y"));
    if (text_of(jwk, "crv") != "P-256" || !x || !y || x->size() != p256_bytes || y->size() != p256_bytes)
        return nullptr;
    auto point = '\x04' + *x + *y;
    Builder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return http::public_key("EC", builder);
}

/// r and s side by side (RFC 7518 section 3.4) as OpenSSL wants them.
std::optional<std::string> as_der(std::string_view signature) {
    if (signature.size() != 2 * p256_bytes) return std::nullopt;
    EcSignature both(ECDSA_SIG_new());
    auto r = number_of(signature.substr(0, p256_bytes));
    auto s = number_of(signature.substr(p256_bytes));
    if (!both || !r || !s || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return std::nullopt;
    static_cast<void>(r.release()); // theirs now
    static_cast<void>(s.release());
    unsigned char* out = nullptr;
    int size = i2d_ECDSA_SIG(both.get(), &out);
    if (size <= 0) return std::nullopt;
    std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
    OPENSSL_free(out);
    return der;
}

std::vector<std::string> endorsements_of(const json::object& jwk) {
    constexpr std::size_t most = 64;
    std::vector<std::string> all;
    const auto* list = jwk.if_contains("endorsements");
    if (!list || !list->is_array()) return all;
    for (const auto& one : list->get_array())
        if (one.is_string() && all.size() < most) all.emplace_back(one.get_string());
    return all;
}

} // namespace

std::optional<Algorithm> algorithm_named(std::string_view word) {
    if (word == "RS256") return Algorithm::rs256;
    if (word == "ES256") return Algorithm::es256;
    return std::nullopt;
}

Result<KeySet> KeySet::parse(std::string_view text) {
    QuietErrors quiet;
    boost::system::error_code error;
    auto document = json::parse(text, error);
    const auto* keys = !error && document.is_object() ? document.get_object().if_contains("keys") : nullptr;
    if (!keys || !keys->is_array()) return fail(Category::protocol, "The issuer's keys are no JWK set.");
    KeySet set;
    for (const auto& one : keys->get_array()) {
        if (!one.is_object() || set.keys_.size() == keys_max) continue;
        const auto& jwk = one.get_object();
        auto kind = text_of(jwk, "kty");
        auto use = text_of(jwk, "use");
        bool rsa = kind == "RSA";
        if ((!rsa && kind != "EC") || (!use.empty() && use != "sig")) continue;
        auto algorithm = rsa ? Algorithm::rs256 : Algorithm::es256;
        auto said = text_of(jwk, "alg");
        if (!said.empty() && algorithm_named(said) != algorithm) continue;
        if (auto key = rsa ? rsa_key(jwk) : ec_key(jwk))
            set.keys_.push_back({std::string(text_of(jwk, "kid")), algorithm, std::move(key), endorsements_of(jwk)});
    }
    if (set.keys_.empty()) return fail(Category::protocol, "None of the issuer's keys is for RS256 or ES256.");
    return set;
}

const KeySet::Key* KeySet::find(std::string_view kid, Algorithm algorithm) const {
    const Key* found = nullptr;
    for (const Key& one : keys_) {
        if (one.algorithm != algorithm || (!kid.empty() && one.kid != kid)) continue;
        if (found) return kid.empty() ? nullptr : found;
        found = &one;
    }
    return found;
}

bool KeySet::endorsed(std::string_view kid, Algorithm algorithm, std::string_view what) const {
    const Key* key = find(kid, algorithm);
    return key && std::ranges::find(key->endorsements, what) != key->endorsements.end();
}

bool KeySet::signed_by(std::string_view kid, Algorithm algorithm, std::string_view text,
                       std::string_view signature) const {
    QuietErrors quiet;
    const Key* key = find(kid, algorithm);
    if (!key) return false;
    std::optional<std::string> der;
    if (algorithm == Algorithm::es256) {
        der = as_der(signature);
        if (!der) return false;
        signature = *der;
    }
    Digest digest(EVP_MD_CTX_new());
    return digest && EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key->key.get()) == 1 &&
           EVP_DigestVerify(digest.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

} // namespace lamp::oidc
