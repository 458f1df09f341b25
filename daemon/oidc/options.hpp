// What `[oidc]` says. Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "config/reader.hpp"

namespace lamp::oidc {

struct OidcOptions {
    config::Url issuer;
    std::string audience;
    config::Url jwks_url; // empty: the issuer's discovery document tells
    std::string role_claim = "roles";
    std::map<std::string, std::string> roles; // value of that claim = role
    std::string person_claim;
    std::filesystem::path ca_file;
    std::string proxy;
};

/// Off when absent.
[[nodiscard]] config::Section<OidcOptions> oidc_section();

} // namespace lamp::oidc
