// Old files become today's, newer ones are left alone, damaged ones are moved aside.
#include <fstream>

#include "here.hpp"

using namespace testing;

namespace {

constexpr Migration steps[] = {
    {"first", "CREATE TABLE one (a); INSERT INTO one VALUES (1);"},
    {"second", "CREATE TABLE two (a); INSERT INTO two SELECT a + 1 FROM one;"},
    {"broken", "CREATE TABLE three (a); INSERT INTO nowhere VALUES (1);"},
};

std::int64_t version(Database& database) {
    return must(database.number("PRAGMA user_version"));
}

/// How many files of that folder have this in their names.
std::size_t files(const Folder& folder, std::string_view part) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        count += entry.path().filename().string().find(part) != std::string::npos ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("a new file has today's tables") {
    Folder folder;
    auto opened = must(open_current(folder.path()));
    CHECK(version(opened.database) == static_cast<std::int64_t>(migrations().size()));
    CHECK(must(sessions(opened.database)) == 0);
    CHECK(opened.moved_aside.empty());
}

TEST_CASE("each step once, in order, over several starts") {
    Folder folder;
    auto database = must(Database::open(folder.file()));
    must(migrate(database, std::span(steps).first(1)));
    CHECK(version(database) == 1);
    must(migrate(database, std::span(steps).first(2)));
    must(migrate(database, std::span(steps).first(2)));
    CHECK(version(database) == 2);
    CHECK(must(database.number("SELECT a FROM two")) == 2);
    CHECK(must(database.number("SELECT count(*) FROM one")) == 1);
}

TEST_CASE("a step that fails leaves nothing behind, not of the steps before it either; what was there stays") {
    Folder folder;
    auto database = must(Database::open(folder.file()));
    CHECK(text(migrate(database, steps)).find("nowhere") != std::string::npos);
    CHECK(version(database) == 0);
    must(migrate(database, std::span(steps).first(2)));
    CHECK(text(migrate(database, steps)).find("nowhere") != std::string::npos);
    CHECK(version(database) == 2);
    CHECK(must(database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'three'")) == 0);
    CHECK_FALSE(database.in_transaction());
    CHECK(must(database.number("SELECT a FROM two")) == 2);
}

TEST_CASE("a file from a newer version is refused with a sentence and not touched") {
    Folder folder;
    {
        auto database = must(Database::open(folder.file()));
        must(migrate(database, std::span(steps).first(2)));
    }
    auto refused = text(open_current(folder.path(), Sync::normal, std::span(steps).first(1)));
    CHECK(refused.starts_with("invalid: "));
    CHECK(refused.find("newer Lamplighter (version 2 of its tables, this one knows 1)") != std::string::npos);
    auto database = must(Database::open(folder.file()));
    CHECK(must(database.number("SELECT a FROM two")) == 2);
}

TEST_CASE("a damaged file is moved aside, said, and a new one begun") {
    Log log;
    Folder folder;
    SUBCASE("no database at all") {
        std::ofstream(folder.file()) << std::string(5000, 'x');
    }
    SUBCASE("a page in the middle is overwritten") {
        {
            auto opened = must(open_current(folder.path()));
            for (int i = 0; i < 2000; ++i)
                must(session("person" + std::to_string(i))(opened.database));
        }
        std::fstream file(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096 * 2);
        file << std::string(4096, '\xFF');
    }
    auto opened = must(open_current(folder.path()));
    CHECK(log.has("<3>store: the database is damaged"));
    CHECK(must(sessions(opened.database)) == 0);
    CHECK(std::filesystem::exists(opened.moved_aside));
    CHECK(opened.moved_aside.string().starts_with(folder.file().string() + ".corrupt-2"));
    CHECK(files(folder, ".corrupt-") == 1);
    must(session("anna")(opened.database));
}

TEST_CASE("what another program left half-written in the log is no damage") {
    Folder folder;
    {
        auto opened = must(open_current(folder.path()));
        must(session("anna")(opened.database));
        // As a power failure leaves it: the log with a torn tail.
        std::filesystem::copy_file(folder.file(), folder.path() / "copy.db");
        std::filesystem::copy_file(folder.file().string() + "-wal", folder.path() / "copy.db-wal");
    }
    std::filesystem::remove(folder.file());
    std::filesystem::rename(folder.path() / "copy.db", folder.file());
    std::filesystem::rename(folder.path() / "copy.db-wal", folder.file().string() + "-wal");
    std::ofstream(folder.file().string() + "-wal", std::ios::app) << std::string(3000, 'x');
    auto opened = must(open_current(folder.path()));
    CHECK(opened.moved_aside.empty());
    CHECK(must(sessions(opened.database)) == 1);
}
