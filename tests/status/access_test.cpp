// Roles: deny beats grant beats inherited; what cannot be is refused with its place.
#include <doctest/doctest.h>

#include "config/sources.hpp"
#include "status/access.hpp"

using namespace lamp;
using status::Access;
using status::AccessOptions;

namespace {

bool may(const AccessOptions& options, std::string_view permission) {
    auto access = Access::compile(options);
    REQUIRE(access.has_value());
    const auto* who = (*access)->find("secret");
    REQUIRE(who != nullptr);
    auto found = status::permission_named(permission);
    REQUIRE(found.has_value());
    return who->may(*found);
}

AccessOptions with_role(std::string_view role, std::vector<status::RoleOptions> roles = {}) {
    AccessOptions options;
    options.tokens = {{"t", Secret("secret"), std::string(role)}};
    options.roles = std::move(roles);
    return options;
}

} // namespace

TEST_CASE("access: what the built-in roles hold") {
    struct Row {
        std::string_view role;
        std::string_view permission;
        bool may;
    };
    const Row table[] = {
        {"viewer", "presence.read", true},
        {"viewer", "status.read", true},
        {"viewer", "calls.read", false},
        {"viewer", "dial.any", false},
        {"operator", "calls.read", true},
        {"operator", "dial.any", true},
        {"operator", "callcontrol.any", true},
        {"operator", "forwarding.any", true},
        {"operator", "config.reload", false},
        {"operator", "access.manage", false},
        {"administrator", "config.reload", true},
        {"administrator", "access.manage", true},
        {"administrator", "lines.read.fax", true},
        // the rows of crm-directory D.5
        {"buyer", "directory.sync", false},
        {"buyer", "stats.read", false},
        {"buyer", "calls.read", false},
        {"accountant", "stats.read", true},
        {"accountant", "calls.read", false},
        {"technician", "directory.sync", true},
        {"technician", "directory.write", true},
        {"technician", "adapters.configure", true},
        {"technician", "lines.configure", true},
        {"technician", "lines.configure.mobile", true},
        {"technician", "lines.read.fax", true},
        {"technician", "stats.read", true},
        {"technician", "calls.read", false},
        {"technician", "access.manage", false},
    };
    for (const Row& row : table) {
        CAPTURE(row.role);
        CAPTURE(row.permission);
        CHECK(may(with_role(row.role), row.permission) == row.may);
    }
}

TEST_CASE("access: roles of one's own") {
    std::vector<status::RoleOptions> roles{
        {"base", "", {"presence.read", "lines.read.fax"}, {}},
        {"desk", "base", {"dial.any", "calls.read"}, {"calls.read"}},
        {"chief", "desk", {"calls.read"}, {}},
        {"lines", "", {"lines.read", "lines.read.fax"}, {}},
        {"no_lines", "technician", {}, {"lines.read"}},
        {"wary", "administrator", {"privacy.erase"}, {"privacy.erase"}},
    };
    struct Row {
        std::string_view role;
        std::string_view permission;
        bool may;
    };
    const Row table[] = {
        {"base", "presence.read", true},       {"base", "lines.read.fax", false}, // without its macro
        {"desk", "presence.read", true},       {"desk", "dial.any", true},
        {"desk", "calls.read", false}, // denied, although granted
        {"chief", "calls.read", true}, // granted anew
        {"chief", "dial.any", true},           {"lines", "lines.read.fax", true},
        {"no_lines", "lines.read.fax", false}, {"no_lines", "lines.configure.fax", true},
        {"wary", "privacy.erase", false},      {"wary", "config.reload", true},
    };
    for (const Row& row : table) {
        CAPTURE(row.role);
        CAPTURE(row.permission);
        CHECK(may(with_role(row.role, roles), row.permission) == row.may);
    }
}

