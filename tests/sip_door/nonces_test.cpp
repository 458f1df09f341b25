// Nonces: what is remembered of their uses has a limit, and nothing that may have been forgotten is let in again.
#include "here.hpp"

using namespace testing;

namespace {

std::string numbered(int n) {
    return "user" + std::to_string(n);
}

} // namespace

TEST_CASE("a use is never forgotten so that it could be used again") {
    constexpr std::size_t limit = 10;
    for (int others = 0; others < 40; ++others) {
        INFO(others);
        Nonces nonces({.remembered = limit}, secret);
        Steady now = start;
        const auto first = nonces.make(office, now);
        CHECK(nonces.use(first, "ada", 1, now));
        for (int i = 0; i < others; ++i) {
            now += 10ms;
            CHECK(nonces.use(nonces.make(office, now), "ada", 1, now)); // a new one always is
            CHECK(nonces.remembered() <= limit);
        }
        REQUIRE(nonces.age_of(first, office, now) == Nonces::Age::good);
        CHECK_FALSE(nonces.use(first, "ada", 1, now));
        if (others < 5) CHECK(nonces.use(first, "ada", 2, now)); // those of half the limit are sure to be known
        CHECK_FALSE(nonces.use(first, "ada", 1, now));
    }
}

TEST_CASE("what is used is kept, however many others come") {
    Nonces nonces({.remembered = 10}, secret);
    const auto kept = nonces.make(office, start);
    for (std::uint32_t i = 1; i < 200; ++i) {
        CHECK(nonces.use(kept, "ada", i, start));
        CHECK_FALSE(nonces.use(kept, "ada", i, start));
        CHECK(nonces.use(nonces.make(office, start), "bob", 1, start));
    }
}

TEST_CASE("those that are answered late are not taken for forgotten ones") {
    Nonces nonces({.remembered = 1000}, secret);
    std::vector<std::string> waiting;
    for (int i = 0; i < 400; ++i)
        waiting.push_back(nonces.make(office, start));
    for (int i = 399; i >= 0; --i) // the oldest last
        CHECK(nonces.use(waiting[static_cast<std::size_t>(i)], numbered(i), 1, start + 1s));
    for (int i = 0; i < 400; ++i)
        CHECK_FALSE(nonces.use(waiting[static_cast<std::size_t>(i)], numbered(i), 1, start + 2s));
}

TEST_CASE("time makes room") {
    Nonces nonces({.remembered = 1'000'000}, secret);
    Steady now = start;
    for (int i = 0; i < 100'000; ++i) {
        now += 30ms;
        CHECK(nonces.use(nonces.make(office, now), "ada", 1, now));
    }
    CHECK(nonces.remembered() <= 2 * 302 * 34); // of two lifetimes, not of the 3000 seconds
    const auto last = nonces.make(office, now);
    CHECK(nonces.use(last, "ada", 1, now));
    now += 300s;
    CHECK_FALSE(nonces.use(last, "ada", 1, now));
}
