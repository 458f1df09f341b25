#include "proto/graph/decrypt.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <optional>
#include <utility>

#include "base/freed.hpp"
#include "proto/graph/walk.hpp"

namespace lamp::graph {
namespace {

constexpr std::size_t symmetric_bytes = 32;
constexpr int vector_bytes = 16; // of AES, taken from the front of the key
constexpr int rsa_bits_min = 2048;

using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using OwnedKey = std::unique_ptr<EVP_PKEY, PrivateKey::Free>;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

// RFC 4648 section 4 with its padding, on one line; nothing on anything else.
std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > string_bytes_max) return std::nullopt;
    if (text.empty()) return std::string();
    auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.find_first_not_of(letters) < text.size() - padding) return std::nullopt; // the library skips spaces
    std::string clear(text.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(bytes(clear), bytes(text), static_cast<int>(text.size())) < 0) return std::nullopt;
    clear.resize(clear.size() - padding);
    return clear;
}

std::string to_base64(std::string_view clear) {
    std::string text((clear.size() + 2) / 3 * 4 + 1, '\0'); // and the library's zero
    auto size = EVP_EncodeBlock(bytes(text), bytes(clear), static_cast<int>(clear.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// Wiped when it goes.
struct Secret {
    std::string text;
    Secret() = default;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { OPENSSL_cleanse(text.data(), text.size()); }
};

bool open_key(const PrivateKey& key, std::string_view sealed, Secret& symmetric) {
    Context context(EVP_PKEY_CTX_new(key.native(), nullptr));
    if (!context || EVP_PKEY_decrypt_init(context.get()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha1()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha1()) <= 0)
        return false;
    auto size = static_cast<std::size_t>(EVP_PKEY_get_size(key.native()));
    symmetric.text.resize(size);
    if (EVP_PKEY_decrypt(context.get(), bytes(symmetric.text), &size, bytes(sealed), sealed.size()) <= 0) return false;
    symmetric.text.resize(size);
    return true;
}

std::unexpected<Error> refused() {
    return fail(Category::protocol, "The encrypted content of a notification cannot be opened with our key.");
}

std::string der_of(X509* certificate) {
    auto size = i2d_X509(certificate, nullptr);
    if (size <= 0) return {};
    std::string der(static_cast<std::size_t>(size), '\0');
    auto* end = bytes(der);
    i2d_X509(certificate, &end);
    return der;
}

bool add_extension(X509* certificate, int which, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> made(
        X509V3_EXT_conf_nid(nullptr, &context, which, value));
    return made && X509_add_ext(certificate, made.get(), -1) == 1;
}

Certificate self_signed(EVP_PKEY* key, std::string_view common_name, std::time_t begins, std::time_t ends) {
    Certificate certificate(X509_new());
    auto* one = certificate.get();
    std::uint64_t serial = 0;
    if (!one || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return nullptr;
    auto* name = X509_get_subject_name(one);
    bool fine = X509_set_version(one, X509_VERSION_3) == 1 &&
                ASN1_INTEGER_set_uint64(X509_get_serialNumber(one), (serial >> 1) | 1) == 1 &&
                ASN1_TIME_set(X509_getm_notBefore(one), begins) && ASN1_TIME_set(X509_getm_notAfter(one), ends) &&
                X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, bytes(common_name),
                                           static_cast<int>(common_name.size()), -1, 0) == 1 &&
                X509_set_issuer_name(one, name) == 1 && X509_set_pubkey(one, key) == 1 &&
                add_extension(one, NID_key_usage, "critical,keyEncipherment,dataEncipherment") &&
                X509_sign(one, key, EVP_sha256()) > 0;
    return fine ? std::move(certificate) : nullptr;
}

} // namespace

void PrivateKey::Free::operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
    Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    auto no_phrase = [](char*, int, int, void*) { return -1; }; // never asks at the terminal
    OwnedKey key(memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, no_phrase, nullptr) : nullptr);
    if (!key) return fail(Category::invalid, "The key is no private key in PEM without a pass phrase.");
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < rsa_bits_min)
        return fail(Category::invalid, "The key is no RSA key of 2048 bits or more.");
    return PrivateKey(std::move(key));
}

std::string PrivateKey::pem() const {
    Memory memory(BIO_new(BIO_s_mem()));
    if (!memory || PEM_write_bio_PrivateKey(memory.get(), native(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return {};
    char* text = nullptr;
    auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

Result<KeyPair> make_key_pair(std::string_view common_name, Wall now, std::chrono::days life) {
    using std::chrono::system_clock;
    OwnedKey key(EVP_RSA_gen(rsa_bits_min));
    if (!key) return fail(Category::unavailable, "No RSA key could be made.");
    // A clock that runs ahead of the service's must not make it "not yet valid".
    auto certificate = self_signed(key.get(), common_name, system_clock::to_time_t(now - std::chrono::days(1)),
                                   system_clock::to_time_t(now + life));
    std::string der = certificate ? der_of(certificate.get()) : std::string();
    if (der.empty()) return fail(Category::unavailable, "No certificate could be made.");

    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(certificate.get(), EVP_sha1(), digest.data(), &size);
    std::string thumbprint;
    for (unsigned i = 0; i < size; ++i)
        for (auto half : {digest[i] >> 4, digest[i] & 15})
            thumbprint += "0123456789ABCDEF"[half];
    return KeyPair{PrivateKey(std::move(key)), to_base64(der), std::move(thumbprint)};
}

Result<std::string> decrypt_with(std::string_view key, const EncryptedContent& content) {
    auto sealed = from_base64(content.data);
    auto signature = from_base64(content.signature);
    if (key.size() != symmetric_bytes || !sealed || !signature) return refused();

    std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
    unsigned expected_size = 0;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(*sealed), sealed->size(), expected.data(),
              &expected_size) ||
        signature->size() != expected_size || CRYPTO_memcmp(signature->data(), expected.data(), expected_size) != 0)
        return refused();

    Cipher cipher(EVP_CIPHER_CTX_new());
    std::string clear(sealed->size() + vector_bytes, '\0');
    int first = 0;
    int last = 0;
    // The vector is the key's first 16 bytes.
    if (!cipher || EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_cbc(), nullptr, bytes(key), bytes(key)) != 1 ||
        EVP_DecryptUpdate(cipher.get(), bytes(clear), &first, bytes(*sealed), static_cast<int>(sealed->size())) != 1 ||
        EVP_DecryptFinal_ex(cipher.get(), bytes(clear) + first, &last) != 1)
        return refused();
    clear.resize(static_cast<std::size_t>(first) + static_cast<std::size_t>(last));
    return clear;
}

Result<std::string> decrypt(const EncryptedContent& content, const PrivateKey& key) {
    auto sealed = from_base64(content.key);
    Secret symmetric;
    if (!sealed || !open_key(key, *sealed, symmetric)) return refused();
    return decrypt_with(symmetric.text, content);
}

} // namespace lamp::graph
