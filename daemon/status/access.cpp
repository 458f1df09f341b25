#include "status/access.hpp"

#include <cstring>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <set>

#include "base/check.hpp"

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
        for (std::size_t i = 0; i < options_.tokens.size(); ++i) {
            const TokenOptions& token = options_.tokens[i];
            if (token.secret.empty()) report("token", i, "secret", "is empty");
            if (!roles_.exists(token.role)) report("token", i, "role", unknown("role", token.role, roles_.names()));
            for (std::size_t j = 0; j < i; ++j)
                if (options_.tokens[j].secret == token.secret && !token.secret.empty())
                    report("token", i, "secret", fmt::format("is the same as that of \"{}\"", options_.tokens[j].name));
        }
    }

    const AccessOptions& options_;
    Roles roles_;
    std::vector<Access::Mistake> mistakes_;
};

/// Kept for the life of the thread: fetching an algorithm costs more than a short hash.
struct Sha256 {
    EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    Sha256() { LAMP_CHECK(algorithm && context); }
    ~Sha256() {
        EVP_MD_CTX_free(context);
        EVP_MD_free(algorithm);
    }
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
};

} // namespace

std::vector<Access::Mistake> Access::check(const AccessOptions& options) {
    return Inspection(options).run();
}

Result<std::shared_ptr<const Access>> Access::compile(const AccessOptions& options) {
    if (auto mistakes = check(options); !mistakes.empty()) {
        const Mistake& first = mistakes.front();
        return fail(Category::invalid, fmt::format("[{}] {}: {}", first.section, first.key, first.message));
    }
    auto access = std::make_shared<Access>();
    Roles roles(options.roles);
    for (const TokenOptions& token : options.tokens)
        access->by_digest_.emplace(
            digest(token.secret.reveal()),
            Identity{token.name, token.role, roles.grants(token.role).value_or(0), token.person});
    if (!options.anonymous_role.empty())
        access->anonymous_ = Identity{"", options.anonymous_role, roles.grants(options.anonymous_role).value_or(0)};
    return access;
}

const Identity* Access::find(std::string_view secret) const {
    if (by_digest_.empty()) return nullptr;
    Digest presented = digest(secret);
    auto found = by_digest_.find(presented);
    if (found == by_digest_.end()) return nullptr;
    return CRYPTO_memcmp(found->first.data(), presented.data(), presented.size()) == 0 ? &found->second : nullptr;
}

std::size_t Access::DigestHash::operator()(const Digest& digest) const {
    std::size_t value = 0;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
}

Access::Digest Access::digest(std::string_view text) {
    thread_local Sha256 sha;
    Digest out{};
    bool good = EVP_DigestInit_ex2(sha.context, sha.algorithm, nullptr) == 1 &&
                EVP_DigestUpdate(sha.context, text.data(), text.size()) == 1 &&
                EVP_DigestFinal_ex(sha.context, out.data(), nullptr) == 1;
    LAMP_CHECK(good);
    return out;
}

} // namespace lamp::status
