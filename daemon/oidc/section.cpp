// The keys of `[oidc]`.
#include "oidc/options.hpp"

namespace lamp::oidc {

using enum config::Reload;

config::Section<OidcOptions> oidc_section() {
    using O = OidcOptions;
    config::Section<O> s{
        "oidc", config::Shape::table,
        "Tokens of an identity provider (OpenID Connect), signed with RS256 or ES256, beside [[token]]."};
    s.key("issuer", &O::issuer, config::whole_url(), restart,
          "Exactly what the tokens say in `iss`; its discovery document tells where its keys are.")
        .required()
        .example(R"("https://login.example.net/realms/acme")");
    s.key("audience", &O::audience, config::filled(), restart, "What the tokens must say in `aud`.")
        .required()
        .example(R"("lamplighter")");
    s.key("jwks_url", &O::jwks_url, config::whole_url(), restart,
          "Where the issuer's keys are, if it has no discovery document.")
        .example(R"("https://login.example.net/keys")");
    s.key("role_claim", &O::role_claim, config::filled(), restart,
          "The claim with the roles, one text or a list; dots lead into objects: \"realm_access.roles\".");
    s.key("roles", &O::roles, restart,
          "Which value of that claim is which of our roles; the first one in the token counts.")
        .example(R"({ "telephony-admins" = "administrator", "desk" = "operator" })");
    s.key("person_claim", &O::person_claim, restart,
          "The claim with the id of the person whose token it is, for permissions that end in .self.")
        .example(R"("email")");
    s.key("ca_file", &O::ca_file, config::readable_file(), restart,
          "Certificates to trust (PEM); [net] ca_file when not set.");
    s.key("proxy", &O::proxy, restart, "An HTTP proxy; [net] proxy when not set.")
        .example(R"("http://proxy.example.net:3128")");
    return s;
}

} // namespace lamp::oidc
