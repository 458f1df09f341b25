// Group commit: order, isolation of a unit that fails, the queue's limit, the end.
#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "here.hpp"

using namespace testing;

namespace {

std::unique_ptr<Store> open_in(const Folder& folder, StoreOptions options = {}) {
    options.folder = folder.path();
    return must(Store::open(std::move(options)));
}

/// A unit that holds the store's thread until the test lets go, so that others queue up behind it.
struct Gate {
    std::promise<void> reached;
    std::promise<void> opened;

    [[nodiscard]] Store::Work work() {
        return [this](Database&) -> Result<void> {
            reached.set_value();
            opened.get_future().wait();
            return {};
        };
    }
};

std::int64_t rows(const Folder& folder) {
    auto opened = must(open_current(folder.path()));
    return must(sessions(opened.database));
}

} // namespace

TEST_CASE("what queues up while a transaction runs is the next transaction, in order") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    Gate gate;
    std::vector<int> done;
    store->submit(loop, gate.work(), [&](const Result<void>&) { done.push_back(-1); });
    gate.reached.get_future().wait();
    std::vector<int> ran;
    for (int i = 0; i < 100; ++i)
        store->submit(
            loop,
            [&ran, i](Database& database) {
                ran.push_back(i);
                return session("person" + std::to_string(i))(database);
            },
            [&done, i](const Result<void>& result) {
                CHECK(result);
                done.push_back(i);
            });
    CHECK(store->report().queued == 101);
    CHECK(done.empty());
    gate.opened.set_value();
    turn_until(loop, [&] { return done.size() == 101; });
    CHECK(std::ranges::is_sorted(done));
    CHECK(std::ranges::is_sorted(ran));
    auto report = store->report();
    CHECK(report.commits == 2);
    CHECK(report.units == 101);
    CHECK(report.largest_batch == 100);
    CHECK(report.failures == 0);
    CHECK(report.longest >= report.last);
    CHECK(report.waited >= report.last);
    store->stop();
    CHECK(rows(folder) == 100);
}

TEST_CASE("a transaction has its limit, too") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder, {.batch = 10});
    Gate gate;
    int done = 0;
    store->submit(loop, gate.work(), [&](const Result<void>&) { ++done; });
    gate.reached.get_future().wait();
    for (int i = 0; i < 25; ++i)
        store->submit(loop, session(std::to_string(i)), [&](const Result<void>&) { ++done; });
    gate.opened.set_value();
    turn_until(loop, [&] { return done == 26; });
    CHECK(store->report().commits == 4);
    CHECK(store->report().largest_batch == 10);
}

TEST_CASE("a unit that fails takes nobody with it and leaves nothing of itself") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    Gate gate;
    std::vector<std::string> results;
    auto note = [&](const Result<void>& result) { results.push_back(text(result)); };
    store->submit(loop, gate.work(), note);
    gate.reached.get_future().wait();
    store->submit(loop, session("anna"), note);
    store->submit(loop, spoiled("ben"), note);
    store->submit(loop, session("anna"), note); // breaks the primary key
    store->submit(loop, session("carla"), note);
    gate.opened.set_value();
    turn_until(loop, [&] { return results.size() == 5; });
    CHECK(results[1] == "good");
    CHECK(results[2] == "invalid: no good");
    CHECK(results[3].starts_with("conflict: "));
    CHECK(results[4] == "good");
    auto report = store->report();
    CHECK(report.commits == 2);
    CHECK(report.units == 3);
    CHECK(report.failures == 2);
    CHECK(report.last_error.find("refuses a row") != std::string::npos);
    CHECK_FALSE(report.failing); // the disk is well
    auto found = finish(loop, store->read<std::string>([](Database& database) -> Result<std::string> {
        auto names = must(database.prepare("SELECT group_concat(object_id, ' ') FROM teams_session"));
        static_cast<void>(must(names.step()));
        return std::string(names.text(0));
    }));
    CHECK(must(found) == "anna carla");
}

