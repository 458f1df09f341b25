#include "access/hashed.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.hpp"
#include "proto/text/text.hpp"

namespace lamp::access {
namespace {

/// Kept for the life of the thread: fetching an algorithm costs more than a short hash.
struct Sha256 {
    EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    Sha256() { LAMP_CHECK(algorithm && context); }
    ~Sha256() {
        EVP_MD_CTX_free(context);
        EVP_MD_free(algorithm);
    }
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
};

} // namespace

Digest digest_of(std::string_view text) {
    thread_local Sha256 sha;
    Digest out{};
    bool good = EVP_DigestInit_ex2(sha.context, sha.algorithm, nullptr) == 1 &&
                EVP_DigestUpdate(sha.context, text.data(), text.size()) == 1 &&
                EVP_DigestFinal_ex(sha.context, out.data(), nullptr) == 1;
    LAMP_CHECK(good);
    return out;
}

std::optional<Digest> read_hashed(std::string_view text) {
    Digest digest{};
    if (!means_hash(text) || text.size() != hashed_prefix.size() + digest.size() * 2) return std::nullopt;
    text.remove_prefix(hashed_prefix.size());
    for (std::size_t i = 0; i < digest.size(); ++i) {
        int high = text::hex_digit(text[2 * i]);
        int low = text::hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        digest.at(i) = static_cast<unsigned char>(high * 16 + low);
    }
    return digest;
}

std::string write_hashed(const Digest& digest) {
    return std::string(hashed_prefix) + text::hex(digest);
}

Secret new_secret() {
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789"; // none that is read as another
    static_assert(letters.size() == 32);
    std::array<unsigned char, 40> random{};
    LAMP_CHECK(RAND_bytes(random.data(), random.size()) == 1);
    std::string text = "lamp_";
    for (unsigned char byte : random)
        text += letters[byte & 31U];
    return Secret(std::move(text));
}

} // namespace lamp::access
