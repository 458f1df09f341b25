// A CalDAV calendar over its life: first listing, changes, lost tokens, servers that can less, servers that fail.
#include "adapters/calendars/caldav.hpp"

#include "here.hpp"

using namespace testing;

namespace {

void put(DavServer& server, const std::string& name, const std::string& title,
         const std::string& start = "20260303T090000Z", const std::string& end = "20260303T100000Z") {
    server.put(name, one_event({name, title, start, end}));
}

std::size_t count(const std::vector<std::string>& lines, std::string_view what) {
    return static_cast<std::size_t>(
        std::ranges::count_if(lines, [&](const std::string& line) { return line.starts_with(what); }));
}

using Lines = std::vector<std::string>;
const std::string desk = "/dav/anna/desk/";

} // namespace

TEST_CASE("a calendar is listed once, then followed by its tokens") {
    Bench bench;
    put(bench.server, "a.ics", "2001");
    put(bench.server, "b c#.ics", "2002", "20260304T090000Z", "20260304T100000Z");
    put(bench.server, "far.ics", "2999", "20260504T090000Z", "20260504T100000Z");
    auto provider = bench.caldav();
    CHECK(titles(bench.read(*provider)) == "2001 2002");
    CHECK(bench.server.lines() == Lines{"PROPFIND " + desk + " 0", "REPORT " + desk + " 0", "REPORT " + desk + " 1"});

    SUBCASE("nothing new costs one request") {
        CHECK(titles(bench.read(*provider)) == "same");
        CHECK(bench.server.lines() == Lines{"REPORT " + desk + " 0"});
    }
    SUBCASE("another window needs no text again") {
        const Window may{at("2026-05-01T00:00:00Z"), at("2026-05-15T00:00:00Z")};
        CHECK(titles(bench.read(*provider, may)) == "2999");
        CHECK(titles(bench.read(*provider, may)) == "same");
        CHECK(titles(bench.read(*provider)) == "2001 2002");
        CHECK(count(bench.server.lines(), "REPORT " + desk + " 1") == 0);
    }
    SUBCASE("only what has changed is fetched") {
        put(bench.server, "a.ics", "2003");
        CHECK(titles(bench.read(*provider)) == "2003 2002");
        CHECK(bench.server.asked.back().body.find("b%20c") == std::string::npos);
        bench.server.remove("a.ics");
        CHECK(titles(bench.read(*provider)) == "2002");
        put(bench.server, "a.ics", "2004");
        CHECK(titles(bench.read(*provider)) == "2004 2002");
    }
    SUBCASE("an object that vanishes between list and fetch") {
        put(bench.server, "d.ics", "2005");
        bench.server.fault({.part = "calendar-multiget",
                            .response = {207, "text/xml",
                                         "<multistatus xmlns='DAV:'><response><href>/dav/anna/desk/d.ics</href><status>"
                                         "HTTP/1.1 404 Not Found</status></response></multistatus>"}});
        CHECK(titles(bench.read(*provider)) == "same");
    }
    CHECK(bench.server.complaints == Lines{});
}

TEST_CASE("keys stay with an edit, and differ within a calendar") {
    Bench bench;
    put(bench.server, "a.ics", "2001");
    bench.server.put("twin.ics", one_event({"a.ics", "2002"}));
    auto provider = bench.caldav();
    auto first = bench.read(*provider);
    REQUIRE(first);
    REQUIRE((*first)->size() == 2);
    const auto keys = std::pair((**first)[0].key, (**first)[1].key);
    CHECK(keys.first != keys.second);
    put(bench.server, "a.ics", "2009");
    auto second = bench.read(*provider);
    REQUIRE(second);
    CHECK(std::ranges::count(**second, keys.first, &Occurrence::key) == 1);
}

