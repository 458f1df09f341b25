// Group commit without a delay: while one transaction runs, units queue up on the loop; all of them are the next one.
#include "store/store.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <future>
#include <span>
#include <utility>

#include "base/check.hpp"

namespace lamp::store {
namespace {

using std::chrono::microseconds;

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

Error cancelled() {
    return {Category::cancelled, "The database takes nothing more: we are stopping."};
}

microseconds since(Steady begun, Steady now) {
    return std::chrono::duration_cast<microseconds>(now - begun);
}

/// What a person must look at: the disk, not the unit.
bool of_the_disk(const Error& error) {
    return error.category == Category::limit || error.category == Category::unavailable ||
           error.category == Category::timeout;
}

/// Where a coroutine waits for its unit.
struct Waiting {
    explicit Waiting(const asio::any_io_executor& executor) : timer(executor, Steady::max()) {}
    asio::steady_timer timer;
    std::optional<Result<void>> result;
};

} // namespace

Result<std::unique_ptr<Store>> Store::open(StoreOptions options) {
    auto opened = open_current(options.folder, options.sync);
    if (!opened) return std::unexpected(opened.error());
    return std::unique_ptr<Store>(new Store(std::move(options), std::move(*opened)));
}

Store::Store(StoreOptions options, Opened opened)
    : options_(std::move(options)), database_(std::move(opened.database)), loop_("store") {
    report_.moved_aside = std::move(opened.moved_aside);
    loop_.start();
}

Store::~Store() {
    stop();
}

void Store::submit(Loop& loop, Work work, Done done) {
    enqueue(loop.context().get_executor(), std::move(work), std::move(done));
}

Task<Result<void>> Store::write(Work work) {
    auto executor = co_await asio::this_coro::executor;
    auto waiting = std::make_shared<Waiting>(executor);
    enqueue(executor, std::move(work), [waiting](Result<void> result) {
        waiting->result = std::move(result);
        waiting->timer.cancel();
    });
    while (!waiting->result) {
        auto woken = co_await waiting->timer.async_wait(no_throw);
        static_cast<void>(woken);
    }
    co_return std::move(*waiting->result);
}

/// One thing more to do is counted; false: it is refused, and `done` hears why.
bool Store::admit(const asio::any_io_executor& where, Done& done) {
    // Counted before `stopping_` is read: stop() waits for whoever was counted.
    auto before = queued_.fetch_add(1);
    std::optional<Error> refusal;
    if (stopping_)
        refusal = cancelled();
    else if (before >= options_.queue)
        refusal.emplace(Category::limit,
                        fmt::format("The database is behind by {} changes and takes no more for now.", options_.queue));
    if (!refusal) return true;
    --queued_;
    if (refusal->category == Category::limit) {
        std::lock_guard lock(report_mutex_);
        ++report_.refused;
    }
    asio::post(where, [done = std::move(done), error = std::move(*refusal)] { done(std::unexpected(error)); });
    return false;
}

void Store::enqueue(asio::any_io_executor where, Work work, Done done) {
    if (!admit(where, done)) return;
    loop_.post([this, unit = Unit{.work = std::move(work),
                                  .done = std::move(done),
                                  .where = std::move(where),
                                  .submitted = steady_now()}]() mutable { take(std::move(unit)); });
}

void Store::take(Unit unit) {
    pending_.push_back(std::move(unit));
    // Behind everything that is on the loop by now.
    if (!std::exchange(turn_due_, true)) loop_.post([this] { turn(); });
}

void Store::turn() {
    turn_due_ = false;
    auto size = std::min(pending_.size(), options_.batch);
    auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
    Batch batch(std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
    pending_.erase(pending_.begin(), end);
    if (!pending_.empty()) {
        turn_due_ = true;
        loop_.post([this] { turn(); });
    }
    auto begun = steady_now();
    busy_since_ = begun.time_since_epoch().count();
    auto results = settle(batch);
    busy_since_ = 0;
    count(batch, results, begun);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto where = std::move(batch[i].where);
        asio::post(where, [done = std::move(batch[i].done), result = std::move(results[i])]() mutable {
            done(std::move(result));
        });
    }
    queued_ -= batch.size();
}

void Store::scrub(Loop& loop, Done done) {
    asio::any_io_executor where = loop.context().get_executor();
    if (!admit(where, done)) return;
    loop_.post([this, where, done = std::move(done)]() mutable { scrub_now(std::move(where), std::move(done)); });
}

void Store::scrub_now(asio::any_io_executor where, Done done) {
    if (!pending_.empty() && !abandoned_) {
        loop_.post([this, where = std::move(where), done = std::move(done)]() mutable {
            scrub_now(std::move(where), std::move(done));
        });
        return;
    }
    busy_since_ = steady_now().time_since_epoch().count();
    auto result = abandoned_ ? Result<void>(std::unexpected(cancelled())) : database_->empty_log();
    busy_since_ = 0;
    --queued_;
    asio::post(where, [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
}

Store::Results Store::settle(Batch& batch) {
    Results results(batch.size());
    if (abandoned_) {
        std::ranges::fill(results, Result<void>(std::unexpected(cancelled())));
        return results;
    }
    if (commit(batch, results) || batch.size() == 1) return results;
    // One of them, or the disk, undid the group: nobody shall fail for a neighbour's sake.
    for (std::size_t i = 0; i < batch.size(); ++i)
        static_cast<void>(commit({&batch[i], 1}, {&results[i], 1}));
    return results;
}

/// All units in one transaction. False: nothing is on disk, and every result that was good tells why.
bool Store::commit(std::span<Unit> units, std::span<Result<void>> results) {
    auto& database = *database_;
    Result<void> whole = database.run("BEGIN IMMEDIATE");
    if (whole) {
        for (std::size_t i = 0; i < units.size() && whole; ++i)
            if (!run_inside(units[i], results[i])) whole = std::unexpected(results[i].error());
        if (whole) whole = database.run("COMMIT");
        if (!whole && database.in_transaction()) static_cast<void>(database.run("ROLLBACK"));
    }
    if (whole) return true;
    for (auto& result : results)
        if (result) result = whole;
    return false;
}

/// False when the whole transaction is gone with the unit.
bool Store::run_inside(Unit& unit, Result<void>& result) {
    auto& database = *database_;
    if (abandoned_) return result = std::unexpected(cancelled()), false;
    result = database.run("SAVEPOINT unit");
    if (!result) return false;
    result = unit.work(database);
    if (database.in_transaction()) {
        if (result) {
            result = database.run("RELEASE unit");
            return result.has_value();
        }
        return database.run("ROLLBACK TO unit") && database.run("RELEASE unit");
    }
    if (result) result = fail(Category::unavailable, "The database rolled a change back that had no fault of its own.");
    return false;
}

void Store::count(const Batch& batch, const Results& results, Steady begun) {
    auto now = steady_now();
    std::uint64_t good = 0;
    const Error* last = nullptr;
    const Error* disk = nullptr;
    microseconds waited{0};
    for (std::size_t i = 0; i < batch.size(); ++i) {
        waited = std::max(waited, since(batch[i].submitted, now));
        if (results[i]) {
            ++good;
            continue;
        }
        last = &results[i].error();
        if (of_the_disk(*last)) disk = last;
    }
    bool was_failing = false;
    {
        std::lock_guard lock(report_mutex_);
        auto& report = report_;
        report.units += good;
        report.commits += good > 0 ? 1 : 0;
        report.failures += batch.size() - good;
        report.largest_batch = std::max(report.largest_batch, batch.size());
        report.last = since(begun, now);
        report.longest = std::max(report.longest, report.last);
        report.waited = std::max(report.waited, waited);
        was_failing = std::exchange(report.failing, disk != nullptr);
        if (last != nullptr) {
            report.last_error = last->text;
            report.last_error_at = wall_now();
        }
    }
    if (disk != nullptr && complaints_.allow(now))
        log::error("store", "changes could not be written",
                   {{"reason", disk->text}, {"units", batch.size() - good}, {"silent", complaints_.take_suppressed()}});
    if (disk == nullptr && was_failing) log::info("store", "changes are written again");
}

StoreReport Store::report() const {
    StoreReport out;
    {
        std::lock_guard lock(report_mutex_);
        out = report_;
    }
    out.queued = queued_;
    auto busy_since = busy_since_.load();
    if (busy_since != 0)
        out.busy = std::chrono::duration_cast<milliseconds>(steady_now() - Steady(Steady::duration(busy_since)));
    return out;
}

void Store::when_empty(std::function<void()> then) {
    if (queued_ == 0)
        then();
    else
        loop_.post([this, then = std::move(then)] { when_empty(then); });
}

void Store::stop() {
    if (stopping_.exchange(true)) return;
    std::promise<void> emptied;
    auto empty = emptied.get_future();
    loop_.post([this, &emptied] { when_empty([&emptied] { emptied.set_value(); }); });
    if (empty.wait_for(options_.stop_wait) != std::future_status::ready) {
        log::error("store", "changes were not written before the end", {{"units", queued_.load()}});
        abandoned_ = true;
        database_->interrupt();
        empty.wait();
    }
    loop_.stop();
    loop_.join();
    database_.reset();
}

} // namespace lamp::store
