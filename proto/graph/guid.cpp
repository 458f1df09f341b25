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

constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};
constexpr std::array<std::size_t, 16> places{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}; // of the bytes

} // namespace

std::optional<Guid> parse_guid(std::string_view text) {
    if (text.size() != text_size) return std::nullopt;
    for (auto dash : dashes)
        if (text[dash] != '-') return std::nullopt;
    Guid guid;
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto high = digits[static_cast<unsigned char>(text[places[i]])];
        auto low = digits[static_cast<unsigned char>(text[places[i] + 1])];
        if (high == no_digit || low == no_digit) return std::nullopt;
        guid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return guid;
}

void append(std::string& out, const Guid& guid) {
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    char text[text_size];
    for (auto dash : dashes)
        text[dash] = '-';
    for (std::size_t i = 0; i < places.size(); ++i) {
        text[places[i]] = hexadecimal[guid.bytes[i] >> 4];
        text[places[i] + 1] = hexadecimal[guid.bytes[i] & 15];
    }
    out.append(text, text_size);
}

std::string to_string(const Guid& guid) {
    std::string text;
    append(text, guid);
    return text;
}

} // namespace lamp::graph
