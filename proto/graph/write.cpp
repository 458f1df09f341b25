#include "proto/graph/write.hpp"

#include <algorithm>

namespace lamp::graph {

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    auto plain = [](char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; };
    out += '"';
    while (!text.empty()) {
        auto end = std::ranges::find_if_not(text, plain);
        auto run = static_cast<std::size_t>(end - text.begin());
        out += text.substr(0, run);
        text.remove_prefix(run);
        if (text.empty()) break;
        auto c = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
        if (c >= 0x20) {
            out += '\\';
            out += static_cast<char>(c);
        } else {
            out += "\\u00";
            out += hexadecimal[c >> 4];
            out += hexadecimal[c & 15];
        }
    }
    out += '"';
}

void append_segment(std::string& out, std::string_view text) {
    constexpr std::string_view hexadecimal = "0123456789ABCDEF";
    constexpr std::string_view stays = "-._~@";
    for (char c : text) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || stays.contains(c);
        if (plain) {
            out += c;
        } else {
            auto byte = static_cast<unsigned char>(c);
            out += {'%', hexadecimal[byte >> 4], hexadecimal[byte & 15]};
        }
    }
}

} // namespace lamp::graph
