// A loop: one io_context(1) run by one thread. An object belongs to one loop, and its header says which.
// Loops meet in two ways only: the presence table, and `post` of a value to a named loop.
#pragma once
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace lamp {

namespace asio = boost::asio;

template <class T = void>
using Task = asio::awaitable<T>;

class Loop {
public:
    explicit Loop(std::string name);
    ~Loop(); // stops and joins
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Starts the thread. Not for the control loop, which `run_here` serves on the main thread.
    void start();
    void run_here();
    /// Asks the loop to end; callable from any thread, more than once.
    void stop();
    void join();

    [[nodiscard]] asio::io_context& context() { return context_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool here() const { return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }

    template <class Work>
    void post(Work&& work) {
        asio::post(context_, std::forward<Work>(work));
    }
    /// Starts a coroutine of this loop. It must catch what it can foresee; anything else ends the program loudly.
    void spawn(Task<> task);

    /// The watchdog's proof of life: how long ago this loop last turned (steady milliseconds).
    [[nodiscard]] milliseconds idle_for(Steady now) const;

private:
    void run();
    void beat();

    std::string name_;
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    asio::steady_timer pulse_;
    std::atomic<Steady::rep> last_turn_{0};
    std::atomic<std::thread::id> thread_id_{};
    std::thread thread_;
};

/// Waits on the coroutine's loop; true when the time passed, false when cancelled.
[[nodiscard]] Task<bool> sleep_for(milliseconds wait);

/// An event that coroutines of one loop wait for: `ring` wakes all sleepers, a ring without sleepers is remembered.
class Bell {
public:
    explicit Bell(asio::io_context& context) : context_(context) {}
    void ring();
    /// Returns at the next ring (or at once after a remembered one), or after `longest`.
    [[nodiscard]] Task<> wait(milliseconds longest);

private:
    asio::io_context& context_;
    std::vector<asio::steady_timer*> sleepers_;
    std::size_t waking_ = 0; // rung for, and not yet back
    bool rung_ = false;
};

} // namespace lamp
