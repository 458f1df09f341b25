#include "proto/sip/cursor.hpp"

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

constexpr std::size_t host_bytes_max = 255;

bool is_host(char c) {
    return chars::is(c, chars::alnum) || c == '-' || c == '.' || c == '_'; // `_`: not allowed, and in use
}

// Of the address only the letters are looked at: RFC 5118 4.10 asks to live with `:::`, whoever sends there will see.
bool is_ipv6(std::string_view text) {
    std::size_t colons = 0;
    for (char c : text) {
        if (c == ':') ++colons;
        if (!chars::is(c, chars::hex) && c != ':' && c != '.') return false;
    }
    return colons >= 2 && text.size() <= 46;
}

} // namespace

std::string_view Cursor::digits() {
    const auto begin = at_;
    while (at_ < text_.size() && chars::digit(text_[at_]))
        ++at_;
    return since(begin);
}

std::optional<std::string_view> Cursor::quoted() {
    const auto begin = at_;
    if (!sees('"')) return std::nullopt;
    for (auto i = at_ + 1; i < text_.size(); ++i) {
        const char c = text_[i];
        if (c == '\\') {
            ++i;
            if (i >= text_.size() || text_[i] == '\r' || text_[i] == '\n') return std::nullopt;
        } else if (c == '"') {
            at_ = i + 1;
            return since(begin);
        } else if ((static_cast<unsigned char>(c) < 0x20 && !chars::space(c)) || c == 0x7f) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

Parsed<HostPort> take_host_port(Cursor& cursor, Spacing spacing) {
    HostPort out;
    if (cursor.sees('[')) {
        cursor.skip(1);
        const auto end = cursor.rest().find(']');
        if (end == std::string_view::npos) return cursor.fault("The bracket of an IPv6 address is not closed.");
        out.host = cursor.rest().substr(0, end);
        out.ipv6 = true;
        if (!is_ipv6(out.host)) return cursor.fault("What stands in brackets is no IPv6 address.");
        cursor.skip(end + 1);
    } else {
        const auto begin = cursor.at();
        while (!cursor.done() && is_host(cursor.rest().front()))
            cursor.skip(1);
        out.host = cursor.since(begin);
        if (out.host.empty()) return cursor.fault("There is no host.");
        if (out.host.size() > host_bytes_max) return cursor.fault("The host is longer than 255 bytes.");
    }
    const bool colon = spacing == Spacing::none ? cursor.sees(':') : cursor.eat(':');
    if (!colon) return out;
    if (spacing == Spacing::none) cursor.skip(1);
    const auto port = text::number<std::uint16_t>(cursor.digits());
    if (!port || *port == 0) return cursor.fault("The port is not a number from 1 to 65535.");
    out.port = port;
    return out;
}

} // namespace lamp::sip
