#include "ldap/login.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/types.hpp"
#include "ldap/filter.hpp"

namespace lamp::ldap {
namespace {

constexpr std::size_t attributes_max = 64; // of each list

bool is_attribute(const std::string& name) {
    return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ';' ||
               c == '.';
    });
}

void check_way(const Login& login, config::Scope& at) {
    if (login.url.empty()) return at.error("url", "is required: ldap://host or ldaps://host");
    auto address = parse_address(login.url);
    if (!address) return at.error("url", address.error().text);
    if (address->tls && login.start_tls)
        at.error("start_tls", "belongs to ldap://; ldaps:// has TLS from the beginning");
    if (!login.password.empty() && !address->tls && !login.start_tls && !config::is_loopback(address->host))
        at.warning("url", "sends the password unencrypted: ldaps:// or start_tls = true would not");
}

} // namespace

void check_login(const Login& login, config::Scope& at) {
    check_way(login, at);
    if (login.base.empty())
        at.error("base", "is required: where the people stand, \"dc=example,dc=net\"");
    else if (!is_name(login.base))
        at.error("base", "is no distinguished name, such as \"dc=example,dc=net\"");
    if (!login.bind_dn.empty() && login.password.empty()) at.error("password", "is required with bind_dn");
    if (login.bind_dn.empty() && !login.password.empty()) at.error("bind_dn", "is required with password");
    if (login.filter.empty()) return;
    if (auto read = read_filter(login.filter); !read) at.error("filter", read.error().text);
}

void check_attributes(std::string_view key, const std::vector<std::string>& names, config::Scope& at) {
    if (names.size() > attributes_max) at.error(key, fmt::format("names more than {} attributes", attributes_max));
    for (const auto& one : names)
        if (!is_attribute(one)) at.error(key, fmt::format("\"{}\" is no name of an attribute", one));
}

Result<Options> options_of(const Login& login, const std::filesystem::path& ca_file) {
    auto address = parse_address(login.url);
    if (!address) return fail(Category::invalid, fmt::format("url {}.", address.error().text));
    return Options{.address = std::move(*address),
                   .start_tls = login.start_tls,
                   .bind_dn = login.bind_dn,
                   .password = login.password,
                   .ca_file = ca_file};
}

} // namespace lamp::ldap
