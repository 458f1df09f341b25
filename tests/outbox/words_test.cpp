// What is decided without a queue: who wants what, keys, signatures, what an answer means, when a digest is due.
#include <doctest/doctest.h>

#include "events.hpp"
#include "outbox/digest_time.hpp"
#include "outbox/selector.hpp"
#include "outbox/signature.hpp"
#include "outbox/verdict.hpp"

using namespace testing;
using namespace lamp::outbox;
using calls::Happening;

TEST_CASE("who wants what") {
    struct Row {
        std::vector<std::string> events;
        std::vector<std::string> persons;
        std::string folder;
        std::string event, type, person;
        bool wanted;
    };
    const Row rows[] = {
        // events              persons                folder   event            type          person wanted
        {{"call"}, {}, "", "call.ringing", "call", "alice@example.net", true},
        {{"call"}, {}, "", "call.missed", "missed", "alice@example.net", false},
        {{"missed"}, {}, "", "call.missed", "missed", "alice@example.net", true},
        {{"call.missed"}, {}, "", "call.missed", "missed", "alice@example.net", true},
        {{"call.ended"}, {}, "", "call.ringing", "call", "alice@example.net", false},
        {{"call", "missed"}, {}, "", "presence", "presence", "alice@example.net", false},
        {{"presence"}, {}, "", "presence", "presence", "alice@example.net", true},
        {{"forwarding"}, {}, "", "forwarding", "forwarding", "", true},
        {{"call"}, {"bob@example.net"}, "", "call.ringing", "call", "alice@example.net", false},
        {{"call"}, {"bob@example.net"}, "", "call.ringing", "call", "bob@example.net", true},
        {{"call"}, {"bob@example.net"}, "", "call.ringing", "call", "", false},
        {{"call"}, {}, "Sales", "call.ringing", "call", "alice@example.net", true},
        {{"call"}, {}, "Sales", "call.ringing", "call", "bob@example.net", true},
        {{"call"}, {}, "Sales", "call.ringing", "call", "carol@example.net", false},
        {{"call"}, {}, "Sales", "call.ringing", "call", "nobody", false},
        {{"call"}, {"bob@example.net"}, "Sales", "call.ringing", "call", "alice@example.net", false},
    };
    auto everybody = people();
    for (const Row& row : rows) {
        CAPTURE(row.event);
        CAPTURE(row.person);
        CAPTURE(row.folder);
        WebhookOptions webhook{.events = row.events, .persons = row.persons, .folder = row.folder};
        CHECK(wants(webhook, row.event, row.type, row.person, everybody.get()) == row.wanted);
    }
    WebhookOptions sales{.folder = "Sales"};
    CHECK_FALSE(wants(sales, "call.ringing", "call", "alice@example.net", nullptr));
    CHECK(is_selector("call.dialling"));
    CHECK(is_selector("call.missed"));
    CHECK_FALSE(is_selector("call.rang"));
    CHECK_FALSE(is_selector(""));
}

TEST_CASE("a signature is that of the time and the body") {
    // printf '1764158400.{"a":1}' | openssl dgst -sha256 -hmac 'Tiny secret'
    CHECK(signature(Secret("Tiny secret"), Wall(1764158400s) + 999ms, R"({"a":1})") ==
          "t=1764158400,v1=f7b5cdf5a51c86c8d4c74c15b4de693a940e641c95b91bd7a48f2ee7432c13fc");
}

