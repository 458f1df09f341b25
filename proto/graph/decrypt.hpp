// Opening the encrypted contents of notifications, and the key pair that a subscription needs for them (cloud-apis.md
// A7). Pure but for the randomness of a new key.
#pragma once
#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "proto/graph/subscription.hpp"

namespace lamp::graph {

/// Our private key. The old one must stay usable while deliveries for it may still come.
class PrivateKey {
public:
    struct Free {
        void operator()(EVP_PKEY* key) const;
    };
    explicit PrivateKey(std::unique_ptr<EVP_PKEY, Free> key) : key_(std::move(key)) {}

    /// An RSA key of 2048 bits or more in PEM without a pass phrase. Error: invalid.
    [[nodiscard]] static Result<PrivateKey> from_pem(std::string_view pem);
    [[nodiscard]] std::string pem() const; // a secret
    [[nodiscard]] EVP_PKEY* native() const { return key_.get(); }

private:
    std::unique_ptr<EVP_PKEY, Free> key_;
};

struct KeyPair {
    PrivateKey key;
    std::string certificate; // self-signed, base64 of the DER: SubscriptionWish::certificate
    std::string thumbprint;  // SHA-1 of the DER in upper-case hexadecimal
};

/// RSA 2048; takes some hundred milliseconds. Error: unavailable (the library refused).
[[nodiscard]] Result<KeyPair> make_key_pair(std::string_view common_name, Wall now, std::chrono::days life);

/// The resource data in clear: JSON, for a presence to be read with read_presences. The signature is compared in
/// constant time before anything is decrypted. Error: protocol, the same text wherever a forger could learn from it.
[[nodiscard]] Result<std::string> decrypt(const EncryptedContent& content, const PrivateKey& key);

/// The same behind the asymmetric part: `key` is the 32 bytes of the symmetric key.
[[nodiscard]] Result<std::string> decrypt_with(std::string_view key, const EncryptedContent& content);

} // namespace lamp::graph
