// What sections of the configuration say of a directory server, and whether it can be so.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "ldap/options.hpp"

namespace lamp::ldap {

struct Login {
    std::string url;
    std::string base;
    std::string bind_dn; // empty: anonymous
    std::string filter;  // empty: the asker's own
    bool start_tls = false;
    Secret password;
};
/// Reports at the keys url, base, bind_dn, password, filter and start_tls.
void check_login(const Login& login, config::Scope& at);
/// Each is an attribute as RFC 4512 section 2.5 has it, with options or as a dotted number; 64 at most.
void check_attributes(std::string_view key, const std::vector<std::string>& names, config::Scope& at);
/// Category::invalid: the address.
[[nodiscard]] Result<Options> options_of(const Login& login, const std::filesystem::path& ca_file);

} // namespace lamp::ldap
