#include "loop/loop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <pthread.h>
#include <utility>

#include "base/log.hpp"

namespace lamp {
namespace {

constexpr milliseconds pulse_period{250};
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

void rethrow_loudly(std::exception_ptr error) {
    if (!error) return;
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& what) {
        log::error("loop", "a coroutine ended by an exception that nobody expected", {{"what", what.what()}});
        std::terminate();
    }
}

} // namespace

Loop::Loop(std::string name)
    : name_(std::move(name)),
      work_(asio::make_work_guard(context_)),
      pulse_(context_),
      last_turn_(steady_now().time_since_epoch().count()) {}

Loop::~Loop() {
    stop();
    join();
}

void Loop::start() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
        // Signals belong to the control loop.
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        run();
    });
}

void Loop::run_here() {
    run();
}

void Loop::run() {
    thread_id_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    beat();
    context_.run();
}

void Loop::stop() {
    context_.stop();
}

void Loop::join() {
    if (thread_.joinable() && !here()) thread_.join();
}

void Loop::spawn(Task<> task) {
    asio::co_spawn(context_, std::move(task), rethrow_loudly);
}

void Loop::beat() {
    last_turn_.store(steady_now().time_since_epoch().count(), std::memory_order_relaxed);
    pulse_.expires_after(pulse_period);
    pulse_.async_wait([this](boost::system::error_code error) {
        if (!error) beat();
    });
}

milliseconds Loop::idle_for(Steady now) const {
    Steady last{Steady::duration(last_turn_.load(std::memory_order_relaxed))};
    return now > last ? std::chrono::duration_cast<milliseconds>(now - last) : milliseconds(0);
}

Task<bool> sleep_for(milliseconds wait) {
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, wait);
    auto [error] = co_await timer.async_wait(no_throw);
    co_return !error;
}

void Bell::ring() {
    rung_ = sleepers_.empty() && waking_ == 0;
    waking_ += sleepers_.size();
    for (auto* sleeper : std::exchange(sleepers_, {}))
        sleeper->cancel();
}

Task<> Bell::wait(milliseconds longest) {
    if (std::exchange(rung_, false)) co_return;
    asio::steady_timer timer(context_, longest); // each sleeper its own: waiting must not wake the others
    sleepers_.push_back(&timer);
    auto result = co_await timer.async_wait(no_throw);
    static_cast<void>(result);
    if (std::erase(sleepers_, &timer) == 0) --waking_;
}

} // namespace lamp
