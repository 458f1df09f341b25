// SIP, SIPS and telephone URIs (RFC 3261 19.1, RFC 3966) as views into the text they came in; other schemes are only
// recognised, so that they can be answered with 416. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/sip/cursor.hpp"

namespace lamp::sip {

enum class Scheme : std::uint8_t { sip, sips, tel, other };

struct UriParameter {
    std::string_view name; // still escaped, like everything here
    std::string_view value;
};

struct Uri {
    Scheme scheme = Scheme::other;
    std::string_view text;       // the whole of it, as it came
    std::string_view user;       // escaped as it came; of a telephone URI the number
    std::string_view password;   // never logged, never written
    std::string_view host;       // empty for tel and others; IPv6 without brackets
    std::string_view parameters; // from the first ";" on, or empty
    std::string_view headers;    // behind "?", or empty
    std::optional<std::uint16_t> port;
    bool ipv6 = false;
    bool has_user = false; // "sip:@host" is refused, so a user is never empty

    [[nodiscard]] bool is_sip() const { return scheme == Scheme::sip || scheme == Scheme::sips; }
    /// Names without regard to case; a parameter without a value gives an empty one.
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
    /// The user part as its owner knows it: escapes decoded once, parameters of a telephone number left in.
    [[nodiscard]] std::string user_text() const;
};

/// The whole text as a URI. `text` ends up in views, so it must stay.
[[nodiscard]] Parsed<Uri> parse_uri(std::string_view text);

/// RFC 3261 19.1.4: the user with regard to case after unescaping, the host without, a port that is not given is
/// another than 5060; user, ttl, method, maddr and transport count wherever they stand, others only where both have
/// them. Telephone URIs by RFC 3966 5: visual separators do not count. Other schemes by their bytes.
[[nodiscard]] bool same_uri(const Uri& left, const Uri& right);

/// Appends `text` so that it can stand in a user part: what may not is escaped.
void append_user(std::string& out, std::string_view text);
/// Appends a host, an IPv6 address in brackets.
void append_host(std::string& out, std::string_view host);

} // namespace lamp::sip