TEST_CASE("lost tokens: everything is listed again, and only the new is fetched") {
    for (const int status : {403, 409, 412, 400, 410}) {
        for (const bool with_body : {true, false}) {
            CAPTURE(status);
            CAPTURE(with_body);
            Bench bench;
            bench.server.manner.bad_token_status = status;
            bench.server.manner.bad_token_body = with_body;
            put(bench.server, "a.ics", "2001");
            put(bench.server, "b.ics", "2002");
            put(bench.server, "c.ics", "2003");
            auto provider = bench.caldav();
            CHECK(titles(bench.read(*provider)) == "2001 2002 2003");
            bench.server.forget_tokens();
            bench.server.remove("a.ics");
            put(bench.server, "b.ics", "2004");
            CHECK(titles(bench.read(*provider)) == "2004 2003");
            CHECK(bench.server.asked.back().body.find("c.ics") == std::string::npos);
            static_cast<void>(bench.server.lines());
            CHECK(titles(bench.read(*provider)) == "same");
            CHECK(bench.server.lines().size() == 1);
            CHECK(bench.server.complaints == Lines{});
        }
    }
}

TEST_CASE("pages of changes (507)") {
    Bench bench;
    for (int i = 0; i < 25; ++i)
        put(bench.server, fmt::format("{:02}.ics", i), fmt::format("20{:02}", i));
    bench.server.manner.page = 10;
    auto provider = bench.caldav();
    auto told = bench.read(*provider);
    REQUIRE(told);
    CHECK((*told)->size() == 25);
    for (int i = 0; i < 12; ++i)
        bench.server.remove(fmt::format("{:02}.ics", i));
    told = bench.read(*provider);
    REQUIRE(told);
    REQUIRE(*told);
    CHECK((*told)->size() == 13);
    CHECK(titles(bench.read(*provider)) == "same");

    SUBCASE("a failure among the pages loses nothing") {
        for (int i = 30; i < 55; ++i)
            put(bench.server, fmt::format("{:02}.ics", i), fmt::format("20{:02}", i));
        bench.server.fault({.part = "45.ics", .response = {500, "text/plain", "oops"}});
        CHECK(category(bench.read(*provider)) == "unavailable");
        told = bench.read(*provider);
        REQUIRE(told);
        CHECK((*told)->size() == 38);
    }
    SUBCASE("more without progress is a mistake") {
        bench.server.fault(
            {.part = "sync-collection",
             .times = 3,
             .response = {207, "text/xml",
                          "<multistatus xmlns='DAV:'><response><href>/dav/anna/desk/</href><status>HTTP/1.1 "
                          "507 x</status></response><sync-token>urn:fake:1:37</sync-token></multistatus>"}});
        CHECK(category(bench.read(*provider)) == "protocol");
    }
    CHECK(bench.server.complaints == Lines{});
}

TEST_CASE("a first list without an end is given up") {
    Bench bench;
    bench.server.fault({.part = "sync-collection",
                        .times = 99,
                        .response = {207, "text/xml",
                                     "<multistatus xmlns='DAV:'><response><href>/dav/anna/desk/</href><status>HTTP/1.1 "
                                     "507 x</status></response><sync-token>urn:1</sync-token></multistatus>"}});
    auto provider = bench.caldav();
    CHECK(category(bench.read(*provider)) == "protocol");
    CHECK(bench.server.asked.size() < 5);
}

TEST_CASE("servers differ") {
    struct Row {
        const char* what;
        void (*set)(Manner&);
    };
    for (const Row& row :
         {Row{"absolute hrefs", [](Manner& m) { m.absolute_hrefs = true; }},
          Row{"encoded in another way", [](Manner& m) { m.spaces_encoded_oddly = true; }},
          Row{"chunks", [](Manner& m) { m.chunked = true; }}, Row{"weak ETags", [](Manner& m) { m.weak_etags = true; }},
          Row{"no report set", [](Manner& m) { m.reports_told = false; }},
          Row{"no tokens", [](Manner& m) { m.sync = false; }},
          Row{"no tokens, no ctag", [](Manner& m) { m.sync = m.ctag = false; }},
          Row{"no ETags", [](Manner& m) { m.sync = m.ctag = m.etags = false; }},
          Row{"nothing told, no tokens", [](Manner& m) { m.sync = m.reports_told = false; }}}) {
        CAPTURE(row.what);
        Bench bench;
        row.set(bench.server.manner);
        put(bench.server, "a b.ics", "2001");
        put(bench.server, "b.ics", "2002");
        auto provider = bench.caldav();
        CHECK(titles(bench.read(*provider)) == "2001 2002");
        CHECK(titles(bench.read(*provider)) == "same");
        put(bench.server, "b.ics", "2003");
        CHECK(titles(bench.read(*provider)) == "2001 2003");
        bench.server.remove("a b.ics");
        CHECK(titles(bench.read(*provider)) == "2003");
        CHECK(titles(bench.read(*provider)) == "same");
        CHECK(bench.server.complaints == Lines{});
    }
}

