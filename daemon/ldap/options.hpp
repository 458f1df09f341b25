// How a directory server is reached and logged in to. Where this stands in the configuration is its users' business.
#pragma once
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "ldap/address.hpp"

namespace lamp::ldap {

struct Options {
    Address address{};
    bool start_tls = false;
    std::string bind_dn{}; // empty: anonymous
    Secret password{};
    std::filesystem::path ca_file{}; // empty: the system's
    milliseconds connect_wait{10'000};
    milliseconds silence{60'000};        // of the server, while it is waited for
    milliseconds longest{30 * 60'000LL}; // of one search, all of its pages
};

} // namespace lamp::ldap
