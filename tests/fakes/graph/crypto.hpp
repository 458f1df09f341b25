// OpenSSL behind a few plain functions: base64, digests, tokens (RFC 7515, 7518), and the encryption of rich
// notifications (cloud-apis.md A7). Failures are empty results: what goes in comes from a test or from the network.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sim::graph::crypto {

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes); // without padding
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);
std::string random_bytes(std::size_t count);
std::string sha1(std::string_view bytes);
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string hex(std::string_view bytes); // upper case

// An RSA key: of a certificate (public), or generated here.
class Key {
public:
    static Key generate(); // RSA 2048
    static std::optional<Key> from_certificate_pem(std::string_view pem);
    static std::optional<Key> from_certificate_der(std::string_view der);
    static std::optional<Key> from_numbers(std::string_view modulus, std::string_view exponent); // big-endian (JWK)

    std::string sign_rs256(std::string_view bytes) const;
    bool verify(std::string_view bytes, std::string_view signature, bool pss) const; // RS256 or PS256
    std::string encrypt_oaep_sha1(std::string_view bytes) const;
    std::optional<std::string> decrypt_oaep_sha1(std::string_view bytes) const;
    std::string modulus() const; // big-endian
    std::string exponent() const;
    int bits() const;
    bool rsa() const;
    const std::string& certificate_der() const { return der_; }
    std::string private_pem() const; // PKCS#8
    // A self-signed certificate for this (private) key, DER.
    std::string self_signed(std::string_view name) const;

private:
    explicit Key(evp_pkey_st* key);
    std::shared_ptr<evp_pkey_st> key_;
    std::string der_;
};

// AES-256-CBC, PKCS#7, IV = the first 16 bytes of the 32-byte key.
std::string aes_encrypt(std::string_view key, std::string_view plain);
std::optional<std::string> aes_decrypt(std::string_view key, std::string_view data);

} // namespace sim::graph::crypto
