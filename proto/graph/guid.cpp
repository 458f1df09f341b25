#include "proto/graph/guid.hpp"

namespace lamp::graph {
namespace {

constexpr std::size_t text_size = 36;
constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::uint8_t i = 0; i < 10; ++i)
        table[static_cast<std::size_t>('0' + i)] = i;
    for (std::uint8_t i = 0; i < 6; ++i)
        table[static_cast<std::size_t>('a' + i)] = table[static_cast<std::size_t>('A' + i)] =
            static_cast<std::uint8_t>(10 + i);
    return table;
}();

constexpr bool dash_at(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

} // namespace

std::optional<Guid> parse_guid(std::string_view text) {
    if (text.size() != text_size) return std::nullopt;
    Guid guid;
    std::size_t at = 0;
    for (auto& byte : guid.bytes) {
        if (dash_at(at) && text[at++] != '-') return std::nullopt;
        auto high = digits[static_cast<unsigned char>(text[at])];
        auto low = digits[static_cast<unsigned char>(text[at + 1])];
        if (high == no_digit || low == no_digit) return std::nullopt;
        byte = static_cast<std::uint8_t>(high << 4 | low);
        at += 2;
    }
    return guid;
}

void append(std::string& out, const Guid& guid) {
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    char text[text_size];
    std::size_t at = 0;
    for (auto byte : guid.bytes) {
        if (dash_at(at)) text[at++] = '-';
        text[at++] = hexadecimal[byte >> 4];
        text[at++] = hexadecimal[byte & 15];
    }
    out.append(text, text_size);
}

std::string to_string(const Guid& guid) {
    std::string text;
    append(text, guid);
    return text;
}

} // namespace lamp::graph
