#include "status/access.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <set>

#include "access/expiry.hpp"

namespace lamp::status {
namespace {

/// Works out what each role of the options holds.
class Roles {
public:
    explicit Roles(const std::vector<RoleOptions>& rows) : rows_(rows) {}

    /// Nothing for a role that does not exist or inherits from itself.
    [[nodiscard]] std::optional<Grants> grants(std::string_view name) {
        for (const BuiltInRole& role : built_in_roles())
            if (role.name == name) return role.grants;
        const RoleOptions* row = find(name);
        if (!row || !visiting_.insert(name).second) return std::nullopt;
        auto inherited = row->inherit.empty() ? std::optional<Grants>(0) : grants(row->inherit);
        visiting_.erase(name);
        if (!inherited) return std::nullopt;
        return without_orphans((*inherited | set_of(row->grant)) & ~set_of(row->deny));
    }
    [[nodiscard]] bool exists(std::string_view name) const { return built_in(name) || find(name) != nullptr; }
    [[nodiscard]] static bool built_in(std::string_view name) {
        for (const BuiltInRole& role : built_in_roles())
            if (role.name == name) return true;
        return false;
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const BuiltInRole& role : built_in_roles())
            all.emplace_back(role.name);
        for (const RoleOptions& row : rows_)
            all.push_back(row.name);
        return all;
    }

private:
    [[nodiscard]] const RoleOptions* find(std::string_view name) const {
        for (const RoleOptions& row : rows_)
            if (row.name == name) return &row;
        return nullptr;
    }
    static Grants set_of(const std::vector<std::string>& names) {
        Grants all = 0;
        for (const std::string& text : names)
            if (auto found = permission_named(text)) all |= bit(*found);
        return all;
    }

    const std::vector<RoleOptions>& rows_;
    std::set<std::string_view> visiting_;
};

std::string unknown(std::string_view what, std::string_view word, const std::vector<std::string>& names) {
    auto meant = config::nearest(word, names);
    auto hint = meant.empty() ? std::string() : fmt::format(", did you mean \"{}\"?", meant);
    return fmt::format("{} is no {}{}", config::in_quotes(word), what, hint);
}

/// Nothing: there is no secret, or what should be a hash is none.
std::optional<access::Digest> digest_of(const TokenOptions& token) {
    const std::string& secret = token.secret.reveal();
    if (secret.empty()) return std::nullopt;
    return access::means_hash(secret) ? access::read_hashed(secret) : access::digest_of(secret);
}

/// Gathers the mistakes of one set of options.
class Inspection {
public:
    explicit Inspection(const AccessOptions& options) : options_(options), roles_(options.roles) {}

    std::vector<Access::Mistake> run() {
        inspect_roles();
        inspect_tokens();
        if (!options_.anonymous_role.empty() && !roles_.exists(options_.anonymous_role))
            report("http", 0, "anonymous_role", unknown("role", options_.anonymous_role, roles_.names()));
        return std::move(mistakes_);
    }

private:
    using Digests = std::vector<std::optional<access::Digest>>; // of each token

    void report(std::string_view section, std::size_t entry, std::string_view key, std::string message) {
        mistakes_.push_back({section, entry, key, std::move(message)});
    }
    void inspect_roles() {
        for (std::size_t i = 0; i < options_.roles.size(); ++i) {
            const RoleOptions& role = options_.roles[i];
            if (Roles::built_in(role.name))
                report("role", i, "name", fmt::format("\"{}\" is built in; choose another name", role.name));
            for (std::size_t j = 0; j < i; ++j)
                if (options_.roles[j].name == role.name)
                    report("role", i, "name", fmt::format("the role \"{}\" is defined twice", role.name));
            inspect_permissions(i, "grant", role.grant);
            inspect_permissions(i, "deny", role.deny);
            if (role.inherit.empty()) continue;
            if (!roles_.exists(role.inherit))
                report("role", i, "inherit", unknown("role", role.inherit, roles_.names()));
            else if (!roles_.grants(role.name))
                report("role", i, "inherit", "leads back to this role or to one that does not exist");
        }
    }
    void inspect_permissions(std::size_t entry, std::string_view key, const std::vector<std::string>& names) {
        for (const std::string& text : names)
            if (!permission_named(text))
                report("role", entry, key, unknown("permission", text, {permissions().begin(), permissions().end()}));
    }
    void inspect_tokens() {
        Digests digests; // each once: this runs on the serve loop, and there may be many
        for (const TokenOptions& token : options_.tokens)
            digests.push_back(digest_of(token));
        for (std::size_t i = 0; i < options_.tokens.size(); ++i) {
            const TokenOptions& token = options_.tokens[i];
            inspect_secret(i, digests);
            if (!roles_.exists(token.role)) report("token", i, "role", unknown("role", token.role, roles_.names()));
            for (std::size_t j = 0; j < i; ++j)
                if (options_.tokens[j].certificate == token.certificate && !token.certificate.empty())
                    report("token", i, "certificate",
                           fmt::format("is the same as that of \"{}\"", options_.tokens[j].name));
        }
    }

