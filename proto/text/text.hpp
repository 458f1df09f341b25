// Characters and numbers: transcoding, trimming, strict integers, hashes. Pure.
#pragma once
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lamp::text {

[[nodiscard]] bool is_utf8(std::string_view bytes);
/// The beginning of UTF-8, at most so many bytes of it: no character is cut in two.
[[nodiscard]] std::string_view beginning(std::string_view text, std::size_t most_bytes);
/// ISO 8859-1 (and what browsers make of it, windows-1252, for 0x80 to 0x9f) to UTF-8.
[[nodiscard]] std::string from_latin1(std::string_view bytes);
void append_latin1(std::string& out, std::string_view bytes); // the same, into a buffer that is used again

[[nodiscard]] constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string lower(std::string_view ascii);
[[nodiscard]] bool same_letters(std::string_view left, std::string_view right); // ASCII case ignored

/// The whole text as a decimal integer; nothing on anything else, overflow included.
template <class Integer>
[[nodiscard]] std::optional<Integer> number(std::string_view text) {
    Integer value{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// FNV-1a, 64 bits: the same in every build and on every machine, so a sum may be kept. Goes on from `sum`.
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view bytes, std::uint64_t sum = 0xcbf29ce484222325U) {
    for (char c : bytes)
        sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return sum;
}

/// Tells words apart by their length, first and last eight bytes: cheap, and enough for element names. Different words
/// may share a hash, so what must be sure compares the words too. Here in full for the loops that run per tag.
[[nodiscard]] inline std::uint32_t word_hash(std::string_view word) {
    std::uint64_t first = 0, last = 0;
    if (word.size() >= 8) {
        std::memcpy(&first, word.data(), 8);
        std::memcpy(&last, word.data() + word.size() - 8, 8);
    } else {
        for (char c : word)
            first = first << 8 | static_cast<unsigned char>(c);
    }
    auto mixed = (first ^ word.size()) * 0x9e3779b97f4a7c15U + last * 0xc2b2ae3d27d4eb4fU;
    return static_cast<std::uint32_t>(mixed >> 32);
}

/// 10 of 'a' and 'A'; -1: this is no hexadecimal digit.
[[nodiscard]] int hex_digit(char c);
/// Two small digits each.
[[nodiscard]] std::string hex(std::span<const unsigned char> bytes);

/// RFC 3986 percent-decoding; nothing on a broken escape.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

} // namespace lamp::text