TEST_CASE("a server that does not know under which path it is reached") {
    for (const bool sync : {true, false}) {
        CAPTURE(sync);
        Bench bench;
        bench.server.behind = "/proxy";
        bench.server.manner.sync = sync;
        put(bench.server, "a.ics", "2001");
        auto provider = bench.caldav("/proxy/dav/anna/desk/");
        CHECK(titles(bench.read(*provider)) == "2001");
        CHECK(titles(bench.read(*provider)) == "same");
        bench.server.remove("a.ics");
        CHECK(titles(bench.read(*provider)) == "");
        CHECK(bench.server.complaints == Lines{});
    }
}

TEST_CASE("without tokens a ctag saves the list") {
    Bench bench;
    bench.server.manner.sync = false;
    put(bench.server, "a.ics", "2001");
    auto provider = bench.caldav();
    CHECK(titles(bench.read(*provider)) == "2001");
    static_cast<void>(bench.server.lines());
    CHECK(titles(bench.read(*provider)) == "same");
    CHECK(bench.server.lines() == Lines{"PROPFIND " + desk + " 0"});
    put(bench.server, "b.ics", "2002");
    CHECK(titles(bench.read(*provider)) == "2001 2002");
    CHECK(bench.server.lines() == Lines{"PROPFIND " + desk + " 0", "PROPFIND " + desk + " 1", "REPORT " + desk + " 1"});
}

TEST_CASE("tokens that are told of, but refused, give way to lists") {
    Bench bench;
    put(bench.server, "a.ics", "2001");
    bench.server.fault({.part = "sync-collection", .times = 99, .response = {501, "text/plain", "no"}});
    auto provider = bench.caldav();
    CHECK(titles(bench.read(*provider)) == "2001");
    put(bench.server, "a.ics", "2002");
    static_cast<void>(bench.server.lines());
    CHECK(titles(bench.read(*provider)) == "2002");
    CHECK(count(bench.server.lines(), "REPORT " + desk + " 0") == 0);
}

