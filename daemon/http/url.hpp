// Absolute http and https addresses (RFC 3986, RFC 9110 section 4.2) and percent-encoding of their parts.
// Values only: no loop, no socket.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::http {

struct Url {
    bool tls = false;
    std::string host; // lower case; an IPv6 address stands without its brackets
    std::uint16_t port = 80;
    std::string path = "/"; // origin-form: path and query, still encoded

    bool operator==(const Url&) const = default;

    /// Reads "https://host[:port][/path][?query]". Refuses (Category::invalid) other schemes, a login in the address,
    /// a missing host and port 0; a fragment is dropped.
    [[nodiscard]] static Result<Url> parse(std::string_view text);

    /// What a Location header means when it is found at this address (RFC 3986 section 5).
    [[nodiscard]] Result<Url> resolve(std::string_view reference) const;

    /// "https://host:port", the port only when it is not the scheme's own: two equal origins give equal texts.
    [[nodiscard]] std::string origin() const;
    /// What goes into the Host header: host and a port that is not the scheme's own.
    [[nodiscard]] std::string authority() const;
    /// "host:port" for people and for CONNECT; the port is always there.
    [[nodiscard]] std::string place() const;
    [[nodiscard]] std::string text() const { return origin() + path; }
    /// The path without the query.
    [[nodiscard]] std::string_view path_only() const;
};

/// What is asked for at `base`: of "/v1.0/…" with the prefix of a gateway; of a link of the service's own the path and
/// query as they are. A link's host is not looked at, since gateways seldom rewrite links and what we send goes to
/// `base` alone.
[[nodiscard]] Result<std::string> local_target(const Url& base, const std::string& target);

/// One path segment: letters, digits, "-._~" and ':' stay, all else becomes %XX ("a b@x" gives "a%20b%40x").
[[nodiscard]] std::string encode_segment(std::string_view text);
/// A name or value of a query: letters, digits and "-._~" stay, all else becomes %XX (a space is %20, never '+').
[[nodiscard]] std::string encode_query(std::string_view text);

} // namespace lamp::http
