// The room as a whole, on a real database and a loop that the test turns: what is told, kept, asked, restarted, and
// what a disk that takes nothing costs.
#include "here.hpp"
#include "records/history.hpp"

using namespace testing;
using calls::CallResult;
using calls::End;

namespace {

void turn_until(Loop& loop, auto reached) {
    loop.context().restart();
    for (auto until = steady_now() + 10s; !reached() && steady_now() < until;)
        loop.context().run_one_until(until);
    REQUIRE(reached());
}

calls::LineNews news(const std::string& line, std::vector<calls::Call> calls = {},
                     std::vector<calls::EndedCall> ended = {}) {
    calls::LineNews news;
    news.line = line;
    news.known = true;
    news.calls = std::move(calls);
    news.ended = std::move(ended);
    return news;
}

/// A daemon's life on the disk of a test.
struct Daemon {
    explicit Daemon(const std::filesystem::path& folder, HistoryOptions options = {.settle = 20ms, .log_wait = 1ms})
        : store(must(store::Store::open({.folder = folder}))), history(loop, *store, Zone(), options) {
        history.on_event = [this](const calls::CallEvent& event) { told.push_back(text_of(event)); };
    }
    void start(bool logs = false) {
        if (logs)
            history.read_logs = [this](const std::string& line, const calls::Answer<LineLogs>& answer) {
                asked.push_back(line);
                loop.post([answer, found = logged[line]] { answer(found); });
            };
        history.use_people(std::make_shared<const Owners>(office()));
        history.start();
    }
    Texts heard(std::size_t count) {
        turn_until(loop, [&] { return told.size() >= count; });
        return std::exchange(told, {});
    }
    calls::CallPage ask(calls::CallQuery query = {}) {
        std::optional<calls::CallPage> page;
        history.calls(std::move(query), [&](Result<calls::CallPage> found) { page = must(std::move(found)); });
        turn_until(loop, [&] { return page.has_value(); });
        return *page;
    }
    double complete(Wall from, Wall until) {
        std::optional<calls::Stats> stats;
        history.stats({.from = from, .until = until, .by = calls::StatsKey::total},
                      [&](Result<calls::Stats> found) { stats = must(std::move(found)); });
        turn_until(loop, [&] { return stats.has_value(); });
        return stats->rows.at(0).complete;
    }
    void stop() {
        bool done = false;
        history.shut_down([&] { done = true; });
        turn_until(loop, [&] { return done; });
        store->stop();
        loop.context().restart();
        loop.context().poll();
    }
    Texts told;
    Texts asked;
    std::map<std::string, LineLogs> logged;
    Loop loop{"history"};
    std::unique_ptr<store::Store> store;
    History history;
};

} // namespace

TEST_CASE("calls are told, kept and found, also before they are on disk") {
    faults::Folder folder("records");
    Daemon daemon(folder.path());
    daemon.start();
    daemon.history.take({news("alice@x")}); // before the disk was read
    daemon.history.take({news("alice@x", {incoming("1", "s1")})});
    CHECK(daemon.heard(1) == Texts{"ringing alice in"});
    daemon.history.take({news("alice@x", {}, {ended(incoming("1", "s1"), End::not_answered)})});
    CHECK(daemon.told == Texts{"ended alice in missed"});
    auto page = daemon.ask();
    REQUIRE(page.items.size() == 1);
    CHECK(page.items[0].person == "alice");
    CHECK_FALSE(page.masked);
    CHECK(daemon.heard(2) == Texts{"ended alice in missed", "missed alice in missed"});
    daemon.stop();
    CHECK(daemon.history.report().written >= 2);
    CHECK(daemon.history.report().waiting == 0);
}

TEST_CASE("a page says that its numbers are not whole") {
    faults::Folder folder("records");
    Daemon daemon(folder.path(), {.settle = 20ms, .numbers = Numbers::masked, .log_wait = 1ms});
    daemon.start();
    CHECK(daemon.ask().masked);
    daemon.stop();
}

