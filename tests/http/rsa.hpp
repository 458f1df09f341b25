// RSA keys and self-signed certificates that live for one test.
#pragma once
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "certificates.hpp"

namespace testing {

template <class Write>
std::string pem_of(Write write) {
    std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), BIO_free_all);
    if (write(out.get()) != 1) std::abort();
    char* text = nullptr;
    auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

class Rsa {
public:
    explicit Rsa(unsigned bits = 2048)
        : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits})), certificate_(X509_new()) {
        auto* certificate = certificate_.get();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key_.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>("lamplighter"), -1, -1, 0);
        X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
        if (X509_sign(certificate, key_.get(), EVP_sha256()) <= 0) std::abort();
    }

    [[nodiscard]] std::string private_pem() const {
        return pem_of(
            [&](BIO* out) { return PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }
    [[nodiscard]] std::string encrypted_pem() const {
        return pem_of([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key_.get(), EVP_aes_128_cbc(),
                                            reinterpret_cast<const unsigned char*>("word"), 4, nullptr, nullptr);
        });
    }
    [[nodiscard]] std::string public_pem() const {
        return pem_of([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key_.get()); });
    }
    [[nodiscard]] std::string certificate_pem() const {
        return pem_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate_.get()); });
    }
    [[nodiscard]] std::string modulus() const {
        BIGNUM* number = nullptr;
        EVP_PKEY_get_bn_param(key_.get(), "n", &number);
        std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
        BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
        BN_free(number);
        return bytes;
    }
    [[nodiscard]] std::string thumbprint_sha256() const {
        std::array<unsigned char, 32> out{};
        unsigned size = 0;
        X509_digest(certificate_.get(), EVP_sha256(), out.data(), &size);
        return {reinterpret_cast<const char*>(out.data()), size};
    }

private:
    std::unique_ptr<EVP_PKEY, KeyFree> key_;
    std::unique_ptr<X509, CertificateFree> certificate_;
};

inline std::string ec_private_pem() {
    std::unique_ptr<EVP_PKEY, KeyFree> key(EVP_EC_gen("P-256"));
    return pem_of(
        [&](BIO* out) { return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

} // namespace testing
