// From an address to a calendar.
#include "adapters/calendars/discovery.hpp"

#include "here.hpp"

using namespace testing;

namespace {

using Lines = std::vector<std::string>;

void write_one(Bench& bench) {
    bench.server.put("a.ics", one_event({"a", "2001"}));
}

std::string read_at(Bench& bench, const std::string& path) {
    auto provider = bench.caldav(path);
    return titles(bench.read(*provider));
}

} // namespace

TEST_CASE("addresses that lead to the only calendar") {
    for (const std::string path : {"/dav/anna/desk/", "/dav/anna/", "/dav/principals/anna/", "/dav/", "/"}) {
        CAPTURE(path);
        Bench bench;
        write_one(bench);
        SUBCASE("plain") {}
        SUBCASE("with a login") {
            bench.server.manner.login = "basic";
        }
        SUBCASE("absolute hrefs") {
            bench.server.manner.absolute_hrefs = true;
        }
        CHECK(read_at(bench, path) == "2001");
        CHECK(bench.server.complaints == Lines{});
    }
}

TEST_CASE("a redirection within the server is followed, once") {
    Bench bench;
    write_one(bench);
    bench.server.redirects["/dav/anna/desk"] = "/dav/anna/desk/";
    auto provider = bench.caldav("/dav/anna/desk");
    CHECK(titles(bench.read(*provider)) == "2001");
    static_cast<void>(bench.server.lines());
    CHECK(titles(bench.read(*provider)) == "same");
    CHECK(bench.server.lines() == Lines{"REPORT /dav/anna/desk/ 0"});
}

TEST_CASE("well-known") {
    Bench bench;
    write_one(bench);
    bench.server.root_is_web_page = true;
    SUBCASE("leads on") {
        bench.server.redirects["/.well-known/caldav"] = "/dav/";
        CHECK(read_at(bench, "/") == "2001");
    }
    for (const std::string path : {"/dav/", "/"}) {
        SUBCASE(("leads to another server, which is the one to talk to, " + path).c_str()) {
            bench.server.manner.login = bench.other.manner.login = "basic";
            bench.other.put("b.ics", one_event({"b", "2002"}));
            bench.server.redirects["/.well-known/caldav"] = bench.other.url(path);
            auto provider = bench.caldav("/");
            CHECK(titles(bench.read(*provider)) == "2002");
            CHECK(titles(bench.read(*provider)) == "same");
            for (const auto& one : bench.server.asked)
                if (one.target.starts_with("/.well-known")) CHECK(one.authorization.empty());
        }
    }
    SUBCASE("leads to another server, which leads back") {
        bench.other.root_is_web_page = true;
        bench.server.redirects["/.well-known/caldav"] = bench.other.url("/");
        bench.other.redirects["/.well-known/caldav"] = bench.server.url("/");
        CHECK(has(read_at(bench, "/"), "protocol: "));
        CHECK(bench.server.asked.size() + bench.other.asked.size() < 6);
    }
    SUBCASE("leads on from a root that is closed") {
        bench.server.redirects["/.well-known/caldav"] = "/dav/";
        bench.server.fault({.method = "PROPFIND", .response = {403, "text/plain", "x"}});
        CHECK(read_at(bench, "/") == "2001");
    }
    SUBCASE("leads elsewhere only as long as it says so") {
        bench.other.put("b.ics", one_event({"b", "2002"}));
        bench.server.redirects["/.well-known/caldav"] = bench.other.url("/dav/");
        auto provider = bench.caldav("/");
        CHECK(titles(bench.read(*provider)) == "2002");
        bench.other.fault({.response = {404, "text/plain", "x"}});
        bench.server.redirects["/.well-known/caldav"] = "/dav/";
        CHECK(category(bench.read(*provider)) == "not found");
        CHECK(titles(bench.read(*provider)) == "2001");
    }
    SUBCASE("is not there") {
        CHECK(has(read_at(bench, "/"), "not found: "));
    }
    SUBCASE("runs in circles") {
        bench.server.redirects["/.well-known/caldav"] = "/";
        CHECK(has(read_at(bench, "/"), "not found: "));
    }
}

TEST_CASE("several calendars: they are named") {
    for (const std::string path : {"/dav/anna/", "/dav/", "/"}) {
        CAPTURE(path);
        Bench bench;
        write_one(bench);
        bench.server.add_calendar("home");
        const auto told = read_at(bench, path);
        CHECK(has(told, "not found: "));
        CHECK(has(told, bench.server.url("/dav/anna/desk/")));
        CHECK(has(told, bench.server.url("/dav/anna/home/")));
    }
}

TEST_CASE("no calendar") {
    Bench bench;
    CHECK(has(read_at(bench, "/nowhere/"), "not found: "));
    bench.server.manner.components = "VTODO";
    CHECK(has(read_at(bench, "/dav/anna/desk/"), "no appointments"));
    CHECK(has(read_at(bench, "/dav/anna/"), "not found: "));
}

TEST_CASE("homes on other servers are told, not visited") {
    Bench bench;
    write_one(bench);
    bench.server.home_href = "https://p34.example.net/anna/";
    CHECK(has(read_at(bench, "/"), "https://p34.example.net/anna/: write that as url"));
    // The same host under the scheme or port that a server behind a proxy believes to have.
    bench.server.home_href = "https://127.0.0.1:8443/dav/anna/";
    CHECK(read_at(bench, "/") == "2001");
}

TEST_CASE("a calendar that moves is found again") {
    Bench bench;
    write_one(bench);
    auto provider = bench.caldav("/dav/anna/");
    CHECK(titles(bench.read(*provider)) == "2001");
    bench.server.fault({.method = "REPORT", .response = {404, "text/plain", "x"}});
    CHECK(has(titles(bench.read(*provider)), "not found: "));
    static_cast<void>(bench.server.lines());
    CHECK(titles(bench.read(*provider)) == "same");
    CHECK(bench.server.lines() == Lines{"PROPFIND /dav/anna/ 0", "PROPFIND /dav/anna/ 1", "REPORT /dav/anna/desk/ 0"});
}
