// The way back from an upgrade: a whole copy before the tables change, and the old state after a kill in the middle.
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "faults/child.hpp"
#include "here.hpp"
#include "small_disk.hpp"
#include "store/backup.hpp"

using namespace testing;
using faults::Child;
using faults::folder_of_parent;

namespace {

constexpr Migration steps[] = {
    {"first", "CREATE TABLE one (a); INSERT INTO one VALUES (1);"},
    {"second", "CREATE TABLE two (a); INSERT INTO two SELECT a + 1 FROM one;"},
    {"third", "DROP TABLE one;"},
    {"fourth", "CREATE TABLE four (a);"},
    {"fifth", "CREATE TABLE five (a);"},
    {"sixth", "CREATE TABLE six (a);"},
};

/// A second step that has no end, and fills the log meanwhile.
constexpr Migration endless[] = {
    steps[0],
    {"endless", "DELETE FROM one; CREATE TABLE many (a);"
                "INSERT INTO many WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                " SELECT hex(zeroblob(500)) FROM n;"},
};

std::span<const Migration> first(std::size_t count) {
    return std::span(steps).first(count);
}

std::set<std::string> names(const std::filesystem::path& folder) {
    std::set<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        all.insert(entry.path().filename().string());
    return all;
}

std::int64_t number(const std::filesystem::path& file, std::string_view question) {
    auto database = must(Database::open(file));
    return must(database.number(question));
}

unsigned mode(const std::filesystem::path& path) {
    struct stat seen{};
    REQUIRE(::stat(path.c_str(), &seen) == 0);
    return seen.st_mode & 07777U;
}

void upgrade(const Folder& folder, std::size_t version) {
    must(open_current(folder.path(), Sync::normal, first(version)));
}

} // namespace

TEST_CASE("a new database needs no copy, one of today neither") {
    Folder folder;
    upgrade(folder, 2);
    upgrade(folder, 2);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backups"));
}

TEST_CASE("before the tables change there is a copy, readable to its owner alone") {
    Log log;
    Folder folder;
    upgrade(folder, 1);
    upgrade(folder, 3);
    auto copy = folder.path() / "backups" / "before-schema-3.sqlite";
    REQUIRE(std::filesystem::exists(copy));
    CHECK(mode(copy) == 0600);
    CHECK(mode(copy.parent_path()) == 0700);
    CHECK(number(copy, "PRAGMA user_version") == 1);
    CHECK(number(copy, "SELECT a FROM one") == 1);
    CHECK(number(folder.file(), "SELECT a FROM two") == 2);
    CHECK(log.has("the database was copied before its tables change"));
}

TEST_CASE("the three newest are kept, and what is not ours is left alone") {
    Folder folder;
    upgrade(folder, 1);
    auto backups = folder.path() / "backups";
    for (std::size_t version = 2; version <= 3; ++version)
        upgrade(folder, version);
    std::ofstream(backups / "directory-2026.csv") << "somebody else's";
    std::ofstream(backups / "before-schema-x.sqlite") << "not a number";
    for (std::size_t version = 4; version <= 6; ++version)
        upgrade(folder, version);
    CHECK(names(backups) == std::set<std::string>{"before-schema-4.sqlite", "before-schema-5.sqlite",
                                                  "before-schema-6.sqlite", "before-schema-x.sqlite",
                                                  "directory-2026.csv"});
}

TEST_CASE("ten comes behind nine") {
    Folder folder;
    auto database = must(Database::open(folder.file()));
    for (std::int64_t version : {8, 9, 10, 11})
        must(back_up(database, version));
    CHECK(names(folder.path() / "backups") ==
          std::set<std::string>{"before-schema-9.sqlite", "before-schema-10.sqlite", "before-schema-11.sqlite"});
}

TEST_CASE("no copy, no change: the sentence says what to do") {
    Folder folder;
    upgrade(folder, 1);
    std::ofstream(folder.path() / "backups") << "a file where the folder should be";
    auto said = text(open_current(folder.path(), Sync::normal, first(2)));
    CHECK(said.starts_with("unavailable: The database cannot be copied to "));
    CHECK(said.find("nothing was changed") != std::string::npos);
    CHECK(number(folder.file(), "PRAGMA user_version") == 1);
}

TEST_CASE("what a copy that was cut off left behind is in nobody's way") {
    Folder folder;
    upgrade(folder, 1);
    std::filesystem::create_directory(folder.path() / "backups");
    std::ofstream(folder.path() / "backups" / "before-schema-2.sqlite.new") << std::string(5000, 'x');
    upgrade(folder, 2);
    CHECK(names(folder.path() / "backups") == std::set<std::string>{"before-schema-2.sqlite"});
    CHECK(number(folder.path() / "backups" / "before-schema-2.sqlite", "SELECT a FROM one") == 1);
}

TEST_CASE("child: a migration without an end" * doctest::skip()) {
    auto folder = folder_of_parent();
    if (folder.empty()) return;
    must(open_current(folder, Sync::normal, endless));
}

TEST_CASE("kill -9 in the middle of a migration: the old state is whole, and so is the copy") {
    Folder folder;
    upgrade(folder, 1);
    auto log = folder.file();
    log += "-wal";
    {
        Child child("child: a migration without an end", folder.path());
        std::error_code none;
        constexpr std::uintmax_t under_way = 1'000'000;
        for (auto until = steady_now() + 30s; steady_now() < until;)
            if (auto size = std::filesystem::file_size(log, none); !none && size > under_way) break;
        REQUIRE(std::filesystem::file_size(log) > under_way);
        child.kill();
    }
    auto opened = must(open_current(folder.path(), Sync::normal, first(1)));
    CHECK(opened.moved_aside.empty());
    CHECK(must(opened.database.number("PRAGMA user_version")) == 1);
    CHECK(must(opened.database.number("SELECT a FROM one")) == 1);
    CHECK(must(opened.database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'many'")) == 0);
    CHECK(number(folder.path() / "backups" / "before-schema-2.sqlite", "SELECT a FROM one") == 1);
}

TEST_CASE("child: an upgrade on a file system of one megabyte" * doctest::skip()) {
    auto folder = folder_of_parent();
    if (folder.empty()) return;
    if (!become_small(folder)) return;
    {
        auto opened = must(open_current(folder, Sync::normal, first(1)));
        must(opened.database.run("INSERT INTO one VALUES (?1)", std::string(400'000, 'x')));
    }
    std::ofstream(folder / "ballast") << std::string(300'000, 'x');
    auto said = text(open_current(folder, Sync::normal, first(2)));
    CHECK(said.find("nothing was changed") != std::string::npos);
    CHECK(said.find("full") != std::string::npos);
    CHECK(number(folder / "lamplighter.db", "PRAGMA user_version") == 1);
    CHECK(names(folder / "backups").empty());
    std::filesystem::remove(folder / "ballast");
    must(open_current(folder, Sync::normal, first(2)));
    CHECK(number(folder / "backups" / "before-schema-2.sqlite", "SELECT count(*) FROM one") == 2);
}

TEST_CASE("a full disk: no copy, no upgrade; and with some room, both") {
    Folder folder;
    Child child("child: an upgrade on a file system of one megabyte", folder.path());
    passes(child);
}
