#include "privacy/keyed_hash.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <span>

#include "base/check.hpp"
#include "proto/text/text.hpp"
#include "store/secrets.hpp"

namespace lamp::privacy {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t hash_bytes = 6;
constexpr std::string_view key_name = "privacy/key";

} // namespace

Result<Secret> read_key(store::Database& disk) {
    auto kept = store::read_secret(disk, std::string(key_name));
    if (!kept || !kept->empty()) return kept;
    std::array<unsigned char, key_bytes> random{};
    LAMP_CHECK(::RAND_bytes(random.data(), random.size()) == 1);
    Secret key(text::hex(random));
    if (auto done = store::keep_secret(disk, std::string(key_name), key); !done) return std::unexpected(done.error());
    return key;
}

std::string keyed_hash(const Secret& key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    const auto& secret = key.reveal();
    const auto* done = ::HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                              reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data(), &size);
    LAMP_CHECK(done != nullptr);
    return "~" + text::hex(std::span(sum).first(hash_bytes));
}

} // namespace lamp::privacy
