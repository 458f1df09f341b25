// What must survive a restart: units of work on one database, done by a thread of its own ("store") in groups.
// Every function may be called from any loop, unless it says otherwise; answers come on the loop that asked.
#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "loop/loop.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

namespace lamp::store {

struct StoreOptions {
    std::filesystem::path folder{}; // state_dir; must exist
    Sync sync = Sync::normal;
    std::size_t queue = limits::store_queue;
    std::size_t batch = limits::store_batch;
    milliseconds stop_wait = limits::store_stop_wait;
};

struct StoreReport {
    std::size_t queued = 0;               // waiting or under way
    milliseconds busy{0};                 // how long the present transaction or scrub has been running; 0: at rest
    std::uint64_t units = 0;              // confirmed
    std::uint64_t commits = 0;            // transactions that brought them to disk
    std::uint64_t failures = 0;           // units that failed
    std::uint64_t refused = 0;            // units that found the queue full
    std::size_t largest_batch = 0;        // units in one transaction
    std::chrono::microseconds last{0};    // the last transaction
    std::chrono::microseconds longest{0}; // the longest one
    std::chrono::microseconds waited{0};  // the longest way of a unit from submission to confirmation
    bool failing = false;                 // the disk did not take the last transaction
    std::string last_error{};
    std::optional<Wall> last_error_at{};
    std::filesystem::path moved_aside{}; // a damaged database was found at the start
};

class Store {
public:
    /// One unit: reads and writes through the Database, inside a transaction that it shares with others and must
    /// neither begin nor end. What it fails with is rolled back, its own writes alone. It runs on the store's thread
    /// and may run twice: when a group cannot be committed, each of its units is tried once more by itself.
    using Work = std::function<Result<void>(Database&)>;
    /// How a unit ended: the value only after its transaction is committed.
    using Done = std::function<void(Result<void>)>;

    /// Opens the database of `folder`, see open_current for the errors, and starts the thread.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(StoreOptions options);
    ~Store(); // as stop()
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// Units are done in the order of submission. `done` is always called, once, on `loop`, which must outlive the
    /// store: with limit when the queue is full, cancelled after stop(), else with what the unit or the disk said.
    void submit(Loop& loop, Work work, Done done);

    /// The same for a coroutine; it goes on on its own loop.
    [[nodiscard]] Task<Result<void>> write(Work work);

    /// Asks the database, behind everything that was submitted before.
    template <class T>
    [[nodiscard]] Task<Result<T>> read(std::function<Result<T>(Database&)> question) {
        auto answer = std::make_shared<std::optional<T>>();
        auto done = co_await write(asking(std::move(question), answer));
        if (!done) co_return std::unexpected(done.error());
        co_return std::move(**answer);
    }

    /// The same with the answer on `loop`, as in `submit`.
    template <class T>
    void ask(Loop& loop, std::function<Result<T>(Database&)> question, std::function<void(Result<T>)> reply) {
        auto answer = std::make_shared<std::optional<T>>();
        submit(loop, asking(std::move(question), answer), [answer, reply = std::move(reply)](Result<void> done) {
            if (done)
                reply(std::move(**answer));
            else
                reply(std::unexpected(std::move(done.error())));
        });
    }

    /// The same while no loop of the caller's runs yet: waits. timeout: there was no answer for so long.
    template <class T>
    [[nodiscard]] Result<T> ask_now(std::function<Result<T>(Database&)> question, milliseconds patience) {
        auto answer = std::make_shared<std::promise<Result<T>>>();
        auto found = answer->get_future();
        ask<T>(loop_, std::move(question), [answer](Result<T> one) { answer->set_value(std::move(one)); });
        if (found.wait_for(patience) == std::future_status::ready) return found.get();
        return fail(Category::timeout, "The database does not answer.");
    }

    /// Behind everything that was submitted before: what was deleted leaves the write-ahead log, too, and with it the
    /// disk. Takes longer than a unit; `done` as in `submit`. timeout: another program reads the file.
    void scrub(Loop& loop, Done done);

    [[nodiscard]] StoreReport report() const;

    /// Takes nothing new, finishes what is queued within `stop_wait`, answers the rest with cancelled, closes the file.
    /// Called once, by whoever owns the store; a second call does nothing.
    void stop();

private:
    struct Unit {
        Work work;
        Done done;
        asio::any_io_executor where;
        Steady submitted;
    };
    using Batch = std::vector<Unit>;
    using Results = std::vector<Result<void>>;

    /// The unit that asks and leaves the answer there; done twice, it leaves the second one.
    template <class T>
    [[nodiscard]] static Work asking(std::function<Result<T>(Database&)> question,
                                     std::shared_ptr<std::optional<T>> answer) {
        return [question = std::move(question), answer = std::move(answer)](Database& database) -> Result<void> {
            auto found = question(database);
            if (!found) return std::unexpected(found.error());
            *answer = std::move(*found);
            return {};
        };
    }

    Store(StoreOptions options, Opened opened);
    [[nodiscard]] bool admit(const asio::any_io_executor& where, Done& done);
    void enqueue(asio::any_io_executor where, Work work, Done done);
    // On the store's thread:
    void take(Unit unit);
    void turn();
    void scrub_now(asio::any_io_executor where, Done done);
    [[nodiscard]] Results settle(Batch& batch);
    [[nodiscard]] bool commit(std::span<Unit> units, std::span<Result<void>> results);
    [[nodiscard]] bool run_inside(Unit& unit, Result<void>& result);
    void count(const Batch& batch, const Results& results, Steady begun);
    void when_empty(std::function<void()> then);

    StoreOptions options_;
    std::optional<Database> database_; // the store thread's; made before it starts, closed after it ended
    std::atomic<std::size_t> queued_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> abandoned_{false};
    std::atomic<Steady::rep> busy_since_{0};

    // The store thread's.
    std::deque<Unit> pending_;
    bool turn_due_ = false;
    log::OncePerMinute complaints_;

    mutable std::mutex report_mutex_; // held for a few copies, never while the disk works
    StoreReport report_;

    Loop loop_; // last: its thread ends first
};

} // namespace lamp::store