TEST_CASE("a unit that undoes the whole group: its neighbours are done again") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    Gate gate;
    std::vector<std::string> results;
    auto note = [&](const Result<void>& result) { results.push_back(text(result)); };
    store->submit(loop, gate.work(), note);
    gate.reached.get_future().wait();
    store->submit(loop, session("anna"), note);
    store->submit(loop, [](Database& database) { return database.run("ROLLBACK"); }, note); // as a full disk does
    store->submit(loop, session("carla"), note);
    gate.opened.set_value();
    turn_until(loop, [&] { return results.size() == 4; });
    CHECK(results[1] == "good");
    CHECK(results[2].starts_with("unavailable: "));
    CHECK(results[3] == "good");
    store->stop();
    CHECK(rows(folder) == 2);
}

TEST_CASE("coroutines write and read on their own loop") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    auto both = [](Store& where) -> Task<Result<std::int64_t>> {
        auto here = std::this_thread::get_id();
        auto written = co_await where.write(session("anna", 42));
        CHECK(written);
        CHECK(std::this_thread::get_id() == here);
        auto again = co_await where.write(session("anna"));
        CHECK(text(again).starts_with("conflict: "));
        co_return co_await where.read<std::int64_t>(
            [](Database& database) { return database.number("SELECT line_since FROM teams_session"); });
    };
    CHECK(must(finish(loop, both(*store))) == 42);
    auto missing = finish(loop, store->read<std::int64_t>([](Database& database) {
        return database.number("SELECT line_since FROM teams_session WHERE object_id = 'nobody'");
    }));
    CHECK(text(missing).starts_with("not found: "));
}

TEST_CASE("answers come on the loop that asked") {
    Folder folder;
    Loop one("one");
    Loop two("two");
    auto store = open_in(folder);
    std::promise<bool> first;
    std::promise<bool> second;
    store->submit(one, session("anna"), [&](const Result<void>&) { first.set_value(one.here()); });
    store->submit(two, session("ben"), [&](const Result<void>&) { second.set_value(two.here()); });
    one.start();
    two.start();
    CHECK(first.get_future().get());
    CHECK(second.get_future().get());
}

TEST_CASE("a question is answered on the loop that asked, or where nobody turns one") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    store->submit(loop, session("anna", 42), [](const Result<void>&) {});
    auto since = [](Database& database) { return database.number("SELECT line_since FROM teams_session"); };
    auto nothing = [](Database& database) { return database.number("SELECT line_since FROM teams_session LIMIT 0"); };
    std::vector<std::string> told;
    store->ask<std::int64_t>(loop, since, [&](Result<std::int64_t> found) { told.push_back(std::to_string(*found)); });
    store->ask<std::int64_t>(loop, nothing, [&](const Result<std::int64_t>& found) { told.push_back(text(found)); });
    CHECK(must(store->ask_now<std::int64_t>(since, 10s)) == 42);
    CHECK(text(store->ask_now<std::int64_t>(nothing, 10s)).starts_with("not found: "));
    turn_until(loop, [&] { return told.size() == 2; });
    CHECK(told[0] == "42");
    CHECK(told[1].starts_with("not found: "));
}

TEST_CASE("a question that is done twice is answered once, and nobody waits for ever") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    Gate gate;
    store->submit(loop, gate.work(), [](const Result<void>&) {});
    gate.reached.get_future().wait();
    std::atomic<int> asked = 0;
    auto question = [&asked](Database&) -> Result<int> { return ++asked; };
    CHECK(text(store->ask_now<int>(question, 1ms)).starts_with("timeout: "));
    auto answer = std::async(std::launch::async, [&] { return store->ask_now<int>(question, 10s); });
    while (store->report().queued < 3)
        std::this_thread::yield();
    store->submit(loop, [](Database& database) { return database.run("ROLLBACK"); }, [](const Result<void>&) {});
    gate.opened.set_value();
    CHECK(must(answer.get()) > 2);
    CHECK(asked > 2);
}

TEST_CASE("a full queue refuses at once, and what was taken is done") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder, {.queue = 3});
    Gate gate;
    std::vector<std::string> results;
    auto note = [&](const Result<void>& result) { results.push_back(text(result)); };
    store->submit(loop, gate.work(), note);
    gate.reached.get_future().wait();
    for (const char* person : {"anna", "ben", "carla", "dora"})
        store->submit(loop, session(person), note);
    turn_until(loop, [&] { return results.size() == 2; }); // while the disk still works
    for (const auto& result : results)
        CHECK(result == "limit: The database is behind by 3 changes and takes no more for now.");
    CHECK(store->report().refused == 2);
    CHECK(store->report().queued == 3);
    gate.opened.set_value();
    turn_until(loop, [&] { return results.size() == 5; });
    store->submit(loop, session("emil"), note);
    turn_until(loop, [&] { return results.size() == 6; });
    CHECK(results.back() == "good");
    store->stop();
    CHECK(rows(folder) == 3);
}