TEST_CASE("a key depends on what happened, not on when it was heard") {
    auto event = event_of(Happening::ringing);
    auto key = key_of("crm", event);
    CHECK(key.size() == 32);
    auto later = event;
    later.at += 5s;
    later.call.remote_name = "somebody";
    CHECK(key_of("crm", later) == key);
    CHECK(key_of("other", event) != key);
    for (auto change : {+[](calls::CallEvent& one) { one.what = Happening::ended; },
                        +[](calls::CallEvent& one) { one.call.id += "0"; },
                        +[](calls::CallEvent& one) { one.call.person = "bob@example.net"; },
                        +[](calls::CallEvent& one) { one.call.started += 1ms; }}) {
        auto other = event;
        change(other);
        CHECK(key_of("crm", other) != key);
    }
    // Held twice: two events.
    auto held = event_of(Happening::held);
    auto again = held;
    again.at += 1ms;
    CHECK(key_of("crm", held) != key_of("crm", again));

    Notice notice{"presence", "alice@example.net", noon, "{}", "12"};
    auto same = notice;
    same.at += 1s;
    CHECK(key_of("crm", notice) == key_of("crm", same));
    same.distinction = "13";
    CHECK(key_of("crm", notice) != key_of("crm", same));
    CHECK(key_of({"ab", "c"}) != key_of({"a", "bc"}));
}

TEST_CASE("what an answer means") {
    using enum Verdict::Kind;
    struct Row {
        int status;
        http::Headers headers;
        std::string body;
        Verdict::Kind kind;
        std::optional<milliseconds> after;
    };
    const Row rows[] = {
        {200, {}, "", delivered, {}},
        {202, {}, "", delivered, {}},
        {204, {}, "", delivered, {}},
        {200, {{"Content-Type", "text/html"}}, "<html>", delivered, {}},
        {301, {{"Location", "https://elsewhere.example.net/"}}, "", refused, {}},
        {302, {{"Location", "http://169.254.169.254/"}}, "", refused, {}},
        {304, {}, "", refused, {}},
        {400, {}, "", refused, {}},
        {401, {}, "", refused, {}},
        {404, {}, "", refused, {}},
        {408, {}, "", retry, {}},
        {409, {}, "", refused, {}},
        {410, {}, "", gone, {}},
        {413, {}, "", refused, {}},
        {425, {}, "", retry, {}},
        {429, {}, "", retry, {}},
        {429, {{"Retry-After", "7"}}, "", retry, 7s},
        {429, {{"Retry-After", "99999"}}, "", retry, 1h},
        {429, {{"Retry-After", "Thu, 26 Nov 2026 12:00:30 GMT"}}, "", retry, 30s},
        {429, {{"Retry-After", "soon"}}, "", retry, {}},
        {500, {}, "", retry, {}},
        {503, {{"Retry-After", "1"}}, "", retry, 1s},
        {599, {}, "", retry, {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status);
        http::Answer answer;
        answer.status = row.status;
        answer.headers = row.headers;
        answer.body = row.body;
        auto verdict = verdict_of(answer, noon);
        CHECK(verdict.kind == row.kind);
        CHECK(verdict.after == row.after);
        CHECK(verdict.reason.empty() == (row.kind == delivered));
    }
    CHECK(verdict_of(fail(Category::timeout, "It was silent."), noon) ==
          Verdict{retry, std::nullopt, "It was silent."});
    CHECK(verdict_of(fail(Category::forbidden, "Inwards."), noon).kind == retry);
    CHECK(verdict_of_mail(421, "later").kind == retry);
    CHECK(verdict_of_mail(450, "later").kind == retry);
    CHECK(verdict_of_mail(535, "login").kind == retry);
    CHECK(verdict_of_mail(550, "nobody").kind == refused);
    CHECK(verdict_of_mail(0, "silence").kind == retry);
}

TEST_CASE("when a digest is due") {
    auto zone = Zone::of("Test", 3600s, {{std::chrono::sys_days(std::chrono::year(2026) / 11 / 27), 7200s}});
    auto at = [](const char* time) { return *parse_rfc3339(time); };
    auto times = digest_times(1080min, at("2026-11-26T16:59:59.999Z"), zone);
    CHECK(times == DigestTimes{at("2026-11-25T17:00:00Z"), at("2026-11-26T17:00:00Z")});
    times = digest_times(1080min, at("2026-11-26T17:00:00Z"), zone);
    CHECK(times == DigestTimes{at("2026-11-26T17:00:00Z"), at("2026-11-27T16:00:00Z")}); // the clocks change that night
}
