#include "certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace testing {
namespace {

void must(bool fine, const char* what) {
    if (fine) return;
    std::fprintf(stderr, "certificates: %s failed\n", what);
    std::abort();
}

void extend(X509* certificate, X509* issuer, int extension, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* made = X509V3_EXT_conf_nid(nullptr, &context, extension, value.c_str());
    must(made != nullptr, "an extension");
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
}

Identity blank(const std::string& name, long begins_s, long ends_s) {
    static long serial = 1;
    Identity one{.key{EVP_EC_gen("P-256")}, .certificate{X509_new()}};
    must(one.key && one.certificate, "a key");
    auto* certificate = one.certificate.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), begins_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), ends_s);
    X509_set_pubkey(certificate, one.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return one;
}

} // namespace

Authority::Authority(const std::string& name) : own_(blank(name, -7200, 7200)) {
    auto* certificate = own_.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(certificate, certificate, NID_subject_key_identifier, "hash");
    must(X509_sign(certificate, own_.key.get(), EVP_sha256()) > 0, "signing");
    char path[] = "/tmp/lamp-test-ca-XXXXXX";
    int descriptor = ::mkstemp(path);
    must(descriptor >= 0, "a temporary file");
    std::FILE* out = ::fdopen(descriptor, "w");
    must(PEM_write_X509(out, certificate) == 1, "writing PEM");
    std::fclose(out);
    file_ = path;
}

Authority::~Authority() {
    ::unlink(file_.c_str());
}

Identity Authority::issue(const Wanted& wanted) const {
    auto leaf = blank("leaf", wanted.begins_s, wanted.ends_s);
    auto* certificate = leaf.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(own_.certificate.get()));
    extend(certificate, own_.certificate.get(), NID_basic_constraints, "CA:FALSE");
    extend(certificate, own_.certificate.get(), NID_subject_alt_name, wanted.names);
    must(X509_sign(certificate, own_.key.get(), EVP_sha256()) > 0, "signing");
    return leaf;
}

} // namespace testing
