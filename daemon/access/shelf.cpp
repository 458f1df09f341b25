#include "access/shelf.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lamp::access {

// Names hold no line breaks: whoever makes a token is refused them.
std::string join_names(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, "\n"));
}

std::vector<std::string> split_names(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        auto end = std::min(text.find('\n'), text.size());
        names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return names;
}

Result<void> put_token(store::Database& disk, const IssuedToken& token) {
    auto done =
        disk.run("INSERT INTO issued_token(name, digest, role, person, folders, lines, created, created_by, "
                 "expires, last_used) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
                 token.name, write_hashed(token.digest), token.role, token.person, join_names(token.scope.folders),
                 join_names(token.scope.lines), token.created, token.created_by, token.expires, token.last_used);
    if (done && disk.changed() == 0)
        return fail(Category::conflict, fmt::format("There is a token {} already.", token.name));
    return done;
}

Result<void> drop_token(store::Database& disk, const std::string& name) {
    auto done = disk.run("DELETE FROM issued_token WHERE name = ?1", name);
    if (done && disk.changed() == 0) return fail(Category::not_found, fmt::format("There is no token {}.", name));
    return done;
}

Result<std::vector<IssuedToken>> read_tokens(store::Database& disk, std::vector<std::string>& broken) {
    auto rows = disk.prepare("SELECT name, digest, role, person, folders, lines, created, created_by, expires, "
                             "last_used FROM issued_token ORDER BY name");
    if (!rows) return std::unexpected(rows.error());
    std::vector<IssuedToken> tokens;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return tokens;
        auto digest = read_hashed(rows->text(1));
        if (!digest) {
            broken.emplace_back(rows->text(0));
            continue;
        }
        IssuedToken token{.name = std::string(rows->text(0)), .digest = *digest, .role = std::string(rows->text(2))};
        token.person = rows->text(3);
        token.scope = {split_names(rows->text(4)), split_names(rows->text(5))};
        token.created = rows->time(6);
        token.created_by = rows->text(7);
        token.expires = rows->maybe_time(8);
        token.last_used = rows->maybe_time(9);
        tokens.push_back(std::move(token));
    }
}

Result<void> note_uses(store::Database& disk, const std::vector<Use>& uses) {
    for (const auto& [name, at] : uses)
        if (auto done = disk.run("UPDATE issued_token SET last_used = ?2 WHERE name = ?1", name, at); !done)
            return done;
    return {};
}

} // namespace lamp::access
