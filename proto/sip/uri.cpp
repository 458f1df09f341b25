#include "proto/sip/uri.hpp"

#include <algorithm>

#include "proto/sip/limits.hpp"
#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

bool escapes_are_whole(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '%') {
            if (i + 2 >= text.size() || !chars::is(text[i + 1], chars::hex) || !chars::is(text[i + 2], chars::hex))
                return false;
            i += 2;
        }
    return true;
}

bool only(std::string_view text, std::uint8_t bits, std::string_view extra) {
    return std::ranges::all_of(text, [&](char c) { return chars::is(c, bits) || extra.contains(c); });
}

constexpr std::string_view parameter_extra = "[]/:&+$%";
constexpr std::string_view header_extra = "[]/?:+$%";

/// "name" or "name=value"; the first "=" divides.
UriParameter divided(std::string_view piece) {
    const auto equals = piece.find('=');
    if (equals == std::string_view::npos) return {piece, {}};
    return {piece.substr(0, equals), piece.substr(equals + 1)};
}

/// Calls `each` with the pieces between `separator`s until it gives false.
template <class Each>
bool pieces(std::string_view text, char separator, Each each) {
    while (true) {
        const auto end = text.find(separator);
        if (!each(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

Parsed<std::string_view> take_parameters(Cursor& cursor) {
    const auto end = cursor.rest().find('?');
    const auto text = cursor.rest().substr(0, end);
    std::size_t count = 0;
    const bool good = pieces(text.substr(1), ';', [&](std::string_view piece) {
        const auto [name, value] = divided(piece);
        return !name.empty() && only(name, chars::unreserved, parameter_extra) &&
               only(value, chars::unreserved, "[]/:&+$%=") && ++count <= limits::parameters;
    });
    if (!good || !escapes_are_whole(text)) return cursor.fault("A parameter of the URI is malformed.");
    cursor.skip(text.size());
    return text;
}

Parsed<std::string_view> take_headers(Cursor& cursor) {
    cursor.skip(1);
    const auto text = cursor.rest();
    std::size_t count = 0;
    const bool good = pieces(text, '&', [&](std::string_view piece) {
        const auto [name, value] = divided(piece);
        return !name.empty() && piece.contains('=') && only(name, chars::unreserved, header_extra) &&
               only(value, chars::unreserved, header_extra) && ++count <= limits::parameters;
    });
    if (!good || !escapes_are_whole(text)) return cursor.fault("A header in the URI is malformed.");
    cursor.skip(text.size());
    return text;
}

Parsed<void> take_user(Cursor& cursor, Uri& uri) {
    // `@` may stand nowhere else unescaped: not in parameters, not in headers.
    const auto at = cursor.rest().find('@');
    if (at == std::string_view::npos) return {};
    const auto info = cursor.rest().substr(0, at);
    const auto colon = info.find(':');
    uri.user = info.substr(0, colon);
    if (colon != std::string_view::npos) uri.password = info.substr(colon + 1);
    if (uri.user.empty()) return cursor.fault("The user part of the URI is empty.");
    if (!only(uri.user, chars::user | chars::unreserved, "%") || !only(uri.password, chars::unreserved, "&=+$,%") ||
        !escapes_are_whole(info))
        return cursor.fault("The user part of the URI holds what must be escaped.");
    uri.has_user = true;
    cursor.skip(at + 1);
    return {};
}

Parsed<Uri> parse_sip(Cursor cursor, Uri uri) {
    if (auto user = take_user(cursor, uri); !user) return std::unexpected(user.error());
    auto host = take_host_port(cursor, Spacing::none);
    if (!host) return std::unexpected(host.error());
    uri.host = host->host;
    uri.ipv6 = host->ipv6;
    uri.port = host->port;
    if (cursor.sees(';')) {
        auto parameters = take_parameters(cursor);
        if (!parameters) return std::unexpected(parameters.error());
        uri.parameters = *parameters;
    }
    if (cursor.sees('?')) {
        auto headers = take_headers(cursor);
        if (!headers) return std::unexpected(headers.error());
        uri.headers = *headers;
    }
    if (!cursor.done()) return cursor.fault("The URI holds what may not stand in one.");
    return uri;
}

Parsed<Uri> parse_tel(Cursor cursor, Uri uri) {
    const auto text = cursor.rest();
    const auto end = text.find(';');
    uri.user = text.substr(0, end);
    uri.has_user = true;
    if (uri.user.empty() || !only(uri.user, 0, "0123456789+-.()*#ABCDEFabcdef"))
        return cursor.fault("The telephone URI holds no number.");
    cursor.skip(uri.user.size());
    if (cursor.sees(';')) {
        auto parameters = take_parameters(cursor);
        if (!parameters) return std::unexpected(parameters.error());
        uri.parameters = *parameters;
    }
    if (!cursor.done()) return cursor.fault("The URI holds what may not stand in one.");
    return uri;
}

std::string decoded(std::string_view text) {
    return text::percent_decoded(text).value_or(std::string(text));
}

bool same_number(std::string_view left, std::string_view right) {
    auto bare = [](std::string_view number) {
        std::string out;
        for (char c : number)
            if (!std::string_view("-.()").contains(c)) out += c;
        return text::lower(out);
    };
    return bare(left) == bare(right);
}

/// What counts in a comparison wherever it stands (19.1.4).
bool weighty(std::string_view name) {
    for (std::string_view which : {"user", "ttl", "method", "maddr", "transport"})
        if (text::same_letters(name, which)) return true;
    return false;
}

bool parameters_agree(const Uri& left, const Uri& right) {
    if (left.parameters.empty()) return true;
    return pieces(left.parameters.substr(1), ';', [&](std::string_view piece) {
        const auto [name, value] = divided(piece);
        const auto other = right.parameter(decoded(name));
        if (!other) return !weighty(decoded(name));
        return text::same_letters(decoded(*other), decoded(value));
    });
}

bool headers_agree(const Uri& left, const Uri& right) {
    if (left.headers.empty()) return true;
    return pieces(left.headers, '&', [&](std::string_view piece) {
        const auto mine = divided(piece);
        bool found = false;
        pieces(right.headers, '&', [&](std::string_view other) {
            const auto theirs = divided(other);
            found = found || (text::same_letters(decoded(mine.name), decoded(theirs.name)) &&
                              decoded(mine.value) == decoded(theirs.value));
            return !found;
        });
        return found;
    });
}

} // namespace

std::optional<std::string_view> Uri::parameter(std::string_view name) const {
    std::optional<std::string_view> found;
    if (parameters.empty()) return found;
    pieces(parameters.substr(1), ';', [&](std::string_view piece) {
        const auto [key, value] = divided(piece);
        const bool same = key.contains('%') ? text::same_letters(decoded(key), name) : text::same_letters(key, name);
        if (same) found = value;
        return !same;
    });
    return found;
}

std::string Uri::user_text() const {
    return decoded(user);
}

Parsed<Uri> parse_uri(std::string_view text) {
    Cursor cursor(text);
    if (text.size() > limits::uri_bytes) return cursor.fault("The URI is longer than 2048 bytes.");
    Uri uri;
    uri.text = text;
    const auto colon = text.find(':');
    const auto scheme = text.substr(0, colon);
    if (colon == std::string_view::npos || scheme.empty() || !only(scheme, chars::alnum, "+-.") ||
        chars::digit(scheme.front()))
        return cursor.fault("There is no URI.");
    cursor.skip(colon + 1);
    if (text::same_letters(scheme, "sip")) uri.scheme = Scheme::sip;
    if (text::same_letters(scheme, "sips")) uri.scheme = Scheme::sips;
    if (text::same_letters(scheme, "tel")) uri.scheme = Scheme::tel;
    if (uri.is_sip()) return parse_sip(cursor, uri);
    if (uri.scheme == Scheme::tel) return parse_tel(cursor, uri);
    if (cursor.rest().empty() || !chars::all(cursor.rest(), chars::uri))
        return cursor.fault("The URI holds what may not stand in one.");
    return uri;
}

bool same_uri(const Uri& left, const Uri& right) {
    if (left.scheme != right.scheme) return false;
    if (left.scheme == Scheme::other) return left.text == right.text;
    if (left.scheme == Scheme::tel && !same_number(left.user, right.user)) return false;
    if (left.is_sip() &&
        (left.has_user != right.has_user || left.user_text() != right.user_text() || left.password != right.password ||
         !text::same_letters(left.host, right.host) || left.port != right.port))
        return false;
    return parameters_agree(left, right) && parameters_agree(right, left) && headers_agree(left, right) &&
           headers_agree(right, left);
}

void append_user(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (chars::is(c, chars::user | chars::unreserved) && c != '#') {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
}

void append_host(std::string& out, std::string_view host) {
    const bool ipv6 = host.contains(':');
    if (ipv6) out += '[';
    out += host;
    if (ipv6) out += ']';
}

} // namespace lamp::sip
