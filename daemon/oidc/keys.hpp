// The public keys of an identity provider (JWK sets, RFC 7517) and signatures by them (RFC 7518 sections 3.3, 3.4):
// RS256 and ES256, nothing else. Values, made once; any thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

struct evp_pkey_st; // OpenSSL's EVP_PKEY

namespace lamp::oidc {

enum class Algorithm : std::uint8_t { rs256, es256 };
[[nodiscard]] std::optional<Algorithm> algorithm_named(std::string_view word);

class KeySet {
public:
    static constexpr std::size_t keys_max = 64;

    /// Keys that are not for signatures, too weak (RSA below 2048 bits) or of another kind are left out.
    /// Category::protocol: no JWK set, or nothing usable in it.
    [[nodiscard]] static Result<KeySet> parse(std::string_view json);

    /// A key of this name, or of none where `kid` is empty and there is only one of its kind.
    [[nodiscard]] bool knows(std::string_view kid, Algorithm algorithm) const {
        return find(kid, algorithm) != nullptr;
    }
    /// Whether `signature` is that of `text` by that key.
    [[nodiscard]] bool signed_by(std::string_view kid, Algorithm algorithm, std::string_view text,
                                 std::string_view signature) const;
    /// Whether that key says it is good for this (member `endorsements`, as the Bot Connector's keys have it).
    [[nodiscard]] bool endorsed(std::string_view kid, Algorithm algorithm, std::string_view what) const;
    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    struct Key {
        std::string kid;
        Algorithm algorithm;
        std::shared_ptr<evp_pkey_st> key;
        std::vector<std::string> endorsements;
    };
    [[nodiscard]] const Key* find(std::string_view kid, Algorithm algorithm) const;

    std::vector<Key> keys_;
};

} // namespace lamp::oidc
