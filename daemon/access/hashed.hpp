// Secrets of tokens as they are kept: their SHA-256 (FIPS 180-4), never themselves. Enough for what is random; words
// that people think up need more than one hash. Pure; any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace lamp::access {

using Digest = std::array<unsigned char, 32>;

struct DigestHash {
    std::size_t operator()(const Digest& digest) const {
        std::size_t value = 0;
        std::memcpy(&value, digest.data(), sizeof value);
        return value;
    }
};

[[nodiscard]] Digest digest_of(std::string_view text);

inline constexpr std::string_view hashed_prefix = "sha256:";
/// Begins as a hash does, whether it is one or not.
[[nodiscard]] inline bool means_hash(std::string_view text) {
    return text.starts_with(hashed_prefix);
}
/// "sha256:" and 64 hexadecimal digits in either case; nothing for any other text.
[[nodiscard]] std::optional<Digest> read_hashed(std::string_view text);
[[nodiscard]] std::string write_hashed(const Digest& digest);

/// A new one: "lamp_" and 40 letters and digits, 200 random bits.
[[nodiscard]] Secret new_secret();

} // namespace lamp::access
