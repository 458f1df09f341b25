// A feed: validators, servers without them, what is no feed, and how often it is asked for.
#include "adapters/calendars/ics.hpp"

#include "here.hpp"

using namespace testing;

namespace {

const std::string path = "/feed.ics?token=1";

DavServer::Feed feed_of(const std::string& title, const std::string& more = {}) {
    return {.body = calendar_of({{"a", title}}, more)};
}

} // namespace

TEST_CASE("a feed is fetched anew only when it has changed") {
    Bench bench;
    auto& feed = bench.server.feeds[path];
    feed = feed_of("2001");
    SUBCASE("ETag") {
        feed.etag = "W/\"1\"";
    }
    SUBCASE("Last-Modified") {
        feed.modified = "Tue, 03 Mar 2026 09:00:00 GMT";
    }
    SUBCASE("neither") {}
    auto provider = bench.ics(path);
    CHECK(titles(bench.read(*provider)) == "2001");
    CHECK(titles(bench.read(*provider)) == "same");
    CHECK(titles(bench.read(*provider, {march.from + 1h, march.until + 1h})) == "2001");
    feed.body = feed_of("2002").body;
    if (!feed.etag.empty()) feed.etag = "W/\"2\"";
    if (!feed.modified.empty()) feed.modified = "Tue, 03 Mar 2026 10:00:00 GMT";
    CHECK(titles(bench.read(*provider)) == "2002");
    CHECK(titles(bench.read(*provider)) == "same");
    CHECK(bench.server.asked.size() == 5);
    CHECK(bench.server.complaints.empty());
}

TEST_CASE("what is no feed leaves the last good one") {
    struct Row {
        const char* what;
        sim::http::Response response;
        const char* category;
    };
    const auto whole = calendar_of({{"b", "2002"}});
    for (const Row& row : {Row{"login page", {200, "text/html", "<html>Log in</html>"}, "protocol"},
                           Row{"login page in disguise", {200, "text/calendar", "<!doctype html><p>x"}, "protocol"},
                           Row{"nothing", {200, "text/calendar", ""}, "protocol"},
                           Row{"cut off", {200, "text/calendar", whole.substr(0, whole.size() - 20)}, "protocol"},
                           Row{"204", {204, "", ""}, "protocol"}, Row{"401", {401, "", ""}, "unauthorised"},
                           Row{"403", {403, "", ""}, "forbidden"}, Row{"404", {404, "", ""}, "not found"},
                           Row{"410", {410, "", ""}, "not found"}, Row{"429", {500, "", ""}, "unavailable"},
                           Row{"too large", {200, "text/calendar", std::string((16 << 20) + 1, 'x')}, "limit"}}) {
        CAPTURE(row.what);
        Bench bench;
        auto& feed = bench.server.feeds[path];
        feed = feed_of("2001");
        feed.etag = "\"1\"";
        auto provider = bench.ics(path);
        CHECK(titles(bench.read(*provider)) == "2001");
        bench.server.fault({.response = row.response});
        CHECK(category(bench.read(*provider)) == row.category);
        CHECK(titles(bench.read(*provider)) == "same"); // a 304 to the good one's ETag
        CHECK(titles(bench.read(*provider, {march.from + 1h, march.until})) == "2001");
    }
}

TEST_CASE("a 304 to a first question is a mistake") {
    Bench bench;
    bench.server.fault({.response = {304, "", ""}});
    auto provider = bench.ics(path);
    CHECK(category(bench.read(*provider)) == "protocol");
}

TEST_CASE("REFRESH-INTERVAL slows down") {
    Bench bench;
    bench.server.feeds[path] = feed_of("2001", "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n");
    auto provider = bench.ics(path);
    CHECK(titles(bench.read(*provider)) == "2001");
    CHECK(titles(bench.read(*provider)) == "same");
    CHECK(titles(bench.read(*provider, {march.from, march.until + 1h})) == "2001");
    CHECK(bench.server.asked.size() == 1);
}

TEST_CASE("logins, chunks, redirections") {
    Bench bench;
    bench.server.manner.login = "basic";
    bench.server.manner.chunked = true;
    bench.server.feeds[path] = feed_of("2001");
    bench.server.redirects["/old.ics"] = path;
    auto provider = bench.ics("/old.ics");
    CHECK(titles(bench.read(*provider)) == "2001");
    auto wrong = bench.options(path);
    wrong.password = Secret("wrong");
    auto stranger = bench.ics(wrong);
    CHECK(category(bench.read(*stranger)) == "unauthorised");
    bench.server.redirects["/away.ics"] = "http://127.0.0.2/x.ics";
    auto away = bench.ics("/away.ics");
    CHECK(category(bench.read(*away)) == "forbidden");
}

TEST_CASE("what an appointment is like arrives") {
    Bench bench;
    bench.server.feeds[path] = {
        .body = calendar_of({{.uid = "a", .title = "2001", .more = "LOCATION:Room\r\nDESCRIPTION:Text\r\n"},
                             {.uid = "b",
                              .title = "",
                              .start = "20260304T090000Z",
                              .end = "20260304T093000Z",
                              .more = "CLASS:PRIVATE\r\n"}})};
    auto provider = bench.ics(path);
    const auto told = bench.read(*provider);
    REQUIRE(told);
    REQUIRE((*told)->size() == 2);
    const auto& first = (**told)[0];
    CHECK(first.title == "2001");
    CHECK(first.from == at("2026-03-03T09:00:00Z"));
    CHECK(first.until == at("2026-03-03T10:00:00Z"));
    CHECK_FALSE(first.hidden);
    CHECK((**told)[1].hidden);
}
