// Reading of URLs, listen addresses, durations and country codes.
#include "config/types.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/check.hpp"
#include "config/problems.hpp"

namespace lamp::config {

namespace {

std::unexpected<Error> invalid(std::string text) {
    return fail(Category::invalid, std::move(text));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_ipv4(const std::string& host) {
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}
bool is_ipv6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::string lower(std::string_view text) {
    std::string made(text);
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return made;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, port);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return port;
}

struct HostPort {
    std::string host;
    std::string_view port; // as written; empty without one
    bool bracketed = false;
    bool with_port = false;
};

// "host", "host:port", "[v6]", "[v6]:port"; nothing when brackets do not match.
std::optional<HostPort> split_host(std::string_view text) {
    HostPort made;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        made.bracketed = true;
        made.host = text.substr(1, close - 1);
        rest = text.substr(close + 1);
        if (!rest.empty() && rest[0] != ':') return std::nullopt;
    } else {
        const auto colon = text.rfind(':');
        made.host = text.substr(0, colon);
        rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    }
    made.with_port = !rest.empty();
    if (made.with_port) made.port = rest.substr(1);
    return made;
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
    if (host.find("..") != std::string_view::npos) return false;
    return std::ranges::all_of(host,
                               [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

std::string why_not_a_host(std::string_view host) {
    const bool foreign = std::ranges::any_of(host, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (foreign) return "has a host name with letters outside ASCII (write its xn-- form)";
    return fmt::format("has no usable host name: {}", in_quotes(host));
}

Result<void> take_authority(std::string_view authority, Url& url) {
    if (authority.find('@') != std::string_view::npos)
        return invalid("holds a user name (user and password have keys of their own)");
    auto split = split_host(authority);
    if (!split || split->host.empty()) return invalid("has no host");
    if (split->bracketed ? !is_ipv6(split->host) : !is_host_name(split->host))
        return invalid(why_not_a_host(split->host));
    url.host = lower(split->host);
    url.port = url.scheme == "https" ? 443 : 80;
    if (!split->with_port) return {};
    const auto port = parse_port(split->port);
    if (!port || *port == 0)
        return invalid(fmt::format("has the port {} (allowed: 1 to 65535)", in_quotes(split->port)));
    url.port = *port;
    return {};
}

// Segments that are empty or climb make two spellings of one place, and proxies disagree about them.
bool has_odd_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const auto end = std::min(path.find('/'), path.size());
        const auto segment = path.substr(0, end);
        const bool last = end == path.size();
        if (segment == "." || segment == ".." || (segment.empty() && !last)) return true;
        path.remove_prefix(end);
    }
    return false;
}

Result<void> take_path(std::string_view rest, UrlShape shape, Url& url) {
    if (rest.find('#') != std::string_view::npos) return invalid("has a fragment (\"#…\"), which is never sent");
    const auto question = rest.find('?');
    if (question != std::string_view::npos) {
        if (shape == UrlShape::base) return invalid("has a query (\"?…\"), but is the base that paths are added to");
        url.query = rest.substr(question + 1);
        rest = rest.substr(0, question);
    }
    if (has_odd_segment(rest)) return invalid("has a path with \"//\", \"/./\" or \"/../\"");
    if (shape == UrlShape::base && rest.ends_with('/')) rest.remove_suffix(1);
    url.path = rest;
    return {};
}

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::array units{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                           Unit{"d", 86'400'000}};
constexpr std::int64_t longest_ms = 3650 * units.back().ms;

// ISO 3166-1 alpha-2, officially assigned, in order.
constexpr std::string_view countries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

} // namespace

Url::Url(std::string_view written) {
    auto parsed = parse_url(written);
    LAMP_CHECK(parsed.has_value());
    *this = std::move(*parsed);
}

Result<Url> parse_url(std::string_view text, UrlShape shape) {
    const auto colon = text.find("://");
    Url url;
    url.scheme = colon == std::string_view::npos ? "" : lower(text.substr(0, colon));
    const bool subscribed = shape == UrlShape::whole && url.scheme == "webcal";
    if (subscribed) url.scheme = "https"; // how calendars write the address of a feed
    if (url.scheme != "http" && url.scheme != "https")
        return invalid("does not begin with \"https://\" or \"http://\"");
    if (std::ranges::any_of(text,
                            [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\'; }))
        return invalid("holds a space, a control character or a backslash");
    const auto after = text.substr(colon + 3);
    const auto end = std::min(after.find_first_of("/?#"), after.size());
    if (auto taken = take_authority(after.substr(0, end), url); !taken) return std::unexpected(taken.error());
    if (auto taken = take_path(after.substr(end), shape, url); !taken) return std::unexpected(taken.error());
    url.text = fmt::format("{}://{}{}", url.scheme, lower(after.substr(0, end)), url.path);
    if (!url.query.empty()) url.text += "?" + url.query;
    return url;
}

Listen::Listen(std::string_view written) {
    auto parsed = parse_listen(written);
    LAMP_CHECK(parsed.has_value());
    *this = std::move(*parsed);
}

Result<Listen> parse_listen(std::string_view text) {
    Listen listen;
    const auto colon = text.find(':');
    const bool word =
        colon != std::string_view::npos && colon > 0 && std::ranges::all_of(text.substr(0, colon), is_letter);
    if (word && text.find(':', colon + 1) != std::string_view::npos && !is_ipv6(std::string(text))) {
        listen.scheme = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (is_ipv6(std::string(text))) return invalid("is an IPv6 address that needs brackets and a port");
    auto split = split_host(text);
    if (!split || !split->with_port) return invalid("has no port");
    if (split->bracketed ? !is_ipv6(split->host) : !is_ipv4(split->host))
        return invalid(is_ipv6(split->host) ? "is an IPv6 address that needs brackets"
                                            : "does not begin with an IP address");
    const auto port = parse_port(split->port);
    if (!port) return invalid(fmt::format("has the port {}, which is not 0 to 65535", in_quotes(split->port)));
    listen.host = std::move(split->host);
    listen.port = *port;
    return listen;
}

std::string to_string(const Listen& listen) {
    if (listen.empty()) return "";
    const bool six = listen.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}{}{}:{}", listen.scheme, listen.scheme.empty() ? "" : ":", six ? "[" : "", listen.host,
                       six ? "]" : "", listen.port);
}

Result<milliseconds> parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || !is_digit(text[0])) return invalid("does not begin with a whole number");
    const std::string_view name(stop, static_cast<std::size_t>(end - stop));
    if (name.empty()) return invalid("has no unit (ms, s, m, h or d)");
    const auto* unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end()) return invalid(fmt::format("has the unit {} (known: ms, s, m, h, d)", in_quotes(name)));
    if (error != std::errc() || number > longest_ms / unit->ms) return invalid("is longer than 3650d");
    return milliseconds(number * unit->ms);
}

std::string to_string(milliseconds duration) {
    const auto ms = duration.count();
    if (ms == 0) return "0s";
    auto unit = std::ranges::find_if(units.rbegin(), units.rend(), [&](const Unit& u) { return ms % u.ms == 0; });
    return fmt::format("{}{}", ms / unit->ms, unit->name);
}

bool is_loopback(std::string_view host) {
    const std::string name(host);
    return name == "localhost" || name.ends_with(".localhost") || name == "::1" ||
           (is_ipv4(name) && name.starts_with("127."));
}

bool is_country(std::string_view code) {
    if (code.size() != 2 || code.find(' ') != std::string_view::npos) return false;
    for (std::size_t i = 0; i < countries.size(); i += 3)
        if (countries.substr(i, 2) == code) return true;
    return false;
}

} // namespace lamp::config