TEST_CASE("access: what is refused, and where") {
    struct Row {
        AccessOptions options;
        std::string_view section;
        std::size_t entry;
        std::string_view key;
        std::string_view says;
    };
    auto anonymous = with_role("viewer");
    anonymous.anonymous_role = "viewr";
    auto twice = with_role("viewer");
    twice.tokens.push_back({"u", Secret("secret"), "viewer"});
    auto empty = with_role("viewer");
    empty.tokens.push_back({"u", Secret(""), "viewer"});
    const Row table[] = {
        {with_role("operater"), "token", 0, "role", "did you mean \"operator\"?"},
        {anonymous, "http", 0, "anonymous_role", "did you mean \"viewer\"?"},
        {twice, "token", 1, "secret", "the same as that of \"t\""},
        {empty, "token", 1, "secret", "is empty"},
        {with_role("a", {{"a", "b", {}, {}}, {"b", "a", {}, {}}}), "role", 0, "inherit", "back to this role"},
        {with_role("a", {{"a", "a", {}, {}}}), "role", 0, "inherit", "back to this role"},
        {with_role("a", {{"a", "zzz", {}, {}}}), "role", 0, "inherit", "is no role"},
        {with_role("a", {{"a", "", {"dial.anny"}, {}}}), "role", 0, "grant", "did you mean \"dial.any\"?"},
        {with_role("a", {{"a", "", {}, {"fly"}}}), "role", 0, "deny", "is no permission"},
        {with_role("a", {{"a", "", {}, {}}, {"a", "", {}, {}}}), "role", 1, "name", "defined twice"},
        {with_role("viewer", {{"viewer", "", {}, {}}}), "role", 0, "name", "built in"},
    };
    for (const Row& row : table) {
        CAPTURE(row.says);
        auto mistakes = Access::check(row.options);
        REQUIRE(!mistakes.empty());
        const auto& first = mistakes.front();
        CHECK(first.section == row.section);
        CHECK(first.entry == row.entry);
        CHECK(first.key == row.key);
        CHECK(first.message.find(row.says) != std::string::npos);
        CHECK(!Access::compile(row.options).has_value());
    }
}

TEST_CASE("access: what is wrong with secrets, all of it and in order") {
    AccessOptions options;
    options.tokens = {{"a", Secret("one"), "viewer"},
                      {"b", Secret("sha256:1"), "viewer"},
                      {"c", Secret("one"), "viewer"},
                      {"d", Secret("sha256:2"), "viewer"}};
    std::vector<std::string> said;
    for (const auto& one : Access::check(options))
        said.push_back(options.tokens[one.entry].name + " " + one.message);
    CHECK(said == std::vector<std::string>{"b is no hash of 64 digits", "c is the same as that of \"a\"",
                                           "d is no hash of 64 digits", "d is the same as that of \"b\""});
}

TEST_CASE("access: only the very secret opens") {
    auto access = Access::compile(with_role("viewer")).value();
    CHECK(access->find("secret") != nullptr);
    for (std::string_view wrong : {"", "secre", "secret ", "Secret", "secrets"})
        CHECK(access->find(wrong) == nullptr);
    CHECK(access->anonymous() == nullptr);
}

TEST_CASE("access: the configuration's sections") {
    config::Schema schema;
    schema.add(status::http_section()).add(status::token_section()).add(status::role_section());
    schema.check({"token", "role", "http"}, status::check_access);
    auto read = [&](std::string_view text) {
        return config::read_text(schema, text, "/etc/lamplighter/lamplighter.toml", config::Sources::machine());
    };
    auto good = read("[http]\nlisten = [\"127.0.0.1:0\", \"[::1]:0\"]\nanonymous_role = \"viewer\"\n"
                     "[[token]]\nname = \"a\"\nsecret = \"x\"\nrole = \"mine\"\n"
                     "[[role]]\nname = \"mine\"\ninherit = \"viewer\"\ngrant = [\"dial.any\"]\n");
    REQUIRE(good.configuration);
    CHECK(good.configuration->get<status::HttpOptions>().listen.size() == 2);
    CHECK(good.configuration->get<status::HttpOptions>().flush == milliseconds(20));
    auto wrong = read(
        "[http]\nanonymous_role = \"god\"\nflush = \"5s\"\n[[token]]\nname = \"a\"\nsecret = \"x\"\nrole = \"mine\"\n");
    CHECK(!wrong.configuration);
    auto also = read("[[token]]\nname = \"a\"\nsecret = \"x\"\nrole = \"mine\"\n");
    CHECK(!also.configuration);
    CHECK(to_string(also.problems).find("[token \"a\"] role: \"mine\" is no role") != std::string::npos);
}
