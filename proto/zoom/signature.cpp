#include "proto/zoom/signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <span>

#include "base/secret.hpp"
#include "proto/text/text.hpp"

namespace lamp::zoom {
namespace {

constexpr std::size_t plain_token_max = 256;
constexpr std::size_t timestamp_digits_max = 12;

std::string hex_hmac(std::string_view secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    ::HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data(), &size);
    return text::hex(std::span(sum).first(size));
}

std::optional<Wall> time_of(std::string_view timestamp) {
    std::int64_t seconds_since = 0;
    if (timestamp.empty() || timestamp.size() > timestamp_digits_max) return std::nullopt;
    const auto* end = timestamp.data() + timestamp.size();
    auto read = std::from_chars(timestamp.data(), end, seconds_since);
    if (read.ec != std::errc() || read.ptr != end || seconds_since < 0) return std::nullopt;
    return Wall(seconds(seconds_since));
}

} // namespace

std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body) {
    std::string message;
    message.reserve(timestamp.size() + body.size() + 4);
    message.append("v0:").append(timestamp).append(":").append(body);
    return "v0=" + hex_hmac(secret, message);
}

std::string encrypted_token(std::string_view secret, std::string_view plain) {
    return hex_hmac(secret, plain);
}

Proof prove(std::string_view secret, std::optional<std::string_view> timestamp, std::optional<std::string_view> given,
            std::string_view body, Wall now, milliseconds tolerance) {
    if (!timestamp && !given) return Proof::missing;
    if (!timestamp || !given || secret.empty()) return Proof::wrong;
    auto signed_at = time_of(*timestamp);
    if (!signed_at || !same_secret(signature(secret, *timestamp, body), *given)) return Proof::wrong;
    return *signed_at < now - tolerance || *signed_at > now + ahead_max ? Proof::stale : Proof::genuine;
}

bool is_plain_token(std::string_view text) {
    return !text.empty() && text.size() <= plain_token_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
}

} // namespace lamp::zoom
