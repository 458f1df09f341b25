// Tokens and the audit on disk: what is written comes back, the secret is not there, names stand once.
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>

#include "access/shelf.hpp"
#include "faults/folder.hpp"
#include "store/audit.hpp"
#include "store/schema.hpp"

using namespace lamp;
using namespace lamp::access;

namespace {

struct Disk {
    faults::Folder folder{"access"};
    store::Opened opened = store::open_current(folder.path(), store::Sync::normal, store::migrations()).value();
    store::Database& database = opened.database;
    std::vector<std::string> broken;

    std::vector<IssuedToken> tokens() { return read_tokens(database, broken).value(); }
};

IssuedToken full(std::string name) {
    IssuedToken token{.name = std::move(name), .digest = digest_of("a secret that stays outside"), .role = "operator"};
    token.person = "alice@example.net";
    token.scope = {{"Sales", "Support, second floor"}, {"2101@example.net"}};
    token.created = Wall(milliseconds(1'795'000'000'123));
    token.created_by = "root";
    token.expires = Wall(milliseconds(1'800'000'000'000));
    return token;
}

} // namespace

TEST_CASE("shelf: tokens come back whole, by name") {
    Disk disk;
    auto bare = IssuedToken{.name = "wallboard", .digest = digest_of("other"), .role = "viewer"};
    REQUIRE(put_token(disk.database, bare).has_value());
    REQUIRE(put_token(disk.database, full("desk")).has_value());
    CHECK(disk.tokens() == std::vector{full("desk"), bare});

    auto at = Wall(milliseconds(1'795'000'005'000));
    REQUIRE(note_uses(disk.database, {{"desk", at}, {"gone", at}}).has_value());
    CHECK(disk.tokens().front().last_used == at);

    auto twice = put_token(disk.database, IssuedToken{.name = "desk", .digest = digest_of("third"), .role = "viewer"});
    REQUIRE(!twice);
    CHECK(twice.error().category == Category::conflict);
    CHECK(disk.tokens().front().role == "operator");

    REQUIRE(drop_token(disk.database, "desk").has_value());
    CHECK(drop_token(disk.database, "desk").error().category == Category::not_found);
    CHECK(disk.tokens() == std::vector{bare});
}

TEST_CASE("shelf: the secret is not in the file") {
    Disk disk;
    REQUIRE(put_token(disk.database, full("desk")).has_value());
    REQUIRE(disk.database.script("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
    std::ifstream file(disk.database.file(), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    CHECK(bytes.find("alice@example.net") != std::string::npos);
    CHECK(bytes.find("a secret that stays outside") == std::string::npos);
}

TEST_CASE("shelf: a row that cannot be read takes nobody with it") {
    Disk disk;
    REQUIRE(put_token(disk.database, full("desk")).has_value());
    REQUIRE(
        disk.database.run("INSERT INTO issued_token VALUES('odd', 'md5:12', 'viewer', '', '', '', 0, '', NULL, NULL)")
            .has_value());
    CHECK(disk.tokens().size() == 1);
    CHECK(disk.broken == std::vector<std::string>{"odd"});
}

TEST_CASE("shelf: the audit, newest first") {
    Disk disk;
    const store::Audited made{Wall(milliseconds(1000)),  "root", "token_created", "desk", "",
                              "role operator, everybody"};
    const store::Audited gone{Wall(milliseconds(2000)),   "root", "token_revoked", "desk",
                              "role operator, everybody", ""};
    REQUIRE(store::put_audited(disk.database, made).has_value());
    REQUIRE(store::put_audited(disk.database, gone).has_value());
    CHECK(store::read_audited(disk.database, 10).value() == std::vector{gone, made});
    CHECK(store::read_audited(disk.database, 1).value() == std::vector{gone});
}
