// What proves that a delivery is Zoom's, and our answer to its test of an address (cloud-apis.md C1): HMAC-SHA256 with
// the secret token of the app. Pure; any loop.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace lamp::zoom {

inline constexpr std::string_view signature_field = "x-zm-signature";
inline constexpr std::string_view timestamp_field = "x-zm-request-timestamp"; // seconds since 1970

/// "v0=" and 64 hexadecimal digits over "v0:" timestamp ":" body.
[[nodiscard]] std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body);
/// The hexadecimal HMAC of a plain token.
[[nodiscard]] std::string encrypted_token(std::string_view secret, std::string_view plain);

enum class Proof : std::uint8_t {
    genuine,
    missing, // neither field is there
    stale,   // signed well, but too long ago, or in the future
    wrong,   // anything else
};
/// Of the bytes as they came. A timestamp may be as old as `tolerance` and lie `ahead` in the future. Compares in
/// constant time.
[[nodiscard]] Proof prove(std::string_view secret, std::optional<std::string_view> timestamp,
                          std::optional<std::string_view> signature, std::string_view body, Wall now,
                          milliseconds tolerance);
inline constexpr milliseconds ahead_max{300'000};

/// Letters, digits and "-_." only. What we sign for whoever asks must never be what proves a delivery ("v0:…").
[[nodiscard]] bool is_plain_token(std::string_view text);

} // namespace lamp::zoom
