// See crypto.hpp.
#include "crypto.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <vector>

namespace sim::graph::crypto {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::string digest(const EVP_MD* kind, std::string_view bytes) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), bytes_of(out), &size, kind, nullptr);
    out.resize(size);
    return out;
}

std::string der_of(X509* certificate) {
    std::string der(static_cast<std::size_t>(i2d_X509(certificate, nullptr)), '\0');
    unsigned char* at = bytes_of(der);
    i2d_X509(certificate, &at);
    return der;
}

} // namespace

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    out.resize(
        static_cast<std::size_t>(EVP_EncodeBlock(bytes_of(out), bytes_of(bytes), static_cast<int>(bytes.size()))));
    return out;
}

std::string base64url(std::string_view bytes) {
    std::string out = base64(bytes);
    while (out.ends_with('='))
        out.pop_back();
    for (char& c : out)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string out(text.size() / 4 * 3 + 1, '\0');
    const int size = EVP_DecodeBlock(bytes_of(out), bytes_of(text), static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string padded(text);
    for (char& c : padded) {
        if (c == '+' || c == '/' || c == '=') return std::nullopt;
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    while (padded.size() % 4 != 0)
        padded += '=';
    return from_base64(padded);
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    RAND_bytes(bytes_of(out), static_cast<int>(count));
    return out;
}

std::string sha1(std::string_view bytes) {
    return digest(EVP_sha1(), bytes);
}
std::string sha256(std::string_view bytes) {
    return digest(EVP_sha256(), bytes);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(), bytes_of(out), &size);
    out.resize(size);
    return out;
}

std::string hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

Key::Key(evp_pkey_st* key) : key_(key, EVP_PKEY_free) {}

Key Key::generate() {
    return Key(EVP_RSA_gen(2048));
}

std::optional<Key> Key::from_certificate_der(std::string_view der) {
    const unsigned char* at = bytes_of(der);
    const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
    if (!certificate) return std::nullopt;
    EVP_PKEY* key = X509_get_pubkey(certificate.get());
    if (!key) return std::nullopt;
    Key result(key);
    result.der_ = std::string(der);
    return result;
}

std::optional<Key> Key::from_certificate_pem(std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
    if (!certificate) return std::nullopt;
    return from_certificate_der(der_of(certificate.get()));
}

std::optional<Key> Key::from_numbers(std::string_view modulus, std::string_view exponent) {
    using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
    const Number n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr), BN_free);
    const Number e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr), BN_free);
    const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                                  OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(OSSL_PARAM_BLD_to_param(builder.get()),
                                                                             OSSL_PARAM_free);
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0)
        return std::nullopt;
    return Key(key);
}

std::string Key::sign_rs256(std::string_view bytes) const {
    const Digest context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::size_t size = 0;
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(context.get(), nullptr, &size, bytes_of(bytes), bytes.size());
    std::string out(size, '\0');
    EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(bytes), bytes.size());
    out.resize(size);
    return out;
}

bool Key::verify(std::string_view bytes, std::string_view signature, bool pss) const {
    const Digest context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* inner = nullptr; // belongs to the digest context
    if (EVP_DigestVerifyInit(context.get(), &inner, EVP_sha256(), nullptr, key_.get()) <= 0) return false;
    if (pss && (EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) <= 0 ||
                EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, RSA_PSS_SALTLEN_DIGEST) <= 0))
        return false;
    return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
}

std::string Key::encrypt_oaep_sha1(std::string_view bytes) const {
    const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
    std::size_t size = 0;
    if (EVP_PKEY_encrypt_init(context.get()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0 ||
        EVP_PKEY_encrypt(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) <= 0)
        return {};
    std::string out(size, '\0');
    if (EVP_PKEY_encrypt(context.get(), bytes_of(out), &size, bytes_of(bytes), bytes.size()) <= 0) return {};
    out.resize(size);
    return out;
}

std::optional<std::string> Key::decrypt_oaep_sha1(std::string_view bytes) const {
    const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
    std::size_t size = 0;
    if (EVP_PKEY_decrypt_init(context.get()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0 ||
        EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) <= 0)
        return std::nullopt;
    std::string out(size, '\0');
    if (EVP_PKEY_decrypt(context.get(), bytes_of(out), &size, bytes_of(bytes), bytes.size()) <= 0) return std::nullopt;
    out.resize(size);
    return out;
}

namespace {

std::string number_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) <= 0) return {};
    std::string out(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, bytes_of(out));
    BN_free(number);
    return out;
}

} // namespace

std::string Key::modulus() const {
    return number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N);
}
std::string Key::exponent() const {
    return number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E);
}
int Key::bits() const {
    return EVP_PKEY_get_bits(key_.get());
}
bool Key::rsa() const {
    return EVP_PKEY_is_a(key_.get(), "RSA") == 1;
}

std::string Key::private_pem() const {
    const Bio out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string Key::self_signed(std::string_view name) const {
    const Certificate certificate(X509_new(), X509_free);
    X509* c = certificate.get();
    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
    X509_gmtime_adj(X509_getm_notBefore(c), -86'400);
    X509_gmtime_adj(X509_getm_notAfter(c), 365L * 86'400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8, bytes_of(name),
                               static_cast<int>(name.size()), -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(c));
    X509_set_pubkey(c, key_.get());
    X509_sign(c, key_.get(), EVP_sha256());
    return der_of(c);
}

std::string aes_encrypt(std::string_view key, std::string_view plain) {
    const Cipher context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    std::string out(plain.size() + 32, '\0');
    int size = 0;
    int rest = 0;
    EVP_EncryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes_of(key), bytes_of(key));
    EVP_EncryptUpdate(context.get(), bytes_of(out), &size, bytes_of(plain), static_cast<int>(plain.size()));
    EVP_EncryptFinal_ex(context.get(), bytes_of(out) + size, &rest);
    out.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
    return out;
}

std::optional<std::string> aes_decrypt(std::string_view key, std::string_view data) {
    if (key.size() != 32) return std::nullopt;
    const Cipher context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    std::string out(data.size() + 32, '\0');
    int size = 0;
    int rest = 0;
    EVP_DecryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes_of(key), bytes_of(key));
    if (EVP_DecryptUpdate(context.get(), bytes_of(out), &size, bytes_of(data), static_cast<int>(data.size())) <= 0 ||
        EVP_DecryptFinal_ex(context.get(), bytes_of(out) + size, &rest) <= 0)
        return std::nullopt;
    out.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
    return out;
}

} // namespace sim::graph::crypto
