#include "http/jwt.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/limits.hpp"
#include "http/public_key.hpp"

namespace lamp::http {
namespace {

constexpr int bits_min = 2048;
constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using X509Handle = std::unique_ptr<X509, Freed<X509_free>>;

Bio reading(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Key owned(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}

/// An encrypted key is refused rather than asked a passphrase for on the terminal.
int no_passphrase(char* /*space*/, int /*size*/, int /*writing*/, void* /*ours*/) {
    return -1;
}

Result<void> usable(const Key& key) {
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return fail(Category::invalid, "The key is no RSA key.");
    if (EVP_PKEY_get_bits(key.get()) < bits_min)
        return fail(Category::invalid, "The RSA key is shorter than 2048 bits and is not accepted anywhere.");
    return {};
}

X509Handle read_certificate(std::string_view pem) {
    auto source = reading(pem);
    return X509Handle(PEM_read_bio_X509(source.get(), nullptr, no_passphrase, nullptr));
}

std::string thumbprint(X509* certificate, const EVP_MD* digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    X509_digest(certificate, digest, out.data(), &size);
    return to_base64url({reinterpret_cast<const char*>(out.data()), size});
}

struct Parts {
    std::string_view header, payload, signature;
    std::string_view signed_text;
};

Result<Parts> parts(std::string_view token) {
    auto first = token.find('.');
    auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (token.size() > limits::token_bytes || second == std::string_view::npos ||
        token.find('.', second + 1) != std::string_view::npos)
        return fail(Category::protocol, "The token is no signed JSON Web Token of three parts.");
    return Parts{.header = token.substr(0, first),
                 .payload = token.substr(first + 1, second - first - 1),
                 .signature = token.substr(second + 1),
                 .signed_text = token.substr(0, second)};
}

Result<std::string> decoded(std::string_view part) {
    auto text = from_base64url(part);
    if (!text) return fail(Category::protocol, "A part of the JSON Web Token is not base64url.");
    return std::move(*text);
}

Result<void> says_rs256(std::string_view header) {
    boost::json::error_code error;
    auto value = boost::json::parse({header.data(), header.size()}, error);
    if (error || !value.is_object())
        return fail(Category::protocol, "The header of the JSON Web Token is no JSON object.");
    const auto& object = value.get_object();
    const auto* algorithm = object.if_contains("alg");
    if (algorithm == nullptr || !algorithm->is_string() || algorithm->get_string() != "RS256")
        return fail(Category::unauthorised, "The JSON Web Token is not signed with RS256.");
    if (object.contains("crit"))
        return fail(Category::unauthorised, "The JSON Web Token demands an extension that is not known here.");
    return {};
}

} // namespace

std::string to_base64url(std::string_view text) {
    std::string out;
    out.reserve((text.size() * 4 + 2) / 3);
    unsigned held = 0;
    int bits = 0;
    for (char c : text) {
        held = held << 8 | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6)
            out += letters[held >> (bits -= 6) & 63U];
    }
    if (bits > 0) out += letters[held << (6 - bits) & 63U];
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    unsigned held = 0;
    int bits = 0;
    for (char c : text) {
        auto value = letters.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        held = held << 6 | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) out += static_cast<char>(held >> (bits -= 8) & 255U);
    }
    if ((held & ((1U << bits) - 1U)) != 0) return std::nullopt;
    return out;
}

Result<SigningKey> SigningKey::parse(const Secret& pem) {
    QuietErrors quiet;
    auto source = reading(pem.reveal());
    SigningKey made;
    made.key_ = owned(PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr));
    if (!made.key_)
        return fail(Category::invalid, "The private key is no readable PEM (BEGIN PRIVATE KEY, without a passphrase).");
    if (auto fine = usable(made.key_); !fine) return std::unexpected(fine.error());
    return made;
}

Result<VerifyingKey> VerifyingKey::parse(std::string_view pem) {
    QuietErrors quiet;
    VerifyingKey made;
    if (auto certificate = read_certificate(pem)) {
        made.key_ = owned(X509_get_pubkey(certificate.get()));
    } else {
        auto source = reading(pem);
        made.key_ = owned(PEM_read_bio_PUBKEY(source.get(), nullptr, no_passphrase, nullptr));
    }
    if (!made.key_) return fail(Category::invalid, "The public key is neither a PEM certificate nor a PEM public key.");
    if (auto fine = usable(made.key_); !fine) return std::unexpected(fine.error());
    return made;
}

Result<VerifyingKey> VerifyingKey::from_jwk(std::string_view n, std::string_view e) {
    QuietErrors quiet;
    auto numbers = read_rsa(n, e);
    if (!numbers) return fail(Category::protocol, "The JSON Web Key has no readable n and e.");
    auto key = rsa_public_key(*numbers);
    if (!key) return fail(Category::protocol, "The JSON Web Key is no RSA public key.");
    VerifyingKey made;
    made.key_ = std::move(key);
    if (auto fine = usable(made.key_); !fine) return std::unexpected(fine.error());
    return made;
}

Result<Certificate> Certificate::parse(std::string_view pem, const SigningKey& key) {
    QuietErrors quiet;
    auto certificate = read_certificate(pem);
    if (!certificate) return fail(Category::invalid, "The certificate is no readable PEM (BEGIN CERTIFICATE).");
    if (X509_check_private_key(certificate.get(), key.key_.get()) != 1)
        return fail(Category::invalid, "The certificate and the private key do not belong together.");
    return Certificate{.x5t = thumbprint(certificate.get(), EVP_sha1()),
                       .x5t_s256 = thumbprint(certificate.get(), EVP_sha256())};
}

Result<std::string> sign_rs256(std::string_view header, std::string_view payload, const SigningKey& key) {
    QuietErrors quiet;
    auto token = to_base64url(header) + '.' + to_base64url(payload);
    Digest digest(EVP_MD_CTX_new());
    std::size_t size = 0;
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.key_.get())), '\0');
    size = signature.size();
    if (!digest || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.key_.get()) != 1 ||
        EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes(token),
                       token.size()) != 1)
        return fail(Category::invalid, "OpenSSL could not sign with this key.");
    signature.resize(size);
    return token + '.' + to_base64url(signature);
}

Result<std::string> unverified_header(std::string_view token) {
    auto cut = parts(token);
    if (!cut) return std::unexpected(cut.error());
    return decoded(cut->header);
}

Result<std::string> claims(std::string_view token) {
    auto cut = parts(token);
    if (!cut) return std::unexpected(cut.error());
    return decoded(cut->payload);
}

Result<std::string> verify_rs256(std::string_view token, const VerifyingKey& key) {
    QuietErrors quiet;
    auto cut = parts(token);
    if (!cut) return std::unexpected(cut.error());
    auto header = decoded(cut->header);
    auto payload = decoded(cut->payload);
    auto signature = decoded(cut->signature);
    if (!header || !payload || !signature)
        return fail(Category::protocol, "A part of the JSON Web Token is not base64url.");
    if (auto fine = says_rs256(*header); !fine) return std::unexpected(fine.error());
    Digest digest(EVP_MD_CTX_new());
    if (!digest || EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.key_.get()) != 1 ||
        EVP_DigestVerify(digest.get(), bytes(*signature), signature->size(), bytes(cut->signed_text),
                         cut->signed_text.size()) != 1)
        return fail(Category::unauthorised, "The signature of the JSON Web Token is not that of the key.");
    return payload;
}

} // namespace lamp::http
