#include "proto/json/writer.hpp"

#include <array>
#include <fmt/format.h>

namespace lamp {
namespace {

/// 0: as it is; 1: control, needs \u00xx; 2: above ASCII; else the letter after the backslash.
constexpr auto escapes = [] {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c)
        table.at(c) = 1;
    for (std::size_t c = 0x80; c < 256; ++c)
        table.at(c) = 2;
    table['"'] = '"';
    table['\\'] = '\\';
    table['\b'] = 'b';
    table['\f'] = 'f';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    table[0x7f] = 1;
    return table;
}();

/// Length of the well-formed UTF-8 sequence at the start of `text` (which begins above ASCII); 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
        return byte(i) >= low && byte(i) <= high;
    };
    unsigned lead = byte(0);
    if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
        unsigned high = lead == 0xed ? 0x9f : 0xbf; // no surrogates
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        unsigned low = lead == 0xf0 ? 0x90 : 0x80;
        unsigned high = lead == 0xf4 ? 0x8f : 0xbf;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

/// Appends the character at `text[0]`, which cannot stand as it is; returns how many bytes it was.
std::size_t append_special(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    auto byte = static_cast<unsigned char>(text.front());
    char how = escapes[byte];
    if (how == 2) {
        auto length = sequence_length(text);
        length > 0 ? out.append(text.substr(0, length)) : out.append("\xef\xbf\xbd");
        return length > 0 ? length : 1;
    }
    if (how == 1) {
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
        return 1;
    }
    out += '\\';
    out += how;
    return 1;
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0; // start of what has not been appended
    for (std::size_t i = 0; i < text.size();) {
        if (escapes[static_cast<unsigned char>(text[i])] == 0) {
            ++i;
            continue;
        }
        out.append(text.substr(plain, i - plain));
        i += append_special(out, text.substr(i));
        plain = i;
    }
    out.append(text.substr(plain));
    out += '"';
}

void append_number(std::string& out, std::uint64_t value) {
    fmt::format_int digits(value);
    out.append(digits.data(), digits.size());
}

void JsonWriter::value(std::int64_t number) {
    separate();
    fmt::format_int digits(number);
    out_.append(digits.data(), digits.size());
}

void JsonWriter::value(double number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{:.1f}", number);
}

void JsonWriter::value(Wall time) {
    separate();
    std::array<char, 24> text;
    write_rfc3339(text.data(), time);
    out_ += '"';
    out_.append(text.data(), text.size());
    out_ += '"';
}

} // namespace lamp
