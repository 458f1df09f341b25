// Wrong tokens: how many are answered, when 429 begins and ends, who is never touched by it.
#include <doctest/doctest.h>

#include "access/guesses.hpp"

using namespace lamp;
using namespace lamp::access;
using namespace std::chrono_literals;

namespace {

net::Address16 address(std::string_view text) {
    return net::address_of(text).value();
}

const net::Address16 here = address("192.0.2.1");
const net::Address16 there = address("192.0.2.2");

/// One request with a token: what a server would do.
struct Door {
    Guesses guesses;
    Steady now{1h};

    /// 200, 401 or 429.
    int ask(const net::Address16& from, std::string_view secret, bool good) {
        auto digest = digest_of(secret);
        if (!guesses.may_look(from, digest, now)) return 429;
        if (good) {
            guesses.right(from, digest);
            return 200;
        }
        return guesses.wrong(from, now).retry_after > 0s ? 429 : 401;
    }
};

} // namespace

TEST_CASE("guesses: a few are answered at once, the next slower, then 429 with a time that holds") {
    Guesses guesses;
    Steady now{1h};
    for (int i = 0; i < 20; ++i) {
        CAPTURE(i);
        auto sentence = guesses.wrong(here, now);
        CHECK(sentence.retry_after == 0s);
        CHECK(sentence.delay == std::min<milliseconds>(1000ms, 100ms * std::max(0, i - 4)));
    }
    auto refused = guesses.wrong(here, now);
    CHECK(refused.retry_after == 6s);
    CHECK(refused.first);
    CHECK(!guesses.wrong(here, now).first); // one line in the log
    CHECK(guesses.wrong(here, now + 5s).retry_after == 1s);
    CHECK(guesses.wrong(here, now + 6s).retry_after == 0s);
    CHECK(guesses.wrong(there, now).retry_after == 0s); // another address
}

TEST_CASE("guesses: those that were refused do not lengthen the wait") {
    Guesses guesses;
    Steady now{1h};
    for (int i = 0; i < 1000; ++i)
        static_cast<void>(guesses.wrong(here, now));
    CHECK(guesses.wrong(here, now).retry_after == 6s);
    CHECK(guesses.sources(now) == 1);
    CHECK(guesses.sources(now + 2min) == 0);
    CHECK(guesses.wrong(here, now + 2min).delay == 0ms);
}

TEST_CASE("guesses: a right token passes while its neighbour guesses") {
    Door door;
    for (int i = 0; i < 25; ++i)
        static_cast<void>(door.ask(here, "wrong", false));
    CHECK(door.ask(here, "wrong", false) == 429);
    CHECK(door.ask(here, "right", true) == 200);
    SUBCASE("known from there: whatever the neighbour does") {
        int looked = 0;
        for (int i = 0; i < 1000; ++i) {
            looked += door.guesses.may_look(here, digest_of("wrong"), door.now) ? 1 : 0;
            CHECK(door.ask(here, "right", true) == 200);
        }
        CHECK(looked <= 20); // tokens of a guessing source are looked up so often in a second
    }
    SUBCASE("unknown: as soon as the neighbour draws breath") {
        for (int i = 0; i < 100; ++i)
            static_cast<void>(door.ask(here, "wrong", false));
        CHECK(door.ask(here, "other", true) == 429);
        door.now += 1s;
        CHECK(door.ask(here, "other", true) == 200);
    }
}

TEST_CASE("guesses: an IPv6 network is one source, the table keeps its size") {
    Guesses guesses({.most = 2, .sources = 64});
    Steady now{1h};
    CHECK(guesses.wrong(address("2001:db8::1"), now).retry_after == 0s);
    CHECK(guesses.wrong(address("2001:db8::2"), now).retry_after == 0s);
    CHECK(guesses.wrong(address("2001:db8::3"), now).retry_after > 0s);
    CHECK(guesses.wrong(address("2001:db8:0:1::1"), now).retry_after == 0s);
    auto stubborn = address("198.51.100.1");
    for (int i = 0; i < 5; ++i)
        static_cast<void>(guesses.wrong(stubborn, now));
    for (unsigned i = 0; i < 100'000; ++i) { // each of them once: none is worse than the stubborn one
        net::Address16 other{0x20, 0x01, 0x0d, 0xb9};
        std::memcpy(other.data() + 4, &i, sizeof i);
        static_cast<void>(guesses.wrong(other, now));
    }
    CHECK(guesses.sources(now) <= 64);
    CHECK(guesses.wrong(stubborn, now).retry_after > 0s);
}
