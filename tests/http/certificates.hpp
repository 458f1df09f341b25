// A certificate authority that lives for one test: keys and certificates made through OpenSSL, P-256.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace testing {

struct KeyFree {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateFree {
    void operator()(X509* certificate) const { X509_free(certificate); }
};

struct Identity {
    std::unique_ptr<EVP_PKEY, KeyFree> key;
    std::unique_ptr<X509, CertificateFree> certificate;
};

struct Wanted {
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1"; // subjectAltName, OpenSSL's notation
    long begins_s = -3600;                                   // seconds from now
    long ends_s = 3600;
};

class Authority {
public:
    explicit Authority(const std::string& name);
    ~Authority(); // removes the file
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    [[nodiscard]] Identity issue(const Wanted& wanted) const;
    /// The authority's certificate as PEM.
    [[nodiscard]] const std::string& file() const { return file_; }

private:
    Identity own_;
    std::string file_;
};

} // namespace testing
