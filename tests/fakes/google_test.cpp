// The fake Google against a raw client: what it refuses, listings and their changes, pages, notifications. Nothing here
// knows the daemon; what a line says is what cloud-apis.md F says.
#include "raw_client.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace json = boost::json;

namespace {

const std::string as_form = "Content-Type: application/x-www-form-urlencoded\r\n";
const std::string as_json = "Content-Type: application/json\r\n";
const std::string anna = "anna@example.net";
const std::string events = "/calendar/v3/calendars/primary/events";

struct Setup {
    Setup() : world(options()) {
        world.start();
        const json::object line = world.announcement();
        url = text(line.at("google_login"));
        client = "&client_id=" + text(line.at("google_client_id")) +
                 "&client_secret=" + text(line.at("google_client_secret"));
        refresh = text(command("google/token", {{"issue", anna}}).at("refresh_token"));
        auth =
            "Bearer " + text(object_of(form("grant_type=refresh_token&refresh_token=" + encoded(refresh) + client).body)
                                 .at("access_token"));
    }
    static sim::Options options() {
        sim::Options o;
        o.people = 2;
        return o;
    }
    static std::string text(const json::value& value) { return std::string(value.as_string()); }
    static std::string encoded(const std::string& plain) {
        std::string out;
        for (const char c : plain)
            out += c == '/' ? std::string("%2F") : c == '=' ? std::string("%3D") : std::string(1, c);
        return out;
    }
    static json::object object_of(const std::string& body) {
        boost::system::error_code failed;
        const json::value value = json::parse(body, failed);
        REQUIRE_MESSAGE((!failed && value.is_object()), body);
        return value.as_object();
    }
    json::object command(std::string_view name, json::object arguments = {}) {
        const auto answer = world.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : answer.error()));
        return answer->as_object();
    }
    raw::Answer form(const std::string& body, const std::string& path = "/token") {
        return raw::ask(url, "POST", path, body, {}, as_form);
    }
    raw::Answer get(const std::string& target) { return raw::ask(url, "GET", target, {}, auth); }
    raw::Answer post(const std::string& target, const std::string& body) {
        return raw::ask(url, "POST", target, body, auth, as_json);
    }
    std::string reason(const raw::Answer& answer) {
        return text(object_of(answer.body).at("error").at("errors").at(0).at("reason"));
    }
    std::string add(const std::string& start, const std::string& end, json::object more = {}) {
        json::object all{{"calendar", anna}, {"start", start}, {"end", end}};
        for (const auto& [key, value] : more)
            all[key] = value;
        return text(command("google/add", all).at("id"));
    }
    std::set<std::string> ids(const json::object& page) {
        std::set<std::string> found;
        for (const auto& item : page.at("items").as_array())
            found.insert(text(item.at("id")));
        return found;
    }

    sim::World world;
    std::string url, client, refresh, auth;
};

} // namespace

TEST_CASE("the fake Google's login refuses what the real one refuses") {
    Setup s;
    struct Row {
        std::string body;
        int status;
        std::string error;
    };
    const std::string known = "&refresh_token=" + Setup::encoded(s.refresh);
    const Row rows[] = {
        {"grant_type=password" + s.client, 400, "unsupported_grant_type"},
        {"grant_type=refresh_token&refresh_token=1" + s.client, 400, "invalid_grant"},
        {"grant_type=refresh_token&client_id=x&client_secret=y" + known, 401, "invalid_client"},
        {"grant_type=authorization_code&code=1" + s.client, 400, "invalid_grant"},
        {"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c", 400, "invalid_grant"},
        {"grant_type=refresh_token" + known + s.client, 200, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.body);
        const auto answer = s.form(row.body);
        CHECK(answer.status == row.status);
        if (!row.error.empty()) CHECK(Setup::text(Setup::object_of(answer.body).at("error")) == row.error);
    }
    CHECK(s.form("token=" + Setup::encoded(s.refresh), "/revoke").status == 200);
    CHECK(s.form("token=" + Setup::encoded(s.refresh), "/revoke").status == 400);
    CHECK(s.form("grant_type=refresh_token" + known + s.client).status == 400);
    CHECK(s.get(events).status == 401); // its access tokens end with it
}

TEST_CASE("the fake Google's lists refuse what the real ones refuse") {
    Setup s;
    struct Row {
        std::string target;
        int status;
        std::string reason;
    };
    const Row rows[] = {
        {events + "?maxResults=0", 400, "invalidParameter"},
        {events + "?maxResults=2501", 400, "invalidParameter"},
        {events + "?orderBy=startTime", 400, "badRequest"},
        {events + "?timeMin=2026-01-05T09:00:00", 400, "badRequest"},
        {events + "?timeMin=2026-01-06T00:00:00Z&timeMax=2026-01-05T00:00:00Z", 400, "timeRangeEmpty"},
        {events + "?nonsense=1", 400, "badRequest"},
        {events + "?syncToken=x&timeMin=2026-01-05T00:00:00Z", 400, "syncTokenWithRequestRestrictions"},
        {events + "?syncToken=x&orderBy=startTime&singleEvents=true", 400, "syncTokenWithRequestRestrictions"},
        {events + "?syncToken=x", 410, "fullSyncRequired"},
        {events + "?pageToken=x", 400, "invalid"},
        {"/calendar/v3/calendars/bert%40example.net/events", 404, "notFound"},
        {"/calendar/v3/calendars/nobody%40elsewhere.example/events", 404, "notFound"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.target);
        const auto answer = s.get(row.target);
        CHECK(answer.status == row.status);
        CHECK(s.reason(answer) == row.reason);
    }
    CHECK(s.reason(raw::ask(s.url, "GET", events, {}, "Bearer guessed")) == "authError");
}

