// Who may do what: tokens and roles, compiled once and never changed (serve loop; a reload brings a new one).
// Order of a role: deny beats grant beats inherited.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/errors.hpp"
#include "status/options.hpp"
#include "status/permissions.hpp"

namespace lamp::status {

struct Identity {
    std::string token; // its name; empty for a request without one
    std::string role;
    Grants grants = 0;
    std::string person{}; // whose token it is; may be empty

    [[nodiscard]] bool may(Permission permission) const { return (grants & bit(permission)) != 0; }
};

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
    [[nodiscard]] static Result<std::shared_ptr<const Access>> compile(const AccessOptions& options);

    /// Null: no such token. The secret's hash is looked up and then compared in constant time.
    [[nodiscard]] const Identity* find(std::string_view secret) const;
    /// Null: nothing without a token.
    [[nodiscard]] const Identity* anonymous() const { return anonymous_ ? &*anonymous_ : nullptr; }

private:
    using Digest = std::array<unsigned char, 32>;
    struct DigestHash {
        std::size_t operator()(const Digest& digest) const;
    };
    static Digest digest(std::string_view text);

    std::unordered_map<Digest, Identity, DigestHash> by_digest_;
    std::optional<Identity> anonymous_;
};

} // namespace lamp::status
