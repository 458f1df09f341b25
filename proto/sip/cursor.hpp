// A place in the text of one header value, and the few steps that RFC 3261 25.1 is made of. Pure; views only.
// The text may hold folded lines: the message reader has seen to it that each CR LF in it is followed by white space,
// so CR and LF count as white space here.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace lamp::sip {

/// What a value breaks, and where: bytes from the beginning of the text that was given.
struct Fault {
    std::string_view what; // a sentence; lives for ever
    std::size_t at = 0;
};
template <class T>
using Parsed = std::expected<T, Fault>;

namespace chars {

enum Class : std::uint8_t {
    alnum = 1,
    token = 2,      // RFC 3261 25.1
    unreserved = 4, // alphanum and mark
    user = 8,       // unescaped in a user part; `#` too, which telephones do not escape
    uri = 16,       // may stand in some URI at all; `%` too
    word = 32,      // of a Call-ID
    value = 64,     // of a header parameter outside quotes: wider than the RFC, but no delimiter is in it
    hex = 128,
};

inline constexpr std::array<std::uint8_t, 256> table = [] {
    std::array<std::uint8_t, 256> out{};
    auto mark = [&](std::string_view which, std::uint8_t bits) {
        for (char c : which)
            out[static_cast<unsigned char>(c)] |= bits;
    };
    mark("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
         alnum | token | unreserved | user | uri | word);
    mark("0123456789abcdefABCDEF", hex);
    mark("-.!%*_+`'~", token | word);
    mark("-_.!~*'()", unreserved | user | uri);
    mark("&=+$,;?/#", user);
    mark("&=+$,;?/:@[]%#|^`", uri);
    mark("()<>:\\\"/[]?{}", word);
    for (int c = 0x21; c < 0x7f; ++c)
        out[static_cast<std::size_t>(c)] |= value;
    for (char c : std::string_view(",;\"<>\\"))
        out[static_cast<unsigned char>(c)] &= static_cast<std::uint8_t>(~value);
    return out;
}();

[[nodiscard]] constexpr bool is(char c, std::uint8_t bits) {
    return (table[static_cast<unsigned char>(c)] & bits) != 0;
}
[[nodiscard]] constexpr bool digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
[[nodiscard]] constexpr bool all(std::string_view text, std::uint8_t bits) {
    for (char c : text)
        if (!is(c, bits)) return false;
    return true;
}

} // namespace chars

class Cursor {
public:
    explicit constexpr Cursor(std::string_view text) : text_(text) {}

    [[nodiscard]] bool done() const { return at_ >= text_.size(); }
    [[nodiscard]] bool sees(char c) const { return at_ < text_.size() && text_[at_] == c; }
    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
    [[nodiscard]] std::string_view since(std::size_t begin) const { return text_.substr(begin, at_ - begin); }
    void skip(std::size_t bytes) { at_ += bytes; }
    void skip_space() {
        while (at_ < text_.size() && chars::space(text_[at_]))
            ++at_;
    }
    /// Takes `c` and the white space on both sides of it; takes nothing if `c` does not come.
    bool eat(char c) {
        const auto begin = at_;
        skip_space();
        if (!sees(c)) {
            at_ = begin;
            return false;
        }
        ++at_;
        skip_space();
        return true;
    }
    /// As many characters of these classes as there are, maybe none.
    [[nodiscard]] std::string_view run(std::uint8_t bits) {
        const auto begin = at_;
        while (at_ < text_.size() && chars::is(text_[at_], bits))
            ++at_;
        return since(begin);
    }
    [[nodiscard]] std::string_view token() { return run(chars::token); }
    [[nodiscard]] std::string_view digits();
    /// A quoted string that begins here, its quotes included; nothing if it does not end or holds what it may not:
    /// control characters without a backslash before them.
    [[nodiscard]] std::optional<std::string_view> quoted();
    [[nodiscard]] std::unexpected<Fault> fault(std::string_view what) const {
        return std::unexpected(Fault{what, at_});
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/// Host and port as they stand in URIs and Vias. An IPv6 address comes without its brackets.
struct HostPort {
    std::string_view host;
    bool ipv6 = false;
    std::optional<std::uint16_t> port;
};
/// `spaced`: white space may surround the colon, as in a Via.
enum class Spacing : std::uint8_t { none, around_colon };
[[nodiscard]] Parsed<HostPort> take_host_port(Cursor& cursor, Spacing spacing);

} // namespace lamp::sip
