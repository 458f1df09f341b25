// What Google says, as values: pages, errors, key files, channels; and the assertion of a service account, letter by
// letter.
#include "here.hpp"

#include "adapters/calendars/google_login.hpp"
#include "fakes/graph/crypto.hpp"
#include "http/oauth.hpp"
#include "proto/google/channel.hpp"
#include "proto/google/error.hpp"
#include "proto/google/events.hpp"
#include "proto/google/key_file.hpp"

using namespace testing;
using google::Moment;

TEST_CASE("a page of events is read with what is there and without what is not") {
    auto page = google::read_events(
        R"json({"kind":"calendar#events","timeZone":"Europe/Amsterdam","nextSyncToken":"CPDA=","items":[
      {"id":"ev1_20260105T080000Z","recurringEventId":"ev1","status":"confirmed","summary":"2001","transparency":"transparent",
       "location":"desk","description":"<b>call</b>","visibility":"private","eventType":"default",
       "attendees":[{"email":"a@example.net","responseStatus":"declined"},{"self":true,"responseStatus":"declined"}],
       "start":{"dateTime":"2026-01-05T09:00:00+01:00","timeZone":"Europe/Amsterdam"},
       "end":{"dateTime":"2026-01-05T12:00:00+01:00","timeZone":"Europe/Amsterdam"}},
      {"id":"ev2","status":"tentative","summary":"0612345678","start":{"date":"2026-01-06"},"end":{"date":"2026-01-07"}},
      {"id":"ev3","status":"cancelled"},
      {"id":"ev4","start":{"dateTime":"2026-01-05T09:00:00","timeZone":"Asia/Tokyo"},"attendees":[{"responseStatus":"declined"}]},
      {"id":"ev5","start":{"date":"2026-01-06"},"eventType":"workingLocation","summary":7},
      {"id":"ev6","start":{"date":"2026-13-06"}},
      {"start":{"date":"2026-01-06"}}, 7, null]})json");
    REQUIRE(page);
    CHECK(page->zone == "Europe/Amsterdam");
    CHECK(page->next_sync == "CPDA=");
    CHECK(page->unreadable == 4);
    REQUIRE(page->events.size() == 5);
    const auto& one = page->events[0];
    CHECK(one.id == "ev1_20260105T080000Z");
    CHECK(one.summary == "2001");
    CHECK(one.description == "<b>call</b>");
    CHECK(one.location == "desk");
    CHECK(one.titled);
    CHECK(one.restricted);
    CHECK(one.transparent);
    CHECK(one.declined);
    CHECK(one.start.kind == Moment::Kind::instant);
    CHECK(one.start.at == at("2026-01-05T08:00:00Z"));
    CHECK(one.end.at == at("2026-01-05T11:00:00Z"));
    CHECK(page->events[1].start.kind == Moment::Kind::date);
    CHECK(page->events[1].end.local - page->events[1].start.local == 24h);
    CHECK(page->events[2].cancelled);
    CHECK(page->events[3].start.kind == Moment::Kind::floating);
    CHECK(page->events[3].start.zone == "Asia/Tokyo");
    CHECK(!page->events[3].titled);
    CHECK(!page->events[3].declined);
    CHECK(page->events[3].end.kind == Moment::Kind::none);
    CHECK(!page->events[4].appointment);
    CHECK(!page->events[4].titled);
}

TEST_CASE("what is no page of events is refused as a matter of protocol") {
    // clang-format off
    const char* bodies[] = {"", " ", "<!doctype html>", "[]", "7", "{\"items\":[{\"id\"", "{}", "{\"items\":{}}", "{\"error\":{\"code\":403}}",
                            "{\"items\":[\"\xff\"]}"};
    // clang-format on
    for (const char* body : bodies) {
        CAPTURE(body);
        auto page = google::read_events(body);
        REQUIRE(!page);
        CHECK(page.error().category == Category::protocol);
        CHECK(!page.error().text.empty());
    }
    std::string deep(200, '[');
    CHECK(!google::read_events("{\"items\":" + deep));
    auto empty = google::read_events(
        "\xef\xbb\xbf {\"kind\":\"calendar#events\",\"nextPageToken\":\"p\",\"nextSyncToken\":\"s\"}");
    REQUIRE(empty);
    CHECK(empty->next_page == "p");
    CHECK(empty->next_sync.empty()); // never both
    std::string many = "{\"items\":[7";
    for (std::size_t i = 0; i < google::page_events_max; ++i)
        many += ",7";
    auto much = google::read_events(many + "]}");
    REQUIRE(!much);
    CHECK(much.error().category == Category::limit);
}