TEST_CASE("a missed call that was not settled at the end is told after the restart, once") {
    faults::Folder folder("records");
    {
        Daemon daemon(folder.path(), {.settle = 1h});
        daemon.start();
        daemon.history.take({news("alice@x"), news("bob@x"), news("alice@x", {incoming("1", "s1")}),
                             news("bob@x", {incoming("2", "s2")}),
                             news("alice@x", {}, {ended(incoming("1", "s1"), End::not_answered)})});
        CHECK(daemon.heard(3).size() == 3);
        daemon.stop();
    }
    {
        Daemon daemon(folder.path());
        daemon.start();
        CHECK(daemon.heard(1) == Texts{"missed alice in missed"});
        daemon.history.take({news("bob@x")});
        CHECK(daemon.told == Texts{"ended bob in missed uncertain"});
        CHECK(daemon.ask().items.size() == 2);
        daemon.stop();
    }
    Daemon daemon(folder.path());
    daemon.start();
    daemon.ask();
    daemon.history.take({news("alice@x"), news("alice@x", {incoming("9", "s9")})});
    CHECK(daemon.told == Texts{"ringing alice in"});
    daemon.stop();
}

TEST_CASE("the time that the daemon was away is a gap; logs fill it, and what they bring is told") {
    faults::Folder folder("records");
    {
        Daemon daemon(folder.path());
        daemon.start();
        daemon.ask();
        daemon.stop();
    }
    Daemon daemon(folder.path());
    auto later = wall_now() + 10min;
    daemon.logged["alice@x"] = {{.kind = LogKind::missed, .number = "+31612345678", .time = later - 5min, .id = "1:0"}};
    daemon.start(true);
    while (daemon.ask().gaps.size() < 2) // p1 and p2, once they are on disk
        daemon.loop.context().run_one_for(10ms);
    CHECK(daemon.ask().gaps.front().from < later - 5min); // from when the daemon before this one was last alive
    daemon.history.gap_over("p1", later);
    daemon.history.gap_over("p2", later);
    CHECK(daemon.heard(1) == Texts{"missed alice in missed uncertain"});
    turn_until(daemon.loop, [&] { return daemon.asked.size() == office().size(); });
    auto filled = [&] {
        auto gaps = daemon.ask().gaps;
        return std::ranges::all_of(gaps, [](const calls::Gap& gap) { return gap.filled; });
    };
    while (!filled())
        daemon.loop.context().run_one_for(10ms);
    auto page = daemon.ask();
    REQUIRE(page.items.size() == 1);
    CHECK(page.items[0].source == calls::RecordSource::call_log);
    CHECK(daemon.history.report().from_logs == 1);
    daemon.stop();
}

TEST_CASE("the first life of all has no gap behind it, and asks nobody for logs") {
    faults::Folder folder("records");
    Daemon daemon(folder.path());
    daemon.start(true);
    daemon.ask();
    daemon.history.gap_over("p1", wall_now());
    daemon.history.gap_over("p2", wall_now());
    CHECK(daemon.ask().gaps.empty());
    daemon.history.gap("p1", wall_now()); // one of its own it has
    daemon.history.gap_over("p1", wall_now() + 1s);
    turn_until(daemon.loop, [&] { return daemon.asked.size() == 5; });
    CHECK(daemon.ask().gaps.size() == 1);
    daemon.stop();
}

TEST_CASE("records wait while the disk takes nothing, and are written when it does again") {
    faults::Folder folder("records");
    log::set_level(log::Level::error);
    std::string said;
    log::set_capture(&said);
    Daemon daemon(folder.path());
    daemon.start();
    daemon.ask();
    auto script = [&](std::string sql) {
        bool done = false;
        daemon.store->submit(
            daemon.loop, [sql](store::Database& disk) { return disk.script(sql); },
            [&](const Result<void>& result) {
                must(result);
                done = true;
            });
        turn_until(daemon.loop, [&] { return done; });
    };
    script("CREATE TRIGGER full BEFORE INSERT ON call BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    daemon.history.take({news("alice@x"), news("alice@x", {incoming("1", "s1")})});
    turn_until(daemon.loop, [&] { return daemon.history.report().failing; });
    CHECK(daemon.history.report().waiting == 1);
    CHECK(daemon.ask().items.empty()); // questions do not wait
    daemon.history.take({news("alice@x", {}, {ended(incoming("1", "s1"), End::declined)})});
    script("DROP TRIGGER full");
    turn_until(daemon.loop, [&] { return !daemon.history.report().failing; });
    CHECK(daemon.history.report().lost == 0);
    REQUIRE(daemon.ask().items.size() == 1);
    CHECK(daemon.ask().items[0].result == CallResult::declined);
    CHECK(said.find("records of calls wait") != std::string::npos);
    daemon.stop();
    log::set_capture(nullptr);
}
