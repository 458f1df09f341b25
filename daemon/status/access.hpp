// Who may do what: tokens and roles, compiled once and never changed (serve loop; a reload brings a new one).
// Order of a role: deny beats grant beats inherited.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/token.hpp"
#include "base/errors.hpp"
#include "status/options.hpp"
#include "status/permissions.hpp"

namespace lamp::status {

struct Identity {
    std::string token; // its name; empty for a request without one
    std::string role;
    Grants grants = 0;
    std::string person{};          // whose token it is; may be empty
    access::Scope scope{};         // of whom it may know
    std::optional<Wall> expires{}; // from then on it opens nothing
    std::optional<Wall> created{}; // made at run time, then by whom; else it stands in the configuration
    std::string created_by{};
    mutable std::optional<Wall> used{};  // the last time, where anybody has noted it (serve loop)
    mutable bool used_unwritten = false; // `used` is not on disk yet

    [[nodiscard]] bool may(Permission permission) const { return (grants & bit(permission)) != 0; }
    [[nodiscard]] bool expired(Wall now) const { return expires && *expires <= now; }
    [[nodiscard]] bool issued() const { return created.has_value(); }
};
[[nodiscard]] Identity identity_of(const access::IssuedToken& token, Grants grants);

class Access {
public:
    /// What is wrong with an entry: `section` is token, role or http; `entry` its place in the list.
    struct Mistake {
        std::string_view section;
        std::size_t entry;
        std::string_view key;
        std::string message;
    };
    /// All mistakes; without any, `compile` succeeds.
    [[nodiscard]] static std::vector<Mistake> check(const AccessOptions& options);
    /// Issued tokens whose role is gone hold nothing; one whose secret the configuration has, too, is not found.
    [[nodiscard]] static Result<std::shared_ptr<const Access>>
    compile(const AccessOptions& options, std::span<const access::IssuedToken> issued = {});

    /// Null: no such token. The secret's hash is looked up and then compared in constant time. It may have expired.
    [[nodiscard]] const Identity* find(std::string_view secret) const { return find(access::digest_of(secret)); }
    [[nodiscard]] const Identity* find(const access::Digest& presented) const;
    /// By a name of a certificate that an authority of ours vouches for. Null: it is nobody's.
    [[nodiscard]] const Identity* find_certificate(std::string_view name) const;
    [[nodiscard]] bool any_certificate() const { return !by_certificate_.empty(); }
    /// Null: nothing without a token.
    [[nodiscard]] const Identity* anonymous() const { return anonymous_ ? &*anonymous_ : nullptr; }

    /// Those of the configuration in its order, then the others.
    [[nodiscard]] const std::deque<Identity>& tokens() const { return tokens_; }
    /// What a role holds; nothing: there is none of that name.
    [[nodiscard]] std::optional<Grants> grants_of(std::string_view role) const;

private:
    std::deque<Identity> tokens_; // addresses stay
    std::unordered_map<access::Digest, const Identity*, access::DigestHash> by_digest_;
    std::map<std::string, const Identity*, std::less<>> by_certificate_;
    std::map<std::string, Grants, std::less<>> roles_;
    std::optional<Identity> anonymous_;
};

} // namespace lamp::status