    void inspect_secret(std::size_t i, const Digests& digests) {
        const TokenOptions& token = options_.tokens[i];
        if (token.secret.empty() && token.certificate.empty()) report("token", i, "secret", "is empty");
        if (!token.secret.empty() && !digests[i]) report("token", i, "secret", "is no hash of 64 digits");
        for (std::size_t j = 0; j < i; ++j)
            if (!token.secret.empty() && digests[j] == digests[i])
                report("token", i, "secret", fmt::format("is the same as that of \"{}\"", options_.tokens[j].name));
    }

    const AccessOptions& options_;
    Roles roles_;
    std::vector<Access::Mistake> mistakes_;
};

Identity identity_of(const TokenOptions& token, Grants grants) {
    Identity who{token.name, token.role, grants, token.person, {token.folders, token.lines}};
    if (token.expires.empty()) return who;
    // Checked with the configuration; whatever else comes here opens nothing rather than everything.
    who.expires = access::parse_expiry(token.expires).value_or(Wall());
    return who;
}

} // namespace

Identity identity_of(const access::IssuedToken& token, Grants grants) {
    Identity who{token.name, token.role, grants, token.person, token.scope, token.expires};
    who.created = token.created;
    who.created_by = token.created_by;
    who.used = token.last_used;
    return who;
}

std::vector<Access::Mistake> Access::check(const AccessOptions& options) {
    return Inspection(options).run();
}

Result<std::shared_ptr<const Access>> Access::compile(const AccessOptions& options,
                                                      std::span<const access::IssuedToken> issued) {
    if (auto mistakes = check(options); !mistakes.empty()) {
        const Mistake& first = mistakes.front();
        return fail(Category::invalid, fmt::format("[{}] {}: {}", first.section, first.key, first.message));
    }
    auto access = std::make_shared<Access>();
    Roles roles(options.roles);
    for (const std::string& role : roles.names())
        access->roles_.emplace(role, roles.grants(role).value_or(0));
    for (const TokenOptions& token : options.tokens) {
        const auto& who = access->tokens_.emplace_back(identity_of(token, access->grants_of(token.role).value_or(0)));
        if (auto digest = digest_of(token)) access->by_digest_.emplace(*digest, &who);
        if (!token.certificate.empty()) access->by_certificate_.emplace(token.certificate, &who);
    }
    for (const access::IssuedToken& token : issued) {
        const auto& who = access->tokens_.emplace_back(identity_of(token, access->grants_of(token.role).value_or(0)));
        access->by_digest_.emplace(token.digest, &who);
    }
    if (!options.anonymous_role.empty())
        access->anonymous_ =
            Identity{"", options.anonymous_role, access->grants_of(options.anonymous_role).value_or(0)};
    return access;
}

const Identity* Access::find(const access::Digest& presented) const {
    auto found = by_digest_.find(presented);
    if (found == by_digest_.end()) return nullptr;
    return CRYPTO_memcmp(found->first.data(), presented.data(), presented.size()) == 0 ? found->second : nullptr;
}

const Identity* Access::find_certificate(std::string_view name) const {
    auto found = by_certificate_.find(name);
    return found == by_certificate_.end() ? nullptr : found->second;
}

std::optional<Grants> Access::grants_of(std::string_view role) const {
    auto found = roles_.find(role);
    return found == roles_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace lamp::status