TEST_CASE("errors are read in all their shapes") {
    struct Row {
        const char* body;
        const char* reason;
        const char* message;
        bool fewer;
    };
    // clang-format off
    const Row rows[] = {
        {R"({"error":{"errors":[{"domain":"usageLimits","reason":"userRateLimitExceeded","message":"Slow"}],"code":403,"message":"Slow"}})", "userRateLimitExceeded", "Slow", true},
        {R"({"error":{"code":403,"message":"No","status":"PERMISSION_DENIED","details":[{},{"reason":"RATE_LIMIT_EXCEEDED"}]}})", "RATE_LIMIT_EXCEEDED", "No", true},
        {R"({"error":{"code":403,"message":"No","status":"PERMISSION_DENIED"}})", "PERMISSION_DENIED", "No", false},
        {R"({"error":"invalid_grant","error_description":"Bad Request"})", "invalid_grant", "Bad Request", false},
        {R"({"error":{}})", "", "", false},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.body);
        auto told = google::read_error(row.body);
        REQUIRE(told);
        CHECK(told->reason == row.reason);
        CHECK(told->message == row.message);
        CHECK(google::asks_for_fewer(told->reason) == row.fewer);
    }
    CHECK(!google::read_error("<html>"));
    CHECK(!google::read_error("{\"items\":[]}"));
}

TEST_CASE("key files of service accounts say what is missing") {
    CHECK(has(google::read_key_file("{").error().text, "no JSON"));
    CHECK(has(google::read_key_file(R"({"installed":{}})").error().text, "not of a service account"));
    CHECK(
        has(google::read_key_file(R"({"type":"service_account","private_key":"k","private_key_id":"i"})").error().text,
            "client_email"));
    auto good = google::read_key_file(
        R"({"type":"service_account","client_email":"a@b","private_key":"k","private_key_id":"i","token_uri":"https://evil.example"})");
    REQUIRE(good);
    CHECK(good->client_email == "a@b");
    CHECK(good->private_key.reveal() == "k");
}

TEST_CASE("channels are asked for and read, numbers as texts included") {
    CHECK(google::write_watch(
              {.id = "c1", .address = "https://l.example/hooks/google", .token = "t", .expires = Wall(5ms)}) ==
          R"({"id":"c1","type":"web_hook","address":"https://l.example/hooks/google","token":"t","expiration":5})");
    CHECK(google::write_stop("c1", "r\"1") == R"({"id":"c1","resourceId":"r\"1"})");
    auto channel = google::read_channel(R"({"id":"c1","resourceId":"r","expiration":"1767225600000"})");
    REQUIRE(channel);
    CHECK(channel->expires == at("2026-01-01T00:00:00Z"));
    CHECK(!google::read_channel(R"({"id":"c1"})"));
    CHECK(*google::read_calendar_id(R"({"id":"anna@example.net"})") == "anna@example.net");
    CHECK(!google::read_calendar_id("{}"));
}

TEST_CASE("the assertion of a service account is that of cloud-apis.md F1") {
    auto key = http::SigningKey::parse(Secret(sim::graph::crypto::Key::generate().private_pem()));
    REQUIRE(key);
    http::TokenOptions login;
    login.token_url = "https://oauth2.googleapis.com/token";
    login.grant = http::JwtBearer{.issuer = "sa@proj.iam.gserviceaccount.com",
                                  .subject = "anna@example.com",
                                  .scope = std::string(calendars::google_scope),
                                  .key = *key,
                                  .key_id = "k1"};
    auto request = http::token_request(login, Wall(1'767'225'620s)); // iat is dated back by twenty seconds
    REQUIRE(request);
    const std::string begins = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    REQUIRE(request->form.starts_with(begins));
    CHECK(request->form.substr(begins.size(), request->form.rfind('.') - begins.size()) ==
          "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0."
          "eyJpc3MiOiJzYUBwcm9qLmlhbS5nc2VydmljZWFjY291bnQuY29tIiwic3ViIjoiYW5uYUBleGFtcGxlLmNvbSIsInNjb3BlIjoiaHR0cHM6"
          "Ly93d3cuZ29vZ2xlYXBpcy5jb20vYXV0aC9jYWxlbmRhci5yZWFkb25seSIsImF1ZCI6Imh0dHBzOi8vb2F1dGgyLmdvb2dsZWFwaXMuY29t"
          "L3Rva2VuIiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjE3NjcyMjkyMDB9");
}
