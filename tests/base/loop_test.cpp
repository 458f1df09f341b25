// A loop runs what is posted to it on one thread and proves its life; a bell wakes everybody who waits for it.
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <vector>

#include "loop/loop.hpp"

using namespace lamp;

namespace {

constexpr milliseconds long_wait{std::chrono::hours(1)};

/// Runs what is ready, and nothing that waits for time.
void turn(asio::io_context& context) {
    context.restart();
    while (context.poll() > 0) {
    }
}

/// Appends its number each time it wakes.
Task<> sleeper(Bell& bell, int number, int times, std::vector<int>& woken, milliseconds longest = long_wait) {
    for (int i = 0; i < times; ++i) {
        co_await bell.wait(longest);
        woken.push_back(number);
    }
}

} // namespace

TEST_CASE("posted work runs on the loop's own thread, in order") {
    Loop loop("worker");
    CHECK(loop.name() == "worker");
    loop.start();
    std::promise<std::vector<int>> done;
    std::vector<int> order;
    for (int i = 0; i < 100; ++i)
        loop.post([&order, i] { order.push_back(i); });
    std::promise<bool> on_loop;
    loop.post([&] {
        on_loop.set_value(loop.here());
        done.set_value(order);
    });
    CHECK(on_loop.get_future().get());
    CHECK_FALSE(loop.here());
    auto seen = done.get_future().get();
    REQUIRE(seen.size() == 100);
    CHECK(std::ranges::is_sorted(seen));
    CHECK(loop.idle_for(steady_now()) < seconds(30));
    loop.stop();
    loop.stop();
    loop.join();
    loop.join();
}

TEST_CASE("a loop that does not turn shows it") {
    Loop loop("idle");
    auto now = steady_now();
    CHECK(loop.idle_for(now + seconds(10)) >= seconds(10));
    CHECK(loop.idle_for(now - seconds(10)) == milliseconds(0));
}

TEST_CASE("a coroutine sleeps on its loop") {
    Loop loop("sleeper");
    loop.start();
    std::promise<bool> slept;
    loop.spawn([](std::promise<bool>& out) -> Task<> { out.set_value(co_await sleep_for(milliseconds(1))); }(slept));
    CHECK(slept.get_future().get());
}

TEST_CASE("bell: a ring wakes who waits, and is remembered when nobody does") {
    asio::io_context context(1);
    Bell bell(context);
    std::vector<int> woken;
    asio::co_spawn(context, sleeper(bell, 1, 3, woken), asio::detached);
    turn(context);
    CHECK(woken.empty());
    bell.ring();
    turn(context);
    CHECK(woken == std::vector{1});
    bell.ring();
    bell.ring(); // twice before it looks: one wake
    turn(context);
    CHECK(woken == std::vector{1, 1});

    std::vector<int> late;
    Bell remembered(context);
    remembered.ring();
    asio::co_spawn(context, sleeper(remembered, 2, 2, late), asio::detached);
    turn(context);
    CHECK(late == std::vector{2}); // the ring is used up
}

TEST_CASE("bell: several sleepers, each woken once by one ring, none by another sleeper") {
    asio::io_context context(1);
    Bell bell(context);
    std::vector<int> woken;
    for (int i = 1; i <= 3; ++i)
        asio::co_spawn(context, sleeper(bell, i, 2, woken), asio::detached);
    turn(context);
    CHECK(woken.empty());
    bell.ring();
    turn(context);
    std::ranges::sort(woken);
    CHECK(woken == std::vector{1, 2, 3});
}

TEST_CASE("bell: after the longest wait it returns by itself") {
    asio::io_context context(1);
    Bell bell(context);
    std::vector<int> woken;
    asio::co_spawn(context, sleeper(bell, 1, 1, woken, milliseconds(1)), asio::detached);
    context.restart();
    context.run_for(seconds(20)); // returns as soon as nothing is left to do
    CHECK(woken == std::vector{1});
}