TEST_CASE("stopping finishes what is queued and takes nothing new") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    int good = 0;
    for (int i = 0; i < 500; ++i)
        store->submit(loop, session(std::to_string(i)), [&](const Result<void>& result) { good += result ? 1 : 0; });
    store->stop();
    store->stop();
    CHECK(rows(folder) == 500); // on disk before stop() returns
    std::string late;
    store->submit(loop, session("late"), [&](const Result<void>& result) { late = text(result); });
    turn_until(loop, [&] { return good == 500 && !late.empty(); });
    CHECK(late.starts_with("cancelled: "));
}

TEST_CASE("emptying the log is work, too: it counts as busy, and is refused when we are stopping") {
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder);
    std::vector<std::string> results;
    auto note = [&](const Result<void>& result) { results.push_back(text(result)); };
    auto reader = must(Database::open(folder.file())); // the log cannot be emptied under it
    must(reader.run("BEGIN"));
    CHECK(must(sessions(reader)) == 0);
    store->submit(loop, session("anna"), note);
    turn_until(loop, [&] { return results.size() == 1; });
    store->scrub(loop, note);
    auto until = steady_now() + 2s;
    while (store->report().busy == 0ms && steady_now() < until)
        std::this_thread::sleep_for(1ms);
    CHECK(store->report().busy > 0ms);
    must(reader.run("COMMIT"));
    turn_until(loop, [&] { return results.size() == 2; });
    CHECK(results[1] == "good");
    CHECK(store->report().busy == 0ms);
    store->stop();
    store->scrub(loop, note);
    CHECK(store->report().queued == 0);
    turn_until(loop, [&] { return results.size() == 3; });
    CHECK(results[2].starts_with("cancelled: "));
}

TEST_CASE("stopping does not wait for ever: the rest is told that it is cancelled") {
    Log log;
    Folder folder;
    Loop loop("test");
    auto store = open_in(folder, {.stop_wait = 20ms});
    Gate gate;
    std::promise<void> reached;
    std::vector<std::string> results;
    auto note = [&](const Result<void>& result) { results.push_back(text(result)); };
    store->submit(loop, gate.work(), note);
    gate.reached.get_future().wait();
    store->submit(
        loop,
        [&, first = true](Database& database) mutable {
            if (std::exchange(first, false)) reached.set_value();
            // A question without an end, as a disk that hangs.
            return database.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                "SELECT count(*) FROM n");
        },
        note);
    store->submit(loop, session("anna"), note); // in the same transaction
    gate.opened.set_value();
    reached.get_future().wait();
    store->submit(loop, session("ben"), note); // behind it
    store->stop();
    turn_until(loop, [&] { return results.size() == 4; });
    CHECK(results[0] == "good");
    for (std::size_t i = 1; i < results.size(); ++i)
        CHECK(results[i].starts_with("cancelled: "));
    CHECK(log.has("<3>store: changes were not written before the end units=3"));
    CHECK(rows(folder) == 0);
}

TEST_CASE("many loops at once") {
    Folder folder;
    auto store = open_in(folder);
    constexpr int loops = 4;
    constexpr int each = 300;
    std::atomic<int> done{0};
    std::promise<void> all;
    std::vector<std::unique_ptr<Loop>> running;
    for (int number = 0; number < loops; ++number) {
        auto& loop = *running.emplace_back(std::make_unique<Loop>("loop"));
        loop.start();
        loop.post([&, number] {
            for (int i = 0; i < each; ++i)
                store->submit(loop, session(std::to_string(number) + "-" + std::to_string(i)),
                              [&](const Result<void>& result) {
                                  CHECK(result);
                                  if (++done == loops * each) all.set_value();
                              });
        });
    }
    auto finished = all.get_future();
    do
        static_cast<void>(store->report()); // asked while it works
    while (finished.wait_for(1ms) != std::future_status::ready);
    store->stop();
    running.clear();
    CHECK(rows(folder) == loops * each);
}
