#include "numbers/written.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::numbers {
namespace {

enum class Means : std::uint8_t { digit, plus, code, blank, slash, separator, nothing, open, close, other };

struct Piece {
    Means means;
    char as = 0;            // of digit, plus and code
    std::string_view bytes; // as written
};

struct Range {
    char32_t from;
    char32_t to;
    Means means;
};

constexpr Range beyond_ascii[] = {
    {0x00a0, 0x00a0, Means::blank},   // no-break space
    {0x00ad, 0x00ad, Means::nothing}, // soft hyphen
    {0x061c, 0x061c, Means::nothing}, // Arabic letter mark
    {0x0660, 0x0669, Means::digit},   // Arabic-Indic
    {0x06f0, 0x06f9, Means::digit},   // Persian
    {0x1680, 0x1680, Means::blank},     {0x180e, 0x180e, Means::nothing},
    {0x2000, 0x200a, Means::blank},     // en quad to hair space
    {0x200b, 0x200f, Means::nothing},   // zero-width, left-to-right and right-to-left marks
    {0x2010, 0x2015, Means::separator}, // hyphens and dashes
    {0x2028, 0x2029, Means::blank},     // line, paragraph
    {0x202a, 0x202e, Means::nothing},   // embeddings: iOS puts them around numbers
    {0x202f, 0x202f, Means::blank},     // narrow no-break space
    {0x205f, 0x205f, Means::blank},     {0x2060, 0x2069, Means::nothing}, // word joiner, isolates
    {0x2212, 0x2212, Means::separator},                                   // minus
    {0x3000, 0x3000, Means::blank},     {0xfe0f, 0xfe0f, Means::nothing}, // variation selector
    {0xfeff, 0xfeff, Means::nothing},                                     // byte order mark
    {0xff0b, 0xff0b, Means::plus},                                        // full-width
    {0xff0d, 0xff0d, Means::separator}, {0xff10, 0xff19, Means::digit},
};

Means meaning(char c) {
    if (c >= '0' && c <= '9') return Means::digit;
    switch (c) {
    case '+': return Means::plus;
    case '*':
    case '#': return Means::code;
    case ' ':
    case '\t':
    case '\r':
    case '\n': return Means::blank;
    case '/': return Means::slash;
    case '-':
    case '.': return Means::separator;
    case '(': return Means::open;
    case ')': return Means::close;
    default: return Means::other;
    }
}

/// How many bytes the UTF-8 character has that begins with that one; 1 for what is none.
std::size_t length_of(unsigned char first) {
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 1;
}

char32_t code_point(std::string_view bytes) {
    auto first = static_cast<unsigned char>(bytes.front());
    auto code = static_cast<char32_t>(first & (0xff >> (bytes.size() + 1)));
    for (char next : bytes.substr(1))
        code = code << 6 | (static_cast<unsigned char>(next) & 0x3f);
    return code;
}

Piece first_piece(std::string_view text) {
    auto length = std::min(length_of(static_cast<unsigned char>(text.front())), text.size());
    auto bytes = text.substr(0, length);
    if (length == 1) return {meaning(bytes.front()), bytes.front(), bytes};
    if (!text::is_utf8(bytes)) return {Means::other, 0, text.substr(0, 1)};
    const auto code = code_point(bytes);
    for (const Range& range : beyond_ascii) {
        if (code < range.from || code > range.to) continue;
        char as = range.means == Means::digit ? static_cast<char>('0' + (code - range.from)) : '+';
        return {range.means, as, bytes};
    }
    return {Means::other, 0, bytes};
}

/// The bytes of "(0)" at the start of `text`, blanks and marks within included; 0: it is not there.
std::size_t bracketed_zero(std::string_view text) {
    if (!text.starts_with('(')) return 0;
    std::string_view expected = "(0)";
    std::size_t at = 0;
    while (at < text.size() && !expected.empty()) {
        auto piece = first_piece(text.substr(at));
        const bool between = piece.means == Means::blank || piece.means == Means::nothing;
        if (!between) {
            if (piece.bytes != expected.substr(0, 1)) return 0;
            expected.remove_prefix(1);
        }
        at += piece.bytes.size();
    }
    return expected.empty() ? at : 0;
}

std::unexpected<Error> refused(std::string_view bytes) {
    // Nothing of the text but this character: titles hold names.
    const bool shown = static_cast<unsigned char>(bytes.front()) > ' ' && text::is_utf8(bytes) && bytes != "\x7f";
    return fail(Category::invalid, fmt::format("This is no telephone number: {} cannot stand in one (digits, one "
                                               "leading +, * and # can; blanks, - . / and brackets may separate them).",
                                               shown ? fmt::format("\"{}\"", bytes) : "an unprintable character"));
}

class Reader {
public:
    Result<Written> read(std::string_view text) {
        while (!text.empty()) {
            if (auto zero = out_.characters.empty() ? 0 : bracketed_zero(text)) {
                out_.characters += '0';
                text.remove_prefix(zero);
                continue;
            }
            auto piece = first_piece(text);
            text.remove_prefix(piece.bytes.size());
            if (auto taken = take(piece); !taken) return std::unexpected(taken.error());
        }
        if (out_.without_zeros.find_first_of("0123456789") == std::string::npos)
            return fail(Category::invalid, "This is no telephone number: there is no digit in it.");
        return std::move(out_);
    }

private:
    Result<void> take(const Piece& piece) {
        switch (piece.means) {
        case Means::plus:
            if (!out_.characters.empty())
                return fail(Category::invalid, "These are two telephone numbers, or one with a + within: only one "
                                               "number is allowed, a + only in front of it.");
            [[fallthrough]];
        case Means::digit:
        case Means::code:
            if (gap_ && !out_.characters.empty()) out_.gaps.push_back(out_.without_zeros.size());
            gap_ = false;
            out_.characters += piece.as;
            out_.without_zeros += piece.as;
            return {};
        case Means::blank:
        case Means::slash: gap_ = true; return {};
        case Means::separator:
        case Means::nothing:
        case Means::open:
        case Means::close: return {};
        case Means::other: break;
        }
        return refused(piece.bytes);
    }

