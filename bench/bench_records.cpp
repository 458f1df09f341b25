// How many calls a second become records on disk, and what does the loop that feeds them pay for it? Rows through the
// store in batches; then calls from news to disk through records::History; then the feeding loop's steps with a reader
// that keeps records against one that drops the news, in turns.
#include <cstdlib>
#include <cstring>
#include <future>
#include <semaphore>
#include <thread>

#include "bench/folder.hpp"
#include "bench/measure.hpp"
#include "calls/call_id.hpp"
#include "records/history.hpp"

using namespace lamp;
using namespace lamp::records;
using namespace std::chrono_literals;

namespace {

constexpr int lines = 20'000;
constexpr int batch = 64; // calls that begin, talk or end in one turn of the feeding loop

std::string line_of(int number) {
    return fmt::format("user{}@example.net", number % lines);
}

std::vector<Owner> owners() {
    std::vector<Owner> rows;
    for (int i = 0; i < lines; ++i)
        rows.push_back({line_of(i), "p1", {fmt::format("person{}@example.net", i)}});
    return rows;
}

calls::Call call_of(int number, calls::CallState state) {
    calls::Call call;
    call.id = fmt::format("callhalf-{}:0", number);
    call.session = fmt::format("{}:1", number);
    call.state = state;
    call.incoming = true;
    call.remote_number = fmt::format("+316{:08}", number % 100'000'000);
    call.remote_name = "Zoe van Dijk";
    call.ddi = "+31201230000";
    return call;
}

/// What a turn of the feed brings of calls first, first + 1 …: `step` 0 they ring, 1 they are answered, 2 they end.
std::vector<calls::LineNews> turn(int first, int step) {
    std::vector<calls::LineNews> all;
    all.reserve(batch);
    for (int i = first; i < first + batch; ++i) {
        calls::LineNews& news = all.emplace_back();
        news.line = line_of(i);
        news.known = true;
        if (step < 2)
            news.calls.push_back(call_of(i, step == 0 ? calls::CallState::ringing : calls::CallState::active));
        if (step == 2)
            news.ended.push_back(
                {.call = call_of(i, calls::CallState::active), .why = calls::End::hung_up_there, .to = {}});
    }
    return all;
}

double seconds_since(Steady begun) {
    return std::chrono::duration<double>(steady_now() - begun).count();
}

void must(bool good) {
    if (!good) std::abort();
}

/// Per second of CPU time.
double rows_per_s(int count) {
    bench::Folder folder{"records"};
    auto opened = store::open_current(folder.path);
    must(opened.has_value());
    auto& disk = opened->database;
    std::vector<Written> rows;
    for (int i = 0; i < count; ++i) {
        Written& one = rows.emplace_back();
        one.record.id = calls::public_id(line_of(i), std::to_string(i));
        one.record.session = fmt::format("{}:1", i);
        one.record.person = fmt::format("person{}@example.net", i * 7919 % lines);
        one.record.line = line_of(i * 7919 % lines);
        one.record.remote_number = fmt::format("+316{:08}", i * 7919LL % 100'000'000);
        one.record.remote_name = "Zoe van Dijk";
        one.record.ddi = "+31201230000";
        one.record.started = Wall(1'764'154'800'000ms + milliseconds(i / 50));
        one.record.ended = one.record.started + 1min;
        one.record.result = calls::CallResult::missed;
    }
    auto begun = bench::process_cpu_s();
    for (int i = 0; i < count;) {
        must(disk.run("BEGIN IMMEDIATE").has_value());
        for (int end = std::min(count, i + 20'000); i < end; ++i)
            must(put_record(disk, rows[static_cast<std::size_t>(i)], Numbers::whole).has_value());
        must(disk.run("COMMIT").has_value());
    }
    return count / (bench::process_cpu_s() - begun);
}

/// The feeding loop is this thread; the reader's loop runs beside it.
class Feed {
public:
    Feed() : history_(loop_, *store_, Zone(), {.call_logs = false}) {
        history_.use_people(std::make_shared<const records::Owners>(owners()));
        history_.start();
        loop_.start();
        std::binary_semaphore ready(0);
        history_.calls({}, [&](const auto&) { ready.release(); });
        ready.acquire();
        std::vector<calls::LineNews> all;
        for (int i = 0; i < lines; ++i) {
            calls::LineNews& news = all.emplace_back();
            news.line = line_of(i);
            news.known = true;
        }
        loop_.post([this, all = std::move(all)]() mutable { history_.take(std::move(all)); });
        drain();
    }
    ~Feed() {
        std::binary_semaphore done(0);
        history_.shut_down([&] { done.release(); });
        done.acquire();
        store_->stop();
    }
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    void give(std::vector<calls::LineNews> news, bool kept) {
        loop_.post([this, kept, news = std::move(news)]() mutable {
            if (kept) history_.take(std::move(news));
        });
    }
    /// Until all that was given is on disk.
    void drain() {
        std::binary_semaphore done(0);
        loop_.post([&] { done.release(); });
        done.acquire();
        while (history_.report().waiting > 0)
            std::this_thread::sleep_for(1ms);
        history_.calls({}, [&](const auto&) { done.release(); });
        done.acquire();
    }
    /// CPU time of the reader's loop so far.
    [[nodiscard]] double cpu_s() {
        std::promise<double> spent;
        loop_.post([&] { spent.set_value(bench::thread_cpu_s()); });
        return spent.get_future().get();
    }
    [[nodiscard]] HistoryReport report() const { return history_.report(); }

private:
    bench::Folder folder_{"records"};
    Loop loop_{"history"};
    std::unique_ptr<store::Store> store_ = std::move(*store::Store::open({.folder = folder_.path}));
    History history_;
};

/// Per second of CPU time of the loop `history`: it and the store's thread have a core each.
double calls_per_s(int count) {
    Feed feed;
    auto begun = steady_now();
    auto cpu = feed.cpu_s();
    for (int first = 0; first < count; first += batch)
        for (int step = 0; step < 3; ++step)
            feed.give(turn(first, step), true);
    feed.drain();
    auto rate = count / (feed.cpu_s() - cpu);
    auto report = feed.report();
    fmt::print("  {} calls: {} rows written, {} lost, {:.0f} calls/s by the clock on the wall\n", count, report.written,
               report.lost, count / seconds_since(begun));
    must(report.lost == 0);
    return rate;
}

/// CPU time of the feeding thread for a turn, 99th percentile, in µs.
double turn_p99_us(Feed& feed, int& next, int turns, bool kept) {
    std::vector<double> took;
    took.reserve(static_cast<std::size_t>(turns) * 3);
    for (int i = 0; i < turns; ++i, next += batch)
        for (int step = 0; step < 3; ++step) {
            auto begun = bench::thread_cpu_s();
            feed.give(turn(next, step), kept);
            took.push_back((bench::thread_cpu_s() - begun) * 1e6);
        }
    feed.drain();
    std::ranges::sort(took);
    return took[took.size() * 99 / 100];
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    log::set_level(log::Level::warning);
    const int rounds = quick ? 1 : 7;
    std::vector<double> rows, calls, with, without, ratios;
    for (int round = 0; round < (quick ? 1 : 3); ++round) {
        rows.push_back(rows_per_s(quick ? 5000 : 200'000));
        calls.push_back(calls_per_s(quick ? 64 * 50 : 64 * 3000));
    }
    {
        Feed feed;
        int next = 0;
        for (int round = 0; round < rounds; ++round) {
            without.push_back(turn_p99_us(feed, next, quick ? 50 : 800, false));
            with.push_back(turn_p99_us(feed, next, quick ? 50 : 800, true));
            ratios.push_back(with.back() / without.back());
        }
    }
    fmt::print("  a turn of {} news, p99 of CPU time: {:.1f} us kept, {:.1f} us dropped\n", batch, bench::median(with),
               bench::median(without));
    bench::result("records_rows_on_disk", bench::median(rows), "rows/cpu_s", 50'000);
    bench::result("records_calls_from_news_to_disk", bench::median(calls), "calls/cpu_s", 50'000);
    bench::result("records_feeding_loop_p99", bench::median(ratios), "x", 1.1, false);
    return 0;
}
