// What is stored comes back as it was, and what cannot be read is named and holds nobody up.
#include <cstdlib>
#include <filesystem>

#include "here.hpp"
#include "store/schema.hpp"

using namespace testing;

namespace {

struct Disk {
    Disk() {
        auto pattern = (std::filesystem::temp_directory_path() / "lamp_forwarding_XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()));
        folder = pattern;
        auto opened = store::Database::open(folder / "lamplighter.db");
        REQUIRE(opened.has_value());
        database.emplace(std::move(*opened));
        REQUIRE(store::migrate(*database, store::migrations()));
    }
    ~Disk() {
        database.reset();
        std::filesystem::remove_all(folder);
    }
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    std::vector<Stored> lines() {
        auto found = read_lines(*database, broken);
        REQUIRE(found.has_value());
        return *found;
    }

    std::filesystem::path folder;
    std::optional<store::Database> database;
    std::vector<std::string> broken;
};

} // namespace

TEST_CASE("lines come back as they went") {
    Disk disk;
    Stored alice{.line = "alice@x",
                 .owned = Owned{.baseline = {.always = Always{false, "0201234567"}},
                                .ours = {.always = Always{true, "2002"}},
                                .may_be = {{.always = Always{false, ""}}, {.always = Always{true, "2003"}}},
                                .verified = true},
                 .claims = {appointment("a", "06 12345678", at(9), at(10)), meeting("1233", at(9, 30))}};
    alice.claims[0].resting = true;
    Stored bob{.line = "bob@x", .owned = {}, .claims = {claim(Source::operator_, "", "2002")}};
    REQUIRE(put_line(*disk.database, alice));
    REQUIRE(put_line(*disk.database, bob));
    CHECK(disk.lines() == std::vector{alice, bob});
    alice.claims.pop_back();
    alice.owned->verified = false;
    REQUIRE(put_line(*disk.database, alice)); // replaces
    CHECK(disk.lines() == std::vector{alice, bob});
    REQUIRE(put_line(*disk.database, {.line = "alice@x", .owned = {}, .claims = {}}));
    CHECK(disk.lines() == std::vector{bob});
    CHECK(disk.broken.empty());
}

TEST_CASE("a broken row is named and left out") {
    Disk disk;
    REQUIRE(put_line(*disk.database, {.line = "bob@x", .owned = {}, .claims = {meeting()}}));
    REQUIRE(disk.database->script("INSERT INTO forwarding_baseline VALUES('alice@x', 'x', '[{}]', '[]', 1);"
                                  "INSERT INTO forwarding_claim VALUES('carol@x', 'boss', '', '1', 0, NULL, 0)"));
    auto lines = disk.lines();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].line == "bob@x");
    CHECK(disk.broken == std::vector<std::string>{"alice@x", "carol@x"});
}

TEST_CASE("the log: newest first, of one line or of all, and never too long") {
    Disk disk;
    using What = AuditEntry::What;
    AuditEntry one{at(9), "alice@x", What::claim_began, "smartbusy teams", "to 1233"};
    AuditEntry two{at(10), "bob@x", What::user_changed, "user", "not forwarded"};
    AuditEntry three{at(11), "alice@x", What::call_ordered, "operator desk", "hangup c1"};
    REQUIRE(put_audit(*disk.database, {one, two, three}));
    CHECK(read_audit(*disk.database, "", 10).value() == std::vector{three, two, one});
    CHECK(read_audit(*disk.database, "alice@x", 10).value() == std::vector{three, one});
    CHECK(read_audit(*disk.database, "", 1).value() == std::vector{three});
    REQUIRE(disk.database->script("UPDATE forwarding_audit SET id = 200000 WHERE line = 'bob@x'"));
    REQUIRE(put_audit(*disk.database, {one}));
    CHECK(read_audit(*disk.database, "", 10).value() == std::vector{one, two});
}
