// What `[http]`, `[[token]]` and `[[role]]` say (interface 3 and 7.2). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/reader.hpp"

namespace lamp::status {

struct HttpOptions {
    std::vector<config::Listen> listen{config::Listen("127.0.0.1:8080")}; // port 0 = any
    config::Url public_url;                                               // how people reach us, behind a proxy
    std::filesystem::path certificate;                                    // PEM, the chain; empty = plain HTTP
    std::filesystem::path key;                                            // PEM
    std::filesystem::path client_ca{};     // PEM: whose certificates clients may show ([[token]] certificate)
    std::string anonymous_role;            // empty: without a token only /healthz, /readyz and the page's files
    std::vector<std::string> cors_origins; // of pages of other sites that may read /v1
    milliseconds flush{20};                // how long changes are gathered before subscribers hear of them
};

struct TokenOptions {
    std::string name;
    Secret secret; // itself or "sha256:HEX"; empty where a certificate stands for it
    std::string role;
    std::string person{};      // whose it is, for permissions that end in .self; empty: nobody's
    std::string certificate{}; // the subject's CN or one of the alternative names of a client's certificate
    std::string expires{};     // access::parse_expiry; empty: never
    std::vector<std::string> folders{};
    std::vector<std::string> lines{};
    bool operator==(const TokenOptions&) const = default;
};

struct RoleOptions {
    std::string name;
    std::string inherit; // a built-in role or another of these
    std::vector<std::string> grant;
    std::vector<std::string> deny;
    bool operator==(const RoleOptions&) const = default;
};

/// Who may do what; a reload replaces it whole.
struct AccessOptions {
    std::string anonymous_role;
    std::vector<TokenOptions> tokens;
    std::vector<RoleOptions> roles;
    std::vector<std::string> cors_origins{};
    bool operator==(const AccessOptions&) const = default;
};

[[nodiscard]] config::Section<HttpOptions> http_section();
[[nodiscard]] config::Section<TokenOptions> token_section();
[[nodiscard]] config::Section<RoleOptions> role_section();
/// Roles that do not exist, unknown permissions, cycles, the same secret twice: of `http`, `token` and `role` together.
void check_access(const config::Configuration& configuration, config::Findings& findings);

} // namespace lamp::status
