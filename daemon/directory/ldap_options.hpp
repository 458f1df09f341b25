// What [ldap] says: whose people come into the directory, and what of them.
#pragma once
#include <map>
#include <string>

#include "base/clock.hpp"
#include "config/section.hpp"
#include "ldap/login.hpp"

namespace lamp::directory {

struct LdapOptions {
    std::string url{};
    std::string base{};
    std::string bind_dn{};
    Secret password{};
    std::string filter{};
    bool start_tls = false;
    std::filesystem::path ca_file{};
    std::map<std::string, std::string> attributes{}; // of a contact's part those of an entry; beside the usual ones
    milliseconds poll{5 * 60'000};
    std::string sync = "02:00"; // UTC, begun within an hour of it

    [[nodiscard]] ldap::Login login() const { return {url, base, bind_dn, filter, start_tls, password}; }
};

/// `[ldap]`, restart; off when absent.
[[nodiscard]] config::Section<LdapOptions> ldap_section();

} // namespace lamp::directory
