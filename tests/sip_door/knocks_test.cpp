// How often one may knock: buckets, silence after wrong passwords, scanners, and a flood from everywhere.
#include "here.hpp"

using namespace testing;

namespace {

Address16 numbered(std::uint32_t n) { // 100.64.0.0 and up
    const std::uint8_t four[]{static_cast<std::uint8_t>(100 + (n >> 24)), static_cast<std::uint8_t>(64 + (n >> 16)),
                              static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
    return ipv4_address(four);
}

/// How many of `count` requests are heard.
int heard(Entrance& at, int count, const std::string& fields = {}, const Address16& source = office) {
    const Request request(fields);
    int n = 0;
    for (int i = 0; i < count; ++i)
        n += at.door.may_knock(request, source, at.now) ? 1 : 0;
    return n;
}

/// One request as the server takes it.
std::string asked(Entrance& at, const std::string& fields = {}, const Address16& source = office) {
    const Request request(fields);
    return at.door.may_knock(request, source, at.now) ? words(at.door.judge(request, source, at.now)) : "silence";
}

const std::string junk = "Authorization: Digest username=\"ada\", realm=\"pbx.example\", nonce=\"n\", uri=\"u\", "
                         "response=\"00\", algorithm=MD5\r\n";

} // namespace

TEST_CASE("a burst, then so many a second") {
    Entrance at;
    CHECK(heard(at, 1000) == 200);
    CHECK(at.door.counters().dropped_rate == 800);
    at.now += 19ms;
    CHECK(heard(at, 10) == 0);
    at.now += 1ms;
    CHECK(heard(at, 10) == 1);
    for (int i = 0; i < 100; ++i) { // what falls between two is not lost
        at.now += 30ms;
        CHECK(heard(at, 10) >= 1);
    }
    at.now += 1s;
    CHECK(heard(at, 1000) >= 50);
    CHECK(heard(at, 1, "", elsewhere) == 1);
    at.now += 1h;
    CHECK(heard(at, 1000) == 200);
}

TEST_CASE("trusted hosts knock as often as they like") {
    Entrance at;
    CHECK(heard(at, 5000, "", proxy) == 5000);
    CHECK(heard(at, 10, "User-Agent: sipcli/v1.8\r\n", proxy) == 10);
}

TEST_CASE("all of a /64 is one source") {
    Entrance at;
    int n = 0;
    for (int i = 0; i < 1000; ++i) {
        auto host = sip::address_of("2001:db8:0:1::").value();
        host[15] = static_cast<std::uint8_t>(i);
        host[8] = static_cast<std::uint8_t>(i >> 8);
        n += at.door.may_knock(Request(), host, at.now) ? 1 : 0;
    }
    CHECK(n == 200);
    CHECK(heard(at, 1, "", sip::address_of("2001:db8:0:2::").value()) == 1);
}

// clang-format off
TEST_CASE("scanners") {
    struct Row {
        std::string_view agent;
        bool heard;
    };
    const Row rows[] = {
        {"friendly-scanner",        false},
        {"Friendly-Scanner/2",      false},
        {"sipvicious",              false},
        {"sipcli/v1.8",             false},
        {"sip-scan",                false},
        {"sundayddr",               false},
        {"iWar",                    false},
        {"VaxSIPUserAgent/3.1",     false},
        {"",                        true},
        {"sip",                     true},
        {"Yealink SIP-T46U 108.86", true},
        {"Linphone/5.2 (sipcli)",   true},
    };
    Entrance at;
    for (const Row& row : rows) {
        INFO(row.agent);
        CHECK(heard(at, 1, "User-Agent: " + std::string(row.agent) + "\r\n") == (row.heard ? 1 : 0));
    }
    CHECK(at.door.counters().dropped_scanners == 8);
}
// clang-format on

TEST_CASE("ten wrong passwords within a minute, then five minutes of silence") {
    Entrance at;
    const auto wrong = [&] { return Login{.nonce = at.nonce(), .password = "x"}.field(); };
    for (int i = 0; i < 9; ++i)
        CHECK(asked(at, wrong()) == "401 SHA-256 MD5");
    CHECK(asked(at, Login{.nonce = at.nonce()}.field()) == "in ada"); // a right one between does not count
    CHECK(asked(at, wrong()) == "401 SHA-256 MD5");
    CHECK(asked(at) == "silence");
    CHECK(asked(at, Login{.nonce = at.nonce()}.field()) == "silence");
    CHECK(asked(at, "", elsewhere) == "401 SHA-256 MD5");
    at.now += 300s - 1ms;
    CHECK(asked(at) == "silence");
    CHECK(at.door.counters().dropped_failures == 3);
    at.now += 1ms;
    CHECK(asked(at, Login{.nonce = at.nonce()}.field()) == "in ada");
    CHECK(at.door.counters().wrong == 10);
}

TEST_CASE("wrong passwords now and then are forgiven") {
    Entrance at;
    for (int minute = 0; minute < 30; ++minute) {
        for (int i = 0; i < 9; ++i)
            CHECK(asked(at, Login{.nonce = at.nonce(), .password = "x"}.field()) == "401 SHA-256 MD5");
        at.now += 61s;
    }
}

TEST_CASE("logins cost nothing, and are heard in the middle of a flood") {
    Entrance at;
    Login login{.nonce = at.nonce()};
    auto next = [&, n = 0]() mutable {
        std::string nc = "00000000" + std::to_string(++n);
        return login.nc = nc.substr(nc.size() - 8), login.field();
    };
    for (int i = 0; i < 1000; ++i)
        CHECK(asked(at, next()) == "in ada");
    CHECK(heard(at, 1000) == 200);
    for (int i = 0; i < 50; ++i)
        CHECK(asked(at, next()) == "in ada");
    CHECK(heard(at, 10) == 0);
    CHECK(heard(at, 100, next(), office) == 100); // never judged: not given back
    at.now += 1s;
    CHECK(heard(at, 10) == 0);
    at.now += 1s + 40ms;
    CHECK(heard(at, 10) == 2);
}

TEST_CASE("what only looks like a login is counted like everything else") {
    Entrance at;
    const auto nonce = at.nonce();
    const std::string rows[] = {"Authorization: Basic YWRhOnZpb2xldA==\r\n",
                                "Authorization: Digest\r\n",
                                junk,
                                Login{.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"}.field(),
                                Login{.nonce = nonce, .realm = "x"}.field(),
                                Login{.nonce = at.nonce(elsewhere)}.field()};
    for (const auto& fields : rows) {
        INFO(fields);
        at.now += 10s;
        CHECK(heard(at, 1000, fields) == 200);
    }
    CHECK(heard(at, 1000, Login{.nonce = nonce, .password = "x"}.field()) == 0);
    CHECK(at.door.counters().wrong == 10); // guesses into the silence of a full bucket are guesses
    CHECK(at.door.counters().dropped_failures == 990);
}

TEST_CASE("100 000 sources: no memory, nobody locked out, nobody has himself forgotten") {
    Entrance at({.realm = "pbx.example", .knocks = {.sources = 4096}});
    const Request request;
    for (int i = 0; i < 10; ++i)
        CHECK(asked(at, Login{.nonce = at.nonce(), .password = "x"}.field()) == "401 SHA-256 MD5");
    CHECK(heard(at, 200, "", elsewhere) == 200);
    std::uint32_t refused = 0;
    for (std::uint32_t i = 0; i < 100'000; ++i)
        refused += at.door.may_knock(request, numbered(i), at.now) ? 0 : 1;
    CHECK(refused == 0);
    CHECK(asked(at) == "silence");
    CHECK(heard(at, 100, "", elsewhere) == 0);
    // A newcomer among them is counted, too, while nobody else comes in between.
    CHECK(heard(at, 1000, "", numbered(200'000)) == 200);
}

TEST_CASE("who failed weighs more than who is loud, and who is loud more than who is quiet") {
    // Eight places only: all sources are in one set.
    Entrance at({.realm = "pbx.example", .knocks = {.per_second = 1, .burst = 20, .sources = 8}});
    const auto login = [&](const Address16& who) { return Login{.nonce = at.nonce(who), .password = "x"}.field(); };
    const auto failed = numbered(1), silent = numbered(2), loud = numbered(3);
    for (int i = 0; i < 9; ++i)
        CHECK(asked(at, login(failed), failed) == "401 SHA-256 MD5");
    for (int i = 0; i < 10; ++i)
        CHECK(asked(at, login(silent), silent) == "401 SHA-256 MD5");
    CHECK(heard(at, 20, "", loud) == 20);
    for (std::uint32_t i = 10; i < 1000; ++i)
        CHECK(heard(at, 1, "", numbered(i)) == 1);
    CHECK(heard(at, 1, "", loud) == 0);
    for (std::uint32_t i = 1000; i < 1100; ++i)
        CHECK(heard(at, 20, "", numbered(i)) == 20);
    CHECK(heard(at, 1, "", silent) == 0);
    CHECK(asked(at, login(failed), failed) == "401 SHA-256 MD5");
    CHECK(heard(at, 1, "", failed) == 0); // that was the tenth
}
