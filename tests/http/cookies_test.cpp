// Cookies, with the case of BroadWorks: set on one path, meant for another.
#include "here.hpp"
#include "http/cookies.hpp"

using namespace testing;
using http::CookieJar;

namespace {
const Wall now = Wall(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24));

void set(CookieJar& jar, const char* url, const char* field) {
    jar.store(url_of(url), http::Headers{{"Set-Cookie", field}}, now);
}
} // namespace

TEST_CASE("which cookies go where") {
    struct Row {
        const char* set_at;
        const char* field;
        const char* asked;
        const char* sent;
    };
    // clang-format off
    const Row rows[] = {
        {"https://x/com.broadsoft.async/channel", "JSESSIONID=A1; Path=/com.broadsoft.xsi-events; Secure; HttpOnly",
         "https://x/com.broadsoft.xsi-events/v2.0/channel/1/heartbeat", "JSESSIONID=A1"},
        {"https://x/com.broadsoft.async/channel", "JSESSIONID=A1; Path=/com.broadsoft.xsi-events; Secure; HttpOnly",
         "https://x/com.broadsoft.async/channel", ""},
        {"https://x/a/b", "s=1",                       "https://x/a/c",      "s=1"},
        {"https://x/a/b", "s=1",                       "https://x/ab",       ""},
        {"https://x/a/b", "s=1",                       "https://x/a",        "s=1"},
        {"https://x/a/b", "s=1; Path=/",               "https://x/z?q=1",    "s=1"},
        {"https://x/a/b", "s=1; Path=a",               "https://x/a/c",      "s=1"},
        {"https://x/a",   "s=1; secure",               "http://x/a",         ""},
        {"http://x/a",    "s=1; Secure",               "http://x/a",         "s=1"},
        {"https://x/a",   "s=1",                       "https://y/a",        ""},
        {"https://x/a",   "s=1; Domain=example.net",   "https://x/a",        "s=1"},
        {"https://x/a",   "s=1; Max-Age=0",            "https://x/a",        ""},
        {"https://x/a",   "s=1; Max-Age=-5",           "https://x/a",        ""},
        {"https://x/a",   "s=1; Max-Age=60",           "https://x/a",        "s=1"},
        {"https://x/a",   "s=1; Max-Age=99999999999999999999", "https://x/a", "s=1"},
        {"https://x/a",   "s=1; Max-Age=x",            "https://x/a",        "s=1"},
        {"https://x/a",   "s=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "https://x/a", ""},
        {"https://x/a",   "s=1; Expires=Sun, 06-Nov-1994 08:49:37 GMT; Max-Age=60", "https://x/a", "s=1"},
        {"https://x/a",   "s=1; Max-Age=60; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "https://x/a", "s=1"},
        {"https://x/a",   "s=",                        "https://x/a",        "s="},
        {"https://x/a",   "s=a=b\"c\"",                "https://x/a",        "s=a=b\"c\""},
        {"https://x/a",   "=v",                        "https://x/a",        ""},
        {"https://x/a",   "nothing",                   "https://x/a",        ""},
        {"https://x/a",   "",                          "https://x/a",        ""},
    };
    // clang-format on
    for (const auto& row : rows) {
        CAPTURE(std::string(row.set_at));
        CAPTURE(std::string(row.field));
        CAPTURE(std::string(row.asked));
        CookieJar jar;
        set(jar, row.set_at, row.field);
        CHECK(jar.header(url_of(row.asked), now) == row.sent);
    }
}

TEST_CASE("a cookie is replaced, deleted, outlived, ordered") {
    CookieJar jar;
    set(jar, "https://x/a/b", "s=1; Path=/");
    set(jar, "https://x/a/b", "s=2; Path=/");
    set(jar, "https://x/a/b", "t=3; Path=/a");
    CHECK(jar.header(url_of("https://x/a"), now) == "t=3; s=2");
    set(jar, "https://x/a/b", "s=; Path=/; Max-Age=0");
    CHECK(jar.header(url_of("https://x/a"), now) == "t=3");
    set(jar, "https://x/a/b", "u=4; Max-Age=10");
    CHECK(has(jar.header(url_of("https://x/a"), now + 9s), "u=4"));
    CHECK_FALSE(has(jar.header(url_of("https://x/a"), now + 10s), "u=4"));
}

TEST_CASE("the jar is bounded") {
    CookieJar jar;
    for (int i = 0; i < 60; ++i)
        set(jar, "https://x/a", ("n" + std::to_string(i) + "=1").c_str());
    CHECK(jar.size() == CookieJar::cookies_max);
    CHECK(jar.refused() == 10);
    set(jar, "https://x/a", ("big=" + std::string(5000, 'x')).c_str());
    CHECK(jar.refused() == 11);
}
