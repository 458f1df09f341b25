// The keys of `[http]`, `[[token]]` and `[[role]]`.
#include "access/expiry.hpp"
#include "access/hashed.hpp"
#include "status/access.hpp"
#include "status/cors.hpp"
#include "status/options.hpp"

namespace lamp::status {

using namespace std::chrono_literals;
using enum config::Reload;

config::Section<HttpOptions> http_section() {
    using O = HttpOptions;
    config::Section<O> s{"http", config::Shape::table, "The HTTP API, the live events and the status page."};
    s.key("listen", &O::listen, config::count(1, 16), restart,
          "Where to listen; port 0 takes any free one, which is logged and shown in status.");
    s.key("public_url", &O::public_url, restart, "How people reach this daemon when a proxy stands before it.")
        .example(R"("https://lamps.example.net")");
    s.key("certificate", &O::certificate, config::readable_file(), restart,
          "TLS certificate and its chain (PEM). The file is read anew at each reload.")
        .example(R"("/etc/lamplighter/lamps.pem")");
    s.key("key", &O::key, config::readable_file(), restart, "The certificate's private key (PEM).")
        .example(R"("/etc/lamplighter/lamps.key")");
    s.key("client_ca", &O::client_ca, config::readable_file(), restart,
          "Authorities (PEM) whose certificates clients may show instead of a token's secret; see [[token]] "
          "certificate. "
          "The file is read anew at each reload.")
        .example(R"("/etc/lamplighter/clients-ca.pem")");
    s.key("anonymous_role", &O::anonymous_role, live,
          "What a request without a token may do. Not set: only /healthz, /readyz and the status page's own files.")
        .example(R"("viewer")");
    s.key("cors_origins", &O::cors_origins, config::count(0, 32), live,
          "Pages of other sites that may ask /v1, by a token of theirs: their origins in the very letters, no \"*\".")
        .example(R"(["https://crm.example.net"])");
    s.key("flush", &O::flush, config::range(20ms, 100ms), restart,
          "Changes are gathered for this long before subscribers hear of them.");
    s.check([](const O& options, config::Scope& at) {
        if (options.certificate.empty() != options.key.empty())
            at.error(options.key.empty() ? "certificate" : "key", "certificate and key go together");
        if (!options.client_ca.empty() && options.certificate.empty())
            at.error("client_ca", "needs certificate and key: without TLS nobody shows a certificate");
        for (const auto& origin : options.cors_origins)
            if (auto mistake = Cors::mistake(origin); !mistake.empty()) at.error("cors_origins", std::move(mistake));
        for (const config::Listen& listen : options.listen)
            if (!config::is_loopback(listen.host) && options.certificate.empty())
                return at.warning("listen", "tokens travel in clear text to an address that is not loopback");
    });
    return s;
}

config::Section<TokenOptions> token_section() {
    using O = TokenOptions;
    config::Section<O> s{"token", config::Shape::array_of_tables, "Who may use the HTTP API."};
    s.key("name", &O::name, config::filled(), live, "How logs and the audit call the holder.")
        .required()
        .example(R"("wallboard")");
    s.key("secret", &O::secret, config::hashed(), live,
          "What the holder sends: Authorization: Bearer SECRET. Also as its hash, \"sha256:HEX\", that `lamplighter "
          "token hash` prints: for long random secrets only.")
        .example(R"("credential:wallboard")");
    s.key("role", &O::role, config::filled(), live,
          "viewer, operator, administrator, buyer, accountant, technician, or one of [[role]].")
        .required()
        .example(R"("viewer")");
    s.key("person", &O::person, live,
          "Id of the person whose token it is: dial.self and callcontrol.self are about that person's calls.")
        .example(R"("anna@example.net")");
    s.key("certificate", &O::certificate, live,
          "Instead of a secret, or beside it: the subject's CN, or one of the alternative names, of a certificate that "
          "the client shows; needs [http] client_ca.")
        .example(R"("wallboard.example.net")");
    s.key("expires", &O::expires, live,
          "When it ends: a date (through that day, UTC) or an RFC 3339 time. Not set: never.")
        .example(R"("2027-12-31")");
    s.key("folders", &O::folders, config::count(0, 1000), live,
          "Only people of these folders, and their calls. Not set, nor lines: everybody.")
        .example(R"(["Sales"])");
    s.key("lines", &O::lines, config::count(0, 1000), live,
          "Only people with these lines, and the calls of these lines; besides those of folders.")
        .example(R"(["2101@example.net"])");
    s.check([](const O& options, config::Scope& at) {
        if (options.secret.empty() && options.certificate.empty())
            at.error("secret", "is missing: a token has a secret, a certificate, or both");
        if (access::means_hash(options.secret.reveal()) && !access::read_hashed(options.secret.reveal()))
            at.error("secret", "is no hash: \"sha256:\" is followed by 64 hexadecimal digits");
        if (options.expires.empty()) return;
        auto expires = access::parse_expiry(options.expires);
        if (!expires) at.error("expires", expires.error().text);
        if (expires && *expires <= wall_now()) at.warning("expires", "has passed: this token opens nothing");
    });
    return s;
}

config::Section<RoleOptions> role_section() {
    using O = RoleOptions;
    config::Section<O> s{"role", config::Shape::array_of_tables,
                         "Roles of one's own. What is denied stays denied, whatever is granted or inherited."};
    s.key("name", &O::name, config::filled(), live, "How tokens call it.").required().example(R"("reception")");
    s.key("inherit", &O::inherit, live, "The role that it starts from.").example(R"("viewer")");
    s.key("grant", &O::grant, live, "Permissions that it has besides.").example(R"(["dial.any"])");
    s.key("deny", &O::deny, live, "Permissions that it does not have.").example(R"(["metrics.read"])");
    return s;
}

/// A certificate that nobody could show.
void check_certificates(const config::Configuration& configuration, config::Findings& findings) {
    const auto& tokens = configuration.all<TokenOptions>();
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (!tokens[i].certificate.empty() && configuration.get<HttpOptions>().client_ca.empty())
            findings.error<TokenOptions>(i, "certificate", "needs [http] client_ca, whose certificates are taken");
}

void check_access(const config::Configuration& configuration, config::Findings& findings) {
    AccessOptions options{configuration.get<HttpOptions>().anonymous_role, configuration.all<TokenOptions>(),
                          configuration.all<RoleOptions>()};
    check_certificates(configuration, findings);
    for (auto& mistake : Access::check(options)) {
        if (mistake.section == "token")
            findings.error<TokenOptions>(mistake.entry, mistake.key, std::move(mistake.message));
        else if (mistake.section == "role")
            findings.error<RoleOptions>(mistake.entry, mistake.key, std::move(mistake.message));
        else
            findings.error<HttpOptions>(0, mistake.key, std::move(mistake.message));
    }
}

} // namespace lamp::status