TEST_CASE("what fails leaves what is known, and heals") {
    struct Row {
        const char* what;
        Fault fault;
        const char* category;
    };
    const std::string cut_xml = "<multistatus xmlns='DAV:'><response><href>/dav/anna/desk/x.ics</href>";
    const Row rows[] = {
        {"500", {.response = {500, "text/plain", "x"}}, "unavailable"},
        {"503", {.response = {503, "text/plain", "x"}}, "unavailable"},
        {"HTML", {.response = {200, "text/html", "<html><body>Log in</body></html>"}}, "protocol"},
        {"HTML as 207", {.response = {207, "text/xml", "<!DOCTYPE html><html/>"}}, "protocol"},
        {"cut XML", {.response = {207, "text/xml", cut_xml}}, "protocol"},
        {"cut answer", {.part = "sync-collection", .cut_at = 300}, "protocol"},
        {"cut texts", {.part = "calendar-multiget", .cut_at = 400}, "protocol"},
        {"other XML", {.response = {207, "text/xml", "<x/>"}}, "protocol"},
        {"empty", {.response = {207, "text/xml", ""}}, "protocol"},
        {"closed", {.times = 2, .close = true}, "network"},
        {"gone", {.response = {404, "text/plain", "x"}}, "not found"},
        {"nothing of what was asked",
         {.part = "calendar-multiget", .response = {207, "text/xml", "<multistatus xmlns='DAV:'/>"}},
         "protocol"},
        {"401 in the middle", {.response = {401, "text/plain", "x"}}, "unauthorised"},
        {"another server", {.response = {302, "text/plain", "x"}}, "forbidden"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Bench bench;
        put(bench.server, "a.ics", "2001");
        auto provider = bench.caldav();
        CHECK(titles(bench.read(*provider)) == "2001");
        put(bench.server, "b.ics", "2002");
        auto fault = row.fault;
        if (fault.response.status == 302) fault.response.headers.emplace_back("Location", "https://evil.example.net/");
        bench.server.fault(fault);
        const auto failed = bench.read(*provider);
        CHECK(category(failed) == row.category);
        if (!failed) CHECK(failed.error().text.ends_with('.'));
        if (has(row.what, "HTML")) CHECK(has(titles(failed), "web page"));
        CHECK(titles(bench.read(*provider)) == "2001 2002");
        CHECK(titles(bench.read(*provider)) == "same");
    }
}

TEST_CASE("a server that wants to be left alone is") {
    for (const int status : {429, 503}) {
        CAPTURE(status);
        Bench bench;
        put(bench.server, "a.ics", "2001");
        auto provider = bench.caldav();
        CHECK(titles(bench.read(*provider)) == "2001");
        Fault fault{.response = {status, "text/plain", "x"}};
        fault.response.headers.emplace_back("Retry-After", "1");
        bench.server.fault(fault);
        CHECK(category(bench.read(*provider)) == "throttled");
        const auto asked = bench.server.asked.size();
        CHECK(category(bench.read(*provider)) == "throttled");
        CHECK(bench.server.asked.size() == asked);
        const auto until = steady_now() + 5s;
        auto told = bench.read(*provider);
        while (!told && steady_now() < until) {
            static_cast<void>(bench.finish(sleep_for(20ms)));
            told = bench.read(*provider);
        }
        CHECK(titles(told) == "same");
        CHECK(bench.server.asked.size() == asked + 1);
    }
}

TEST_CASE("logins") {
    for (const std::string kind : {"basic", "digest"}) {
        CAPTURE(kind);
        Bench bench;
        bench.server.manner.login = kind;
        put(bench.server, "a.ics", "2001");
        auto provider = bench.caldav();
        CHECK(titles(bench.read(*provider)) == "2001");
        for (int i = 0; i < 5; ++i) // Digest: a nonce ends after three
            CHECK(titles(bench.read(*provider)) == "same");
        auto wrong = bench.options(desk);
        wrong.password = Secret("wrong");
        auto stranger = bench.caldav(wrong);
        const auto asked = bench.server.asked.size();
        const auto refused = bench.read(*stranger);
        CHECK(category(refused) == "unauthorised");
        CHECK(bench.server.asked.size() <= asked + 2);
        CHECK_FALSE(has(titles(refused), "wrong"));
        wrong.username.clear();
        wrong.password = {};
        auto nobody = bench.caldav(wrong);
        CHECK(has(titles(bench.read(*nobody)), "give username and password"));
    }
}

TEST_CASE("where Basic was refused, Digest is not tried") {
    Bench bench;
    bench.server.manner.login = "basic";
    Fault fault{.times = 9, .response = {401, "text/plain", "x"}};
    fault.response.headers.emplace_back("WWW-Authenticate", R"(Digest realm="x", nonce="y", qop="auth")");
    fault.response.headers.emplace_back("WWW-Authenticate", R"(Basic realm="x")");
    bench.server.fault(fault);
    auto provider = bench.caldav();
    CHECK(category(bench.read(*provider)) == "unauthorised");
    CHECK(bench.server.asked.size() == 1);
}

TEST_CASE("a password never goes in the clear where Digest is spoken, once that is known") {
    Bench bench;
    bench.server.manner.login = "digest";
    auto provider = bench.caldav();
    static_cast<void>(bench.read(*provider));
    for (std::size_t i = 1; i < bench.server.asked.size(); ++i)
        CHECK(bench.server.asked[i].authorization.starts_with("Digest "));
}

TEST_CASE("objects that cannot be read cost no others") {
    Bench bench;
    put(bench.server, "a.ics", "2001");
    bench.server.put("broken.ics", "BEGIN:VCARD\r\nEND:VCARD\r\n");
    bench.server.put("empty.ics", "");
    auto provider = bench.caldav();
    CHECK(titles(bench.read(*provider)) == "2001");
    CHECK(titles(bench.read(*provider)) == "same");
}

TEST_CASE("many objects are fetched in several requests") {
    Bench bench;
    for (int i = 0; i < 250; ++i)
        put(bench.server, fmt::format("{}.ics", i), "2001");
    auto provider = bench.caldav();
    auto told = bench.read(*provider);
    REQUIRE(told);
    CHECK((*told)->size() == 250);
    CHECK(count(bench.server.lines(), "REPORT " + desk + " 1") == 3);
    CHECK(bench.server.complaints == Lines{});
}

TEST_CASE("texts that are too long together are asked for in smaller numbers, one that is alone is left out") {
    Bench bench;
    const std::string filler = "DESCRIPTION:" + std::string(3 << 20, 'x') + "\r\n";
    for (int i = 0; i < 5; ++i)
        bench.server.put(fmt::format("{}.ics", i),
                         one_event(Event{.uid = std::to_string(i), .title = "2001", .more = filler}));
    bench.server.put("huge.ics", one_event(Event{.uid = "huge", .title = "2002", .more = filler + filler + filler}));
    put(bench.server, "small.ics", "2003");
    auto provider = bench.caldav();
    CHECK(titles(bench.read(*provider)) == "2001 2001 2001 2001 2001 2003");
    CHECK(titles(bench.read(*provider)) == "same");
}

TEST_CASE("a calendar that is too large is read around the window") {
    for (const bool sync : {true, false}) {
        CAPTURE(sync);
        Bench bench;
        bench.server.manner.sync = sync;
        for (int i = 0; i < 30; ++i)
            put(bench.server, fmt::format("old{}.ics", i), "2999", "20250303T090000Z", "20250303T100000Z");
        put(bench.server, "a.ics", "2001");
        put(bench.server, "edge.ics", "2002", "20260315T120000Z", "20260315T130000Z");
        put(bench.server, "may.ics", "2004", "20260503T090000Z", "20260503T100000Z");
        const auto options = bench.options(desk);
        const auto parts = bench.parts(options);
        const auto url = http::Url::parse(options.url.text);
        auto rules = calendars::rules_of(parts);
        REQUIRE(rules);
        auto peer = calendars::Peer::make(bench.loop, options, *url, 1 << 20);
        REQUIRE(peer);
        calendars::CalDav provider(*std::move(peer), *url, calendars::Objects(*rules, 20));
        CHECK(titles(bench.read(provider)) == "2001");
        CHECK(provider.way() == calendars::CalDav::Way::query);
        CHECK(provider.objects().size() == 2);
        CHECK(count(bench.server.lines(), "REPORT " + desk + " 1") == 2); // the old ones' texts were never asked for
        CHECK(titles(bench.read(provider)) == "same");
        put(bench.server, "a.ics", "2003");
        CHECK(titles(bench.read(provider)) == "2003");
        // An hour on the same list does; a month on it does not.
        static_cast<void>(bench.server.lines());
        CHECK(titles(bench.read(provider, {march.from + 1h, march.until + 1h})) == "2003");
        CHECK(bench.server.lines().size() == 1);
        CHECK(titles(bench.read(provider, {at("2026-05-01T00:00:00Z"), at("2026-05-10T00:00:00Z")})) == "2004");
        bench.server.remove("may.ics");
        for (int i = 0; i < 30; ++i)
            put(bench.server, fmt::format("new{}.ics", i), "2005");
        const auto refused = bench.read(provider);
        CHECK(category(refused) == "limit");
        CHECK(bench.server.complaints == Lines{});
    }
}

TEST_CASE("closing ends a reading") {
    Bench bench;
    auto provider = bench.caldav();
    provider->close();
    CHECK(category(bench.read(*provider)) == "cancelled");
}
