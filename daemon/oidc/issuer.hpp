// The keys of one issuer of tokens, kept fresh on the egress loop: found through its discovery document (OpenID Connect
// Discovery 1.0 section 4), fetched at the start, every quarter of an hour, and when a token names a key that
// is not known, but never more often than every ten seconds. Those of before stay until there are others.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "http/client.hpp"
#include "loop/loop.hpp"
#include "oidc/bearer.hpp"
#include "oidc/options.hpp"

namespace lamp::oidc {

/// Where an issuer is, and what its tokens must say.
struct Source {
    Expected expected;
    std::string discovery_url; // of its discovery document
    std::string jwks_url{};    // of its keys; then nothing is discovered
    std::filesystem::path ca_file{};
    std::string proxy{};
};
[[nodiscard]] Source source_of(const OidcOptions& options);

class Issuer {
public:
    /// Errors: a certificate file or proxy that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Issuer>> make(Loop& loop, Source source);
    ~Issuer();

    /// Begins to fetch; on the loop.
    void start();
    /// On the loop, before it stops.
    void stop();

    /// Any thread, at once. `unknown_key` while no keys are in, or when new ones are being fetched because of it; where
    /// they have just been fetched, the key is none of the issuer's: refused.
    [[nodiscard]] Verdict examine(std::string_view token, Wall now) const;
    /// Empty: the keys are in. Any thread.
    [[nodiscard]] std::string problem() const;

private:
    struct State;
    explicit Issuer(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

} // namespace lamp::oidc
