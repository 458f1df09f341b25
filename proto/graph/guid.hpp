// The object ids of the directory: 16 bytes, written 8-4-4-4-12 in hexadecimal. Pure values.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lamp::graph {

/// In the order in which its text reads, so that ids sort as their texts do.
struct Guid {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Guid&) const = default;
};

/// "11111111-2222-3333-4444-555555555555", any case; nothing on anything else (braces, spaces, a UPN).
[[nodiscard]] std::optional<Guid> parse_guid(std::string_view text);
/// 36 characters, lower case.
[[nodiscard]] std::string to_string(const Guid& guid);
void append(std::string& out, const Guid& guid);

} // namespace lamp::graph

template <>
struct std::hash<lamp::graph::Guid> {
    std::size_t operator()(const lamp::graph::Guid& guid) const noexcept {
        std::uint64_t halves[2];
        std::memcpy(halves, guid.bytes.data(), sizeof halves);
        // Ids made by counting differ in few bits: these are spread over the whole word (splitmix64's finish).
        auto mixed = halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15U);
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31);
    }
};
