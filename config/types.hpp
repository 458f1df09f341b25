// Value types that configuration keys have beyond the plain ones, and how each is read from text.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp::config {

/// The base of an outside service: http or https, a host, perhaps a port and a path. No user, query, fragment, empty
/// or climbing path segments. A trailing slash is cut, so that `url.text + "/v1/…"` is always right. Under the rule
/// `whole_url()` a query may follow, the path stays as it is written, and webcal:// means https://.
struct Url {
    std::string text;
    std::string scheme; // "http" or "https"
    std::string host;   // without the brackets of IPv6
    std::uint16_t port = 0;
    std::string path;  // "" or "/…"
    std::string query; // without "?"

    Url() = default;
    /// For defaults in code: a text that is no URL is a programmer's mistake.
    explicit Url(std::string_view text);
    [[nodiscard]] bool empty() const { return text.empty(); }
    bool operator==(const Url& other) const { return text == other.text; }
};
enum class UrlShape : std::uint8_t { base, whole };
/// Errors are sentences without their subject: "has no host …".
[[nodiscard]] Result<Url> parse_url(std::string_view text, UrlShape shape = UrlShape::base);

/// Where to listen: "127.0.0.1:8080", "[::1]:0", "udp:0.0.0.0:5060". Port 0 means any.
struct Listen {
    std::string scheme; // "udp", "tcp", "tls" …; empty where the key takes no scheme
    std::string host;   // an IP address, IPv6 without brackets
    std::uint16_t port = 0;

    Listen() = default;
    /// For defaults in code: a text that is no address is a programmer's mistake.
    explicit Listen(std::string_view text);
    [[nodiscard]] bool empty() const { return host.empty(); }
    bool operator==(const Listen&) const = default;
};
/// Takes any scheme or none; which ones a key accepts is said by `schemes(…)`.
[[nodiscard]] Result<Listen> parse_listen(std::string_view text);
[[nodiscard]] std::string to_string(const Listen& listen);

/// "250ms", "5s", "10m", "24h", "7d": a whole number and one unit. Longest: 3650d.
[[nodiscard]] Result<milliseconds> parse_duration(std::string_view text);
/// In the largest unit that needs no fraction: 90000 ms is "90s", 60000 ms is "1m".
[[nodiscard]] std::string to_string(milliseconds duration);

/// 127.0.0.0/8, ::1 and localhost.
[[nodiscard]] bool is_loopback(std::string_view host);
/// ISO 3166-1 alpha-2, in capitals.
[[nodiscard]] bool is_country(std::string_view code);

} // namespace lamp::config
