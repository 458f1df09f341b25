#include "ldap/address.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <ldap.h>

namespace lamp::ldap {
namespace {

constexpr std::size_t host_bytes_max = 255;

bool is_host(std::string_view host, bool bracketed) {
    return !host.empty() && host.size() <= host_bytes_max && std::ranges::all_of(host, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_' || (bracketed && (c == ':' || c == '%'));
    });
}

} // namespace

Result<Address> parse_address(std::string_view url) {
    Address out;
    if (url.starts_with("ldaps://")) {
        out.tls = true;
        out.port = 636;
        url.remove_prefix(8);
    } else if (url.starts_with("ldap://")) {
        url.remove_prefix(7);
    } else {
        return fail(Category::invalid, "must begin with ldap:// or ldaps://");
    }
    if (url.ends_with('/')) url.remove_suffix(1);
    if (url.find_first_of("/?") != std::string_view::npos)
        return fail(Category::invalid,
                    "must end with the host or its port: what is searched stands in base and filter");
    const bool bracketed = url.starts_with('[');
    auto end = bracketed ? url.find(']') : url.find(':');
    if (bracketed && end == std::string_view::npos) return fail(Category::invalid, "has a \"[\" without \"]\"");
    out.host = url.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
    auto rest = end == std::string_view::npos ? std::string_view() : url.substr(end + (bracketed ? 1 : 0));
    if (!is_host(out.host, bracketed)) return fail(Category::invalid, "has no host that can be one");
    if (rest.empty()) return out;
    int port = 0;
    auto digits = rest.substr(1);
    auto [stop, error] = std::from_chars(digits.begin(), digits.end(), port);
    if (rest[0] != ':' || error != std::errc() || stop != digits.end() || port < 1 || port > 65'535)
        return fail(Category::invalid, "has a port that is none");
    out.port = static_cast<std::uint16_t>(port);
    return out;
}

std::string to_string(const Address& address) {
    const bool six = address.host.contains(':');
    return fmt::format("ldap{}://{}{}{}:{}", address.tls ? "s" : "", six ? "[" : "", address.host, six ? "]" : "",
                       address.port);
}

bool is_name(const std::string& distinguished_name) {
    LDAPDN read = nullptr;
    const int code = ldap_str2dn(distinguished_name.c_str(), &read, LDAP_DN_FORMAT_LDAPV3);
    ldap_dnfree(read);
    return code == LDAP_SUCCESS && !distinguished_name.contains('\0');
}

} // namespace lamp::ldap