    Written out_;
    bool gap_ = false;
};

/// The value of phone-context among ";name=value" parameters; an error where they are none.
Result<std::string_view> phone_context(std::string_view parameters) {
    std::string_view context;
    while (!parameters.empty()) {
        parameters.remove_prefix(1);
        auto one = parameters.substr(0, parameters.find(';'));
        parameters.remove_prefix(one.size());
        auto name = one.substr(0, one.find('='));
        const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        });
        if (!is_name || (name.front() >= '0' && name.front() <= '9')) return refused(";");
        if (context.empty() && text::same_letters(name, "phone-context")) context = one.substr(name.size());
    }
    return context.empty() ? context : context.substr(1);
}

} // namespace

Result<Written> read_written(std::string_view written) {
    while (!written.empty()) {
        auto piece = first_piece(written);
        if (piece.means != Means::blank && piece.means != Means::nothing) break;
        written.remove_prefix(piece.bytes.size());
    }
    if (text::same_letters(written.substr(0, 4), "tel:")) written.remove_prefix(4);
    auto end = std::min(written.find(';'), written.size());
    auto context = phone_context(written.substr(end));
    if (!context) return std::unexpected(context.error());
    auto number = Reader().read(written.substr(0, end));
    if (!number || number->plus() || !context->starts_with('+')) return number;
    auto country = Reader().read(*context);
    if (!country) return country;
    for (std::size_t& gap : number->gaps)
        gap += country->without_zeros.size();
    number->characters.insert(0, country->characters);
    number->without_zeros.insert(0, country->without_zeros);
    return number;
}

} // namespace lamp::numbers
