// A document with a number in it that differs from reader to reader: rendered once, patched for each. The number stands
// in an attribute; room for ten digits is left behind its quote, where white space may stand. Pure.
#pragma once
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace lamp::xml {

/// Ten digits to give to Writer::attribute; where they came to stand is found by `Versioned::found`.
inline constexpr std::string_view version_room = "4294967295";

struct Versioned {
    std::string text;
    std::size_t version_at = 0; // of the first digit; `text` has eleven bytes from there on

    /// `text` must have been written with `attribute("version", version_room)` before anything a stranger may choose.
    [[nodiscard]] static Versioned found(std::string text) {
        const auto at = text.find("version=\"4294967295\"");
        return {std::move(text), at + 9};
    }
    void set_version(std::uint32_t version) { write_version(text.data() + version_at, version); }
    /// The same for a copy of the document that stands in another buffer: eleven bytes are written at `at`.
    static void write_version(char* at, std::uint32_t version) {
        char* end = std::to_chars(at, at + version_room.size(), version).ptr;
        *end++ = '"';
        while (end < at + version_room.size() + 1)
            *end++ = ' ';
    }
};

} // namespace lamp::xml
