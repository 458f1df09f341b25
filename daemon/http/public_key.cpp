#include "http/public_key.hpp"

#include <openssl/core_names.h>

#include "http/jwt.hpp"

namespace lamp::http {
namespace {

constexpr std::size_t modulus_bytes_max = 2048;
constexpr std::size_t exponent_bytes_max = 8;

} // namespace

Number number_of(std::string_view big_endian) {
    return Number(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

Key public_key(const char* kind, const Builder& parameters) {
    Params params(OSSL_PARAM_BLD_to_param(parameters.get()));
    KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return {key, EVP_PKEY_free};
}

std::optional<RsaNumbers> read_rsa(std::string_view n, std::string_view e) {
    auto modulus = from_base64url(n);
    auto exponent = from_base64url(e);
    if (!modulus || !exponent || modulus->empty() || exponent->empty() || modulus->size() > modulus_bytes_max ||
        exponent->size() > exponent_bytes_max)
        return std::nullopt;
    return RsaNumbers{std::move(*modulus), std::move(*exponent)};
}

Key rsa_public_key(const RsaNumbers& numbers) {
    auto n = number_of(numbers.n);
    auto e = number_of(numbers.e);
    Builder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return public_key("RSA", builder);
}

} // namespace lamp::http
