// What was confirmed is there: after kill -9 at any moment, and through a disk that fills up and is emptied again.
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "faults/child.hpp"
#include "here.hpp"
#include "small_disk.hpp"

using namespace testing;
using faults::Child;
using faults::folder_of_parent;

namespace {

/// A row of 4 kB.
Store::Work large(int number) {
    return [number](Database& database) {
        return database.run("INSERT INTO teams_session VALUES (?1, ?2, 1, 0, 0)", std::string(4000, 'x'),
                            std::to_string(number));
    };
}

std::vector<int> large_rows(Database& database) {
    auto rows = must(database.prepare("SELECT CAST(object_id AS INTEGER) FROM teams_session ORDER BY 1"));
    std::vector<int> numbers;
    while (must(rows.step()))
        numbers.push_back(static_cast<int>(rows.integer(0)));
    return numbers;
}

/// Writes until the disk is full, makes room, writes again; nothing that was confirmed may be missing.
void fill_and_empty(const std::filesystem::path& folder, const std::function<void(Store&, Loop&)>& limit,
                    const std::function<void(Store&, Loop&)>& make_room) {
    Log log;
    Loop loop("test");
    std::vector<int> confirmed;
    std::vector<std::string> refused;
    int answered = 0;
    int number = 0;
    auto store = must(Store::open({.folder = folder}));
    limit(*store, loop);
    auto write_some = [&](int count) {
        for (int i = 0; i < count; ++i, ++number)
            store->submit(loop, large(number), [&, mine = number](const Result<void>& result) {
                ++answered;
                if (result)
                    confirmed.push_back(mine);
                else
                    refused.push_back(text(result));
            });
        turn_until(loop, [&] { return answered == number; });
    };
    for (int round = 0; round < 200 && refused.empty(); ++round)
        write_some(10);
    REQUIRE_FALSE(refused.empty());
    for (const auto& error : refused) {
        CAPTURE(error);
        CHECK((error.starts_with("limit: ") || error.starts_with("unavailable: ")));
        CHECK(error.find((folder / "lamplighter.db").string()) != std::string::npos);
    }
    CHECK(store->report().failing);
    CHECK(log.has("<3>store: changes could not be written"));
    auto before = confirmed.size();
    CHECK(before > 10);
    write_some(5); // full it is, and stays
    make_room(*store, loop);
    auto failures = refused.size();
    write_some(20);
    CHECK(refused.size() == failures);
    CHECK(confirmed.size() >= before + 20);
    CHECK_FALSE(store->report().failing);
    CHECK(log.has("<6>store: changes are written again"));
    store->stop();
    auto opened = must(open_current(folder));
    CHECK(opened.moved_aside.empty());
    CHECK(large_rows(opened.database) == confirmed);
}

} // namespace

TEST_CASE("child: writes and tells each confirmed row" * doctest::skip()) {
    auto folder = folder_of_parent();
    if (folder.empty()) return;
    Loop loop("child");
    auto store = must(Store::open({.folder = folder}));
    int number = 0;
    std::function<void()> next = [&] {
        store->submit(loop, session(std::to_string(number)), [&, mine = number](const Result<void>& result) {
            auto line = std::to_string(mine) + (result ? "\n" : " failed\n");
            if (::write(STDOUT_FILENO, line.data(), line.size()) > 0) next();
        });
        ++number;
    };
    for (int i = 0; i < 20; ++i) // twenty at a time, so that groups are cut, too
        next();
    loop.run_here();
}

TEST_CASE("kill -9 right behind a confirmation: the row is there") {
    for (std::size_t bytes : {1U, 200U, 5000U, 20'000U}) {
        CAPTURE(bytes);
        Folder folder;
        std::string told;
        {
            Child child("child: writes and tells each confirmed row", folder.path());
            while (told.size() < bytes) {
                auto more = child.read();
                REQUIRE_FALSE(more.empty());
                told += more;
            }
            child.kill();
            for (auto more = child.read(); !more.empty(); more = child.read())
                told += more;
        }
        std::vector<std::string> confirmed;
        for (std::size_t at = 0, end = 0; (end = told.find('\n', at)) != std::string::npos; at = end + 1)
            confirmed.push_back(told.substr(at, end - at));
        // The first lines are the test framework's own.
        std::erase_if(confirmed, [](const std::string& line) { return line.starts_with("[doctest]"); });
        REQUIRE_FALSE(confirmed.empty());
        auto opened = must(open_current(folder.path()));
        CHECK(opened.moved_aside.empty());
        for (const auto& row : confirmed) {
            CAPTURE(row);
            auto found = must(opened.database.prepare("SELECT 1 FROM teams_session WHERE object_id = ?1", row));
            CHECK(must(found.step()));
        }
    }
}

TEST_CASE("a full disk: pages") {
    Folder folder;
    auto pages = [](int count) {
        return [count](Store& store, Loop& loop) {
            auto set = store.read<std::int64_t>([count](Database& database) {
                return database.number("PRAGMA max_page_count=" + std::to_string(count));
            });
            static_cast<void>(must(finish(loop, std::move(set))));
        };
    };
    fill_and_empty(folder.path(), pages(100), pages(10'000));
}

TEST_CASE("child: a file system of one megabyte" * doctest::skip()) {
    auto folder = folder_of_parent();
    if (folder.empty()) return;
    if (!become_small(folder)) return;
    auto ballast = folder / "ballast";
    std::ofstream(ballast) << std::string(300'000, 'x');
    fill_and_empty(folder, [](Store&, Loop&) {}, [&](Store&, Loop&) { std::filesystem::remove(ballast); });
}

TEST_CASE("a full disk: a real file system") {
    Folder folder;
    Child child("child: a file system of one megabyte", folder.path());
    passes(child);
}