TEST_CASE("the fake Google tests for overlap, writes times in the calendar's zone and hides what is private") {
    Setup s;
    s.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"id", "before"}, {"summary", "2001"}});
    s.add("2026-01-05T08:30:00Z", "2026-01-05T09:30:00Z", {{"id", "over"}, {"summary", "2002"}});
    s.add("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z",
          {{"id", "after"}, {"visibility", "private"}, {"summary", "2003"}});
    s.add("2026-01-05", "2026-01-06", {{"id", "day"}});
    const auto page = Setup::object_of(s.get(events + "?singleEvents=true&timeMin=2026-01-05T09:00:00Z"
                                                      "&timeMax=2026-01-05T10:00:00Z")
                                           .body);
    CHECK(s.ids(page) == std::set<std::string>{"over", "day"});
    const auto& item = page.at("items").at(0);
    CHECK(Setup::text(item.at("start").at("dateTime")) == "2026-01-05T09:30:00+01:00");
    CHECK(Setup::text(page.at("items").at(1).at("end").at("date")) == "2026-01-06");

    s.command("google/calendar", {{"calendar", anna}, {"share", "bert@example.net"}});
    const auto refresh = Setup::text(s.command("google/token", {{"issue", "bert@example.net"}}).at("refresh_token"));
    const auto token =
        Setup::object_of(s.form("grant_type=refresh_token&refresh_token=" + Setup::encoded(refresh) + s.client).body);
    s.auth = "Bearer " + Setup::text(token.at("access_token"));
    const auto seen = Setup::object_of(s.get("/calendar/v3/calendars/anna%40example.net/events").body);
    for (const auto& one : seen.at("items").as_array())
        CHECK(one.as_object().contains("summary") ==
              (Setup::text(one.at("id")) != "after" && Setup::text(one.at("id")) != "day"));
}

TEST_CASE("the fake Google's pages and sync tokens give everything once, and removed ones as stubs") {
    Setup s;
    for (int i = 0; i < 7; ++i)
        s.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"summary", "2001"}});
    s.add("2026-01-05T12:00:00Z", "2026-01-05T13:00:00Z", {{"id", "series"}, {"every", "day"}, {"count", 3}});
    s.command("google/settings", {{"empty_pages", true}});
    std::set<std::string> seen;
    std::string page_token, sync_token;
    int pages = 0;
    for (;; ++pages) {
        REQUIRE(pages < 20);
        const auto page = Setup::object_of(s.get(events + "?singleEvents=true&maxResults=3" +
                                                 (page_token.empty() ? "" : "&pageToken=" + Setup::encoded(page_token)))
                                               .body);
        for (const auto& id : s.ids(page))
            CHECK(seen.insert(id).second);
        CHECK(page.contains("nextPageToken") != page.contains("nextSyncToken"));
        if (!page.contains("nextPageToken")) {
            sync_token = Setup::text(page.at("nextSyncToken"));
            break;
        }
        page_token = Setup::text(page.at("nextPageToken"));
    }
    CHECK(pages == 7); // four full ones, an empty one before each
    CHECK(seen.size() == 10);
    CHECK(seen.contains("series_20260106T120000Z"));

    s.command("google/settings", {{"empty_pages", false}});
    s.command("google/remove", {{"calendar", anna}, {"id", "ev2"}});
    s.command("google/remove", {{"calendar", anna}, {"id", "series_20260106T120000Z"}});
    s.command("google/change", {{"calendar", anna}, {"id", "ev3"}, {"summary", "2009"}});
    const auto changes =
        Setup::object_of(s.get(events + "?singleEvents=true&syncToken=" + Setup::encoded(sync_token)).body);
    CHECK(s.ids(changes) == std::set<std::string>{"ev2", "ev3", "series_20260106T120000Z"});
    CHECK(changes.at("items").at(0).as_object().size() == 2);                        // id and status, no more
    CHECK(s.get(events + "?syncToken=" + Setup::encoded(sync_token)).status == 400); // other parameters
    s.command("google/expire_tokens");
    CHECK(s.get(events + "?singleEvents=true&syncToken=" + Setup::encoded(sync_token)).status == 410);
}

TEST_CASE("the fake Google's watch channels are strict") {
    Setup s;
    const std::string watch = events + "/watch";
    const std::string good =
        R"({"id":"one","type":"web_hook","address":"http://127.0.0.1:1/hooks/google","token":"t"})";
    const auto opened = Setup::object_of(s.post(watch, good).body);
    CHECK(opened.at("expiration").is_string());
    CHECK(s.reason(s.post(watch, good)) == "channelIdNotUnique");
    CHECK(s.post(watch, R"({"id":"two","type":"web_hook","address":"http://example.net/"})").status == 400);
    CHECK(s.post(watch, R"({"id":"t w o","type":"web_hook","address":"https://example.net/"})").status == 400);
    const std::string stop = "/calendar/v3/channels/stop";
    CHECK(s.post(stop, R"({"id":"one","resourceId":"other"})").status == 404);
    CHECK(s.post(stop, R"({"id":"one","resourceId":")" + Setup::text(opened.at("resourceId")) + "\"}").status == 204);
}
