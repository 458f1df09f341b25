// Values in and out, statements on loan, and errors that say what to do.
#include <sys/stat.h>

#include <vector>

#include "here.hpp"

using namespace testing;

namespace {

Database open_new(const Folder& folder) {
    auto database = must(Database::open(folder.file()));
    must(database.script("CREATE TABLE t (a, b, c, d)"));
    return database;
}

} // namespace

TEST_CASE("values come back as they went in") {
    Folder folder;
    auto database = open_new(folder);
    std::vector<std::uint8_t> bytes{0, 1, 255};
    std::string text("a\0b\xC3\xA9", 5);
    Wall time(milliseconds(1'764'154'800'123));
    must(database.run("INSERT INTO t VALUES (?1, ?2, ?3, ?4)", std::int64_t{-1} << 62, text, bytes, std::nullopt));
    must(database.run("INSERT INTO t VALUES (?1, ?2, ?3, ?4)", time, "", std::optional<int>(7), std::optional<int>()));
    CHECK(database.changed() == 1);
    auto rows = must(database.prepare("SELECT a, b, c, d FROM t ORDER BY rowid"));
    REQUIRE(must(rows.step()));
    CHECK(rows.integer(0) == std::int64_t{-1} << 62);
    CHECK(rows.text(1) == text);
    CHECK(std::ranges::equal(rows.bytes(2), bytes));
    CHECK(rows.null(3));
    REQUIRE(must(rows.step()));
    CHECK(rows.integer(0) == 1'764'154'800'123);
    CHECK(rows.time(0) == time);
    CHECK(rows.maybe_time(0) == time);
    CHECK_FALSE(rows.maybe_time(3));
    CHECK(rows.text(1).empty());
    CHECK_FALSE(rows.null(1));
    CHECK(rows.integer(2) == 7);
    CHECK(rows.null(3));
    CHECK_FALSE(must(rows.step()));
}

TEST_CASE("a statement is lent again when it came back, and forgets its values") {
    Folder folder;
    auto database = open_new(folder);
    constexpr std::string_view sql = "SELECT ?1";
    {
        auto one = must(database.prepare(sql, 1));
        auto two = must(database.prepare(sql, 2)); // the same text while the first is out
        CHECK(must(one.step()));
        CHECK(must(two.step()));
        CHECK(one.integer(0) == 1);
        CHECK(two.integer(0) == 2);
    }
    auto again = must(database.prepare(sql));
    CHECK(must(again.step()));
    CHECK(again.null(0));
}

TEST_CASE("many different texts do not make the cache grow, and all work") {
    Folder folder;
    auto database = open_new(folder);
    for (std::size_t i = 0; i < limits::store_statements * 2; ++i) {
        auto sql = "SELECT " + std::to_string(i);
        CHECK(must(database.number(sql)) == static_cast<std::int64_t>(i));
    }
}

TEST_CASE("errors") {
    Folder folder;
    auto database = open_new(folder);
    must(database.script("CREATE TABLE u (a INTEGER PRIMARY KEY, b REFERENCES u)"));
    must(database.run("INSERT INTO u VALUES (1, NULL)"));
    CHECK(text(database.run("INSERT INTO u VALUES (1, NULL)")).starts_with("conflict: "));
    CHECK(text(database.run("INSERT INTO u VALUES (2, 77)")).starts_with("conflict: ")); // foreign keys are on
    CHECK(text(database.run("SELEKT 1")).starts_with("invalid: "));
    CHECK(text(database.run("")).starts_with("invalid: "));
    CHECK(text(database.number("SELECT a FROM u WHERE a = 9")).starts_with("not found: "));
    CHECK(must(database.number("PRAGMA synchronous")) == 1);
    auto nowhere = text(Database::open(folder.path() / "nowhere" / "lamplighter.db"));
    CHECK(nowhere.starts_with("unavailable: "));
    CHECK(nowhere.find((folder.path() / "nowhere").string()) != std::string::npos);
}

TEST_CASE("nobody else may read the file") {
    Folder folder;
    auto database = open_new(folder);
    for (const char* suffix : {"", "-wal", "-shm"}) {
        struct stat about{};
        auto file = folder.file().string() + suffix;
        REQUIRE(::stat(file.c_str(), &about) == 0);
        CHECK((about.st_mode & 0777U) == 0600U);
    }
}
