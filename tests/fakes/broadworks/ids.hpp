// UUIDs that carry a number: compact (nothing is stored per id), deterministic, and still opaque to clients.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sim::bw {

inline std::string uuid_of(std::uint32_t kind, std::uint64_t number, std::uint32_t serial = 0) {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::uint64_t mix =
        (number + 1) * 0x9E3779B97F4A7C15ULL + serial * 0xBF58476D1CE4E5B9ULL + kind * 0x94D049BB133111EBULL;
    mix ^= mix >> 29;
    std::string out = "00000000-0000-4000-8000-000000000000";
    static constexpr std::array<int, 15> places = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 17};
    for (const int place : places) {
        out[static_cast<std::size_t>(place)] = hex[mix & 15];
        mix = (mix >> 4) | (mix << 60);
    }
    for (std::size_t i = out.size(); i > 24; --i, number >>= 4)
        out[i - 1] = hex[number & 15];
    return out;
}

inline std::optional<std::uint64_t> uuid_number(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : text.substr(24)) {
        if (c >= '0' && c <= '9')
            number = number * 16 + static_cast<std::uint64_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            number = number * 16 + static_cast<std::uint64_t>(c - 'a' + 10);
        else
            return std::nullopt;
    }
    return number;
}

} // namespace sim::bw
