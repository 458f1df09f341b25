// What a support bundle may not carry, and what it must not lose.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "app/redaction.hpp"

using lamp::Redaction;

namespace {

Redaction made(std::string key = "key") {
    Redaction redaction(std::move(key));
    redaction.add_secret("hunter2/+x");
    redaction.add_name("Alice van Jansen");
    redaction.add_name("Anaïs Ö'Brien");
    redaction.add_id("2000");
    redaction.add_id("bob");
    return redaction;
}

/// The pseudonyms' letters as "…".
std::string shape(std::string text) {
    for (std::string_view kind : {"secret-", "name-", "number-", "mail-", "login-", "path-", "query-"})
        for (auto at = text.find(kind); at != std::string::npos; at = text.find(kind, at + 1))
            if (auto from = at + kind.size(); text.size() >= from + 8) text.replace(from, 8, "…");
    return text;
}

struct Row {
    const char* plain;
    const char* shown;
};

} // namespace

TEST_CASE("free text") {
    constexpr Row rows[]{
        {"Alice van Jansen rings", "name-… rings"},
        {"Jansen, Alice", "name-…, name-…"},
        {"vanity and Jansens", "vanity and Jansens"},
        {"Anaïs Ö'Brien", "name-…"},
        {"from alice.jansen@example.net.", "from mail-…."},
        {"sip:alice@example.net;tag=1", "sip:mail-…;tag=1"},
        {"user=bob line=2000", "user=name-… line=number-…"},
        {"bobsleigh 20001", "bobsleigh 20001"},
        {"call +31 20 123 0002 now", "call number-… now"},
        {"call 0201230002, 112", "call number-…, 112"},
        {"tel:+31201230002", "tel:number-…"},
        {"with hunter2/+x.", "with secret-…."},
        {"2026-11-22T10:00:00.123Z at 10:00:00 from 192.0.2.117:5060",
         "2026-11-22T10:00:00.123Z at 10:00:00 from 192.0.2.117:5060"},
        {"https://me:word@xsp1.example.net/com.broadsoft.xsi-actions/v2.0?x=1",
         "https://login-…@xsp1.example.net/com.broadsoft.xsi-actions/v2.0?query-…"},
        {"https://hooks.example.net/services/T0001/B0002/XyZ", "https://hooks.example.net/path-…"},
        {"pid 12345, 4096 kB, OpenSSL 3.0.19", "pid 12345, 4096 kB, OpenSSL 3.0.19"},
        {"", ""},
    };
    auto redaction = made();
    for (const Row& row : rows) {
        CAPTURE(row.plain);
        CHECK(shape(redaction.text(row.plain)) == row.shown);
    }
}

TEST_CASE("JSON, metrics and the configuration keep their numbers, strings do not") {
    constexpr Row rows[]{
        {R"({"bytes":161828864,"line":"2001","name":"Alice"})",
         R"({"bytes":161828864,"line":"number-…","name":"name-…"})"},
        {R"(x{host="https://xsp1"} 1764210000)", R"(x{host="https://xsp1"} 1764210000)"},
        {R"(forward_to = "1233" # /etc/x.toml:7:1)", R"(forward_to = "number-…" # /etc/x.toml:7:1)"},
        {R"(listen = ["127.0.0.1:8080", "udp:0.0.0.0:5060"])", R"(listen = ["127.0.0.1:8080", "udp:0.0.0.0:5060"])"},
        {R"("a\"2001" and "b)", R"("a\"2001" and "b)"},
        {R"("+31 20 123 0002")", R"("number-…")"},
    };
    auto redaction = made();
    for (const Row& row : rows) {
        CAPTURE(row.plain);
        CHECK(shape(redaction.quoted(row.plain)) == row.shown);
    }
}

TEST_CASE("the same within one bundle, another in the next") {
    auto one = made("one");
    auto other = made("other");
    CHECK(one.text("Alice") == one.text("Alice"));
    CHECK(one.text("Alice") != one.text("Jansen"));
    CHECK(one.text("Alice") != other.text("Alice"));
    CHECK(std::ranges::none_of(one.text("+31201230002"), [](char c) { return c >= '0' && c <= '9'; }));
}

TEST_CASE("whatever stands around it, a name does not stay") {
    auto redaction = made();
    constexpr std::string_view pieces[]{"\"", "\\", "@",           "://",     "/",          "?", " ", "\n",
                                        "+",  "1",  "2026-11-22",  "192.0.2", ".",          "-", "a", "é",
                                        "{",  ":",  "example.net", "\xFF",    "0201230002", "=", "'"};
    std::uint32_t state = 1;
    auto next = [&](std::size_t below) {
        state = state * 1'664'525U + 1'013'904'223U;
        return (state >> 8U) % below;
    };
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto count = next(8); count > 0; --count)
            text += pieces[next(std::size(pieces))];
        text += " Jansen ";
        for (auto count = next(8); count > 0; --count)
            text += pieces[next(std::size(pieces))];
        CAPTURE(text);
        REQUIRE(redaction.text(text).find("Jansen") == std::string::npos);
        REQUIRE(redaction.quoted(text).find("Jansen") == std::string::npos);
    }
}
