// Back-off and budget: bounds of every wait, jitter, recovery, and that a peer's wish for silence is kept.
// Secrets: compared without a shortcut, never printed.
#include <doctest/doctest.h>

#include <set>

#include "base/backoff.hpp"
#include "base/budget.hpp"
#include "base/secret.hpp"

using namespace lamp;
using std::chrono::seconds;

TEST_CASE("back-off doubles up to its bound; each wait is shortened by at most a quarter") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        Backoff backoff(milliseconds(500), milliseconds(3000), seed);
        for (long full : {500, 1000, 2000, 3000, 3000, 3000}) {
            auto wait = backoff.next().count();
            CHECK(wait <= full);
            CHECK(wait >= full - full / 4);
        }
        CHECK(backoff.failures() == 6);
        backoff.reset();
        CHECK(backoff.failures() == 0);
        CHECK(backoff.next() <= milliseconds(500));
    }
}

TEST_CASE("back-off stays bounded after very many failures") {
    Backoff backoff(milliseconds(1000), std::chrono::hours(1), 3);
    for (int i = 0; i < 100'000; ++i)
        static_cast<void>(backoff.next());
    CHECK(backoff.next() <= std::chrono::hours(1));
    CHECK(backoff.next() >= std::chrono::minutes(45));
}

TEST_CASE("a thousand clients do not return at the same moment") {
    std::set<long> waits;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed)
        waits.insert(Backoff(milliseconds(4000), milliseconds(4000), seed).next().count());
    CHECK(waits.size() > 400);
}

TEST_CASE("budget: a burst at once, then its rate") {
    struct Row {
        long at_ms;
        bool granted;
        long wait_ms; // when not granted: at least this, at most two more
    };
    const Row rows[] = {
        {0, true, 0},         {0, true, 0},      {0, true, 0},      {0, true, 0}, // the burst of 4
        {0, false, 100},      {50, false, 50},   {101, true, 0},    {101, false, 99},
        {10'101, true, 0},    {10'101, true, 0}, {10'101, true, 0}, {10'101, true, 0}, // full again, and no fuller
        {10'101, false, 100},
    };
    Budget budget(10, 4);
    const Steady start{seconds(1000)};
    for (const Row& row : rows) {
        CAPTURE(row.at_ms);
        auto wait = budget.take(start + milliseconds(row.at_ms));
        CHECK((wait.count() == 0) == row.granted);
        if (row.granted) continue;
        CHECK(wait.count() >= row.wait_ms);
        CHECK(wait.count() <= row.wait_ms + 2);
    }
}

TEST_CASE("budget: waiting as told always suffices") {
    for (double rate : {0.5, 1.0, 3.0, 7.0, 20.0, 333.0, 10'000.0}) {
        Budget budget(rate, 1);
        Steady now{seconds(5)};
        int refused_twice = 0;
        for (int i = 0; i < 100; ++i) {
            auto wait = budget.take(now);
            if (wait.count() == 0) continue;
            now += wait;
            if (budget.take(now).count() != 0) ++refused_twice;
        }
        CHECK(refused_twice == 0);
    }
}

TEST_CASE("budget: a rate over a second is kept") {
    Budget budget(20, 5);
    Steady now{seconds(5)};
    const auto start = now;
    int granted = 0;
    while (now - start < seconds(10))
        if (auto wait = budget.take(now); wait.count() == 0)
            ++granted;
        else
            now += wait;
    CHECK(granted >= 195);
    CHECK(granted <= 206); // 20/s and the burst
}

TEST_CASE("budget: a peer's Retry-After closes it, also when there is no limit of our own") {
    for (double rate : {10.0, 0.0, -1.0}) {
        CAPTURE(rate);
        Budget budget(rate, 4);
        const Steady start{seconds(1000)};
        CHECK(budget.take(start).count() == 0);
        budget.close_until(start + seconds(5));
        budget.close_until(start + seconds(2)); // the longer wish stays
        CHECK(budget.take(start + seconds(1)) == seconds(4));
        CHECK(budget.take(start + milliseconds(4999)) == milliseconds(1));
        CHECK(budget.take(start + seconds(5)).count() == 0);
    }
}

TEST_CASE("budget: no limit means no limit") {
    Budget budget(0, 1);
    for (int i = 0; i < 1000; ++i)
        CHECK(budget.take(Steady(seconds(1))).count() == 0);
}

TEST_CASE("budget: a clock that stands still or steps back grants nothing extra") {
    Budget budget(10, 1);
    CHECK(budget.take(Steady(seconds(100))).count() == 0);
    CHECK(budget.take(Steady(seconds(90))).count() > 0);
    CHECK(budget.take(Steady(seconds(100))).count() > 0);
    CHECK(budget.take(Steady(milliseconds(100'101))).count() == 0);
}

TEST_CASE("secrets are compared whole") {
    struct Row {
        std::string_view left;
        std::string_view right;
        bool same;
    };
    const Row rows[] = {
        {"", "", true},
        {"a", "a", true},
        {"secret", "secret", true},
        {"secret", "Secret", false},
        {"secret", "secre", false},
        {"secre", "secret", false},
        {"", "a", false},
        {"a", "", false},
        {"aaaa", "aa", false},
        {"aa", "aaaa", false},
        {"\x01", "", false},
        {"ab", "ba", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.left);
        CAPTURE(row.right);
        CHECK(same_secret(row.left, row.right) == row.same);
    }
}

TEST_CASE("a secret prints as three stars") {
    CHECK(to_string(Secret("hunter2")) == "***");
    CHECK(to_string(Secret()).empty());
    CHECK(Secret("a") == Secret("a"));
    CHECK(Secret("a").reveal() == "a");
}
