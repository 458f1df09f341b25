// Our presence session, set and cleared, alone and by twenty; and what the service says when it refuses
// (cloud-apis.md A1, A4, A8, A9).
#include "here.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/graph/error.hpp"
#include "proto/graph/session.hpp"
#include "proto/graph/write.hpp"

using namespace lamp;
using namespace lamp::graph;

namespace {

constexpr std::string_view client = "0f0e0d0c-0b0a-0908-0706-050403020100";
constexpr Pair in_a_call{Word::busy, Word::in_a_call};

Guid user(unsigned number) {
    return *parse_guid(fmt::format("{:08x}-0000-0000-0000-000000000000", number));
}

std::string told(const BatchAnswer& answer) {
    auto line = fmt::format("{}:{}", answer.index, answer.status);
    if (answer.retry_after) line += fmt::format(" wait {}", answer.retry_after->count());
    if (!answer.retry_after_date.empty()) line += fmt::format(" wait until {}", answer.retry_after_date);
    if (answer.error)
        line += fmt::format(" {}/{}/{}", answer.error->code, answer.error->message, answer.error->request_id);
    return line;
}

std::string told(const std::vector<BatchAnswer>& answers) {
    std::string line;
    for (const auto& answer : answers)
        line += (line.empty() ? "" : " | ") + told(answer);
    return line;
}

} // namespace

TEST_CASE("a session is set for five minutes to four hours") {
    struct Row {
        Pair pair;
        unsigned minutes;
        std::string_view body;
    };
    const Row rows[] = {
        {in_a_call, 15, R"({"sessionId":"s","availability":"Busy","activity":"InACall","expirationDuration":"PT15M"})"},
        {{Word::do_not_disturb, Word::presenting},
         240,
         R"({"sessionId":"s","availability":"DoNotDisturb","activity":"Presenting","expirationDuration":"PT240M"})"},
        {in_a_call, 0, R"({"sessionId":"s","availability":"Busy","activity":"InACall","expirationDuration":"PT5M"})"},
        {in_a_call, 4, R"({"sessionId":"s","availability":"Busy","activity":"InACall","expirationDuration":"PT5M"})"},
        {in_a_call, 241,
         R"({"sessionId":"s","availability":"Busy","activity":"InACall","expirationDuration":"PT240M"})"},
        {in_a_call, 4'000'000'000,
         R"({"sessionId":"s","availability":"Busy","activity":"InACall","expirationDuration":"PT240M"})"},
    };
    for (const Row& row : rows) {
        std::string body = "kept ";
        append_set_presence(body, "s", row.pair, row.minutes);
        CHECK(body == "kept " + std::string(row.body));
    }
    std::string body;
    append_clear_presence(body, client);
    CHECK(body == R"({"sessionId":"0f0e0d0c-0b0a-0908-0706-050403020100"})");
    CHECK(set_presence_target(user(1)) == "/v1.0/users/00000001-0000-0000-0000-000000000000/presence/setPresence");
    CHECK(clear_presence_target(user(1)) == "/v1.0/users/00000001-0000-0000-0000-000000000000/presence/clearPresence");
}

TEST_CASE("five pairs may be set, no other of all") {
    std::string allowed;
    for (unsigned packed = 0; packed < 1024; ++packed) {
        auto pair = Pair::unpack(packed);
        if (pair.pack() == packed && settable(pair))
            allowed += fmt::format("{}/{} ", text(pair.availability), text(pair.activity));
    }
    CHECK(allowed == "Available/Available Away/Away Busy/InACall Busy/InAConferenceCall DoNotDisturb/Presenting ");
}

TEST_CASE("texts are escaped") {
    struct Row {
        std::string_view text;
        std::string_view quoted;
    };
    const Row rows[] = {
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"a\"b\\c/d", R"("a\"b\\c/d")"},
        {"\"", R"("\"")"},
        {"line\nbreak\ttab\x1f\x7f", "\"line\\u000abreak\\u0009tab\\u001f\x7f\""},
        {"Zo\xc3\xab \xf0\x9f\x93\x9e", "\"Zo\xc3\xab \xf0\x9f\x93\x9e\""},
        {std::string_view("a\0b", 3), R"("a\u0000b")"},
    };
    for (const Row& row : rows) {
        std::string out = ">";
        append_quoted(out, row.text);
        CHECK(out == ">" + std::string(row.quoted));
    }
}

TEST_CASE("a batch of two, and of more than twenty") {
    std::string body;
    const SessionWish two[] = {{user(1), in_a_call, 15}, {user(0xab), std::nullopt}};
    CHECK(append_batch(body, "s", two) == 2);
    CHECK(body == R"({"requests":[{"id":"0","method":"POST",)"
                  R"("url":"/users/00000001-0000-0000-0000-000000000000/presence/setPresence",)"
                  R"("headers":{"Content-Type":"application/json"},"body":)"
                  R"({"sessionId":"s","availability":"Busy","activity":"InACall","expirationDuration":"PT15M"}},)"
                  R"({"id":"1","method":"POST",)"
                  R"("url":"/users/000000ab-0000-0000-0000-000000000000/presence/clearPresence",)"
                  R"("headers":{"Content-Type":"application/json"},"body":{"sessionId":"s"}}]})");

    std::vector<SessionWish> many(25, {user(1), in_a_call});
    body.clear();
    CHECK(append_batch(body, "s", many) == batch_max);
    CHECK(body.contains(R"("id":"19")"));
    CHECK_FALSE(body.contains(R"("id":"20")"));
    body.clear();
    CHECK(append_batch(body, "s", {}) == 0);
    CHECK(body == R"({"requests":[]})");
}

TEST_CASE("the answers of a batch") {
    struct Row {
        std::string_view what;
        std::string_view body;
        std::string_view told;
    };
    const Row rows[] = {
        {"one", R"({"responses":[{"id":"0","status":200,"headers":{},"body":null}]})", "0:200"},
        {"unordered", R"({"responses":[{"id":"2","status":200},{"status":404,"id":"0"},{"id":"1","status":204}]})",
         "2:200 | 0:404 | 1:204"},
        {"throttled, seconds",
         R"({"responses":[{"id":"3","status":429,"headers":{"Retry-After":"12","Content-Type":"application/json"},)"
         R"("body":{"error":{"code":"TooManyRequests","message":"slow","innerError":{"request-id":"r1"}}}}]})",
         "3:429 wait 12 TooManyRequests/slow/r1"},
        {"throttled, a number", R"({"responses":[{"id":"3","status":429,"headers":{"retry-after":12}}]})",
         "3:429 wait 12"},
        {"throttled, a date",
         R"({"responses":[{"id":"3","status":503,"headers":{"Retry-After":"Mon, 05 Jan 2026 08:00:00 GMT"}}]})",
         "3:503 wait until Mon, 05 Jan 2026 08:00:00 GMT"},
        {"throttled, for ever and for less than nothing",
         R"({"responses":[{"id":"3","status":429,"headers":{"Retry-After":"999999999999"}},)"
         R"({"id":"4","status":429,"headers":{"Retry-After":-5}}]})",
         "3:429 wait 86400 | 4:429 wait 0"},
        {"an empty code, the id in a header",
         R"({"responses":[{"id":"1","status":403,"headers":{"request-id":"h1"},"body":{"error":{"code":"",)"
         R"("message":"no"}}}]})",
         "1:403 /no/h1"},
        {"headers behind the body, lower-case inner error",
         R"({"responses":[{"body":{"error":{"innererror":{"request-id":"r2"},"message":"m","code":"c"}},"status":400,)"
         R"("id":"1","headers":{"Request-Id":"h2"}}]})",
         "1:400 c/m/r2"},
        {"a body in base64", R"({"responses":[{"id":"1","status":500,"body":"eyJ4IjoxfQ=="}]})", "1:500"},
        {"an error that is a text", R"({"responses":[{"id":"1","status":500,"body":{"error":"oops"}}]})", "1:500"},
        {"ids and states as other kinds", R"({"responses":[{"id":5,"status":"200"}]})", "5:200"},
        {"nothing leaks into the next",
         R"({"responses":[{"id":"1","status":429,"headers":{"Retry-After":"9","request-id":"h"},)"
         R"("body":{"error":{"code":"c"}}},{"id":"2","status":200},{"id":"3","status":400,"body":{"error":{}}}]})",
         "1:429 wait 9 c//h | 2:200 | 3:400 //"},
        {"twice: the first", R"({"responses":[{"id":"1","status":200},{"id":"1","status":429}]})", "1:200"},
        {"no wish of ours",
         R"({"responses":[{"id":"20","status":200},{"id":"-1","status":200},{"id":"a","status":200},{"status":200},)"
         R"({"id":-1,"status":200},{"id":"1 ","status":200}]})",
         ""},
        {"no status",
         R"({"responses":[{"id":"1"},{"id":"2","status":"x"},{"id":"3","status":-200},{"id":"4","status":1e9}]})", ""},
        {"items that are no objects", R"({"responses":[null,7,[],{"id":"1","status":200}]})", "1:200"},
        {"none", R"({"responses":[]})", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto answers = read_batch(row.body);
        REQUIRE_MESSAGE(answers.has_value(), answers.error().text);
        CHECK(told(*answers) == row.told);
    }
    for (std::string_view body : {"", "{}", "[]", R"({"responses":{}})", R"({"responses":null})",
                                  R"({"error":{"code":"x"}})", R"({"responses":[{"id":"1","status":200})"}) {
        CAPTURE(body);
        auto answers = read_batch(body);
        REQUIRE_FALSE(answers.has_value());
        CHECK(answers.error().category == Category::protocol);
    }
}

TEST_CASE("what the service says when it refuses") {
    struct Row {
        std::string_view what;
        std::string_view body;
        std::optional<ErrorBody> error;
    };
    const Row rows[] = {
        {"as documented",
         R"({"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges",)"
         R"("innerError":{"date":"2026-01-05T08:00:00","request-id":"r1","client-request-id":"c1"}}})",
         ErrorBody{"Authorization_RequestDenied", "Insufficient privileges", "r1"}},
        {"an empty code", R"({"error":{"code":"","message":"Forbidden"}})", ErrorBody{"", "Forbidden", ""}},
        {"a null code", R"({"error":{"code":null,"message":null,"innerError":null}})", ErrorBody{}},
        {"nothing in it", R"({"error":{}})", ErrorBody{}},
        {"other members and order",
         R"({"x":[{"error":{"code":"inner"}}],"error":{"innererror":{"request-id":"r2"},"details":[{"code":"d"}],)"
         R"("message":"m","code":"c"}})",
         ErrorBody{"c", "m", "r2"}},
        {"the login's",
         R"({"error":"invalid_client","error_description":"AADSTS7000215: wrong","error_codes":[7000215],)"
         R"("trace_id":"t1","correlation_id":"k"})",
         ErrorBody{"invalid_client", "AADSTS7000215: wrong", "t1"}},
        {"the login's, alone", R"({"error":"temporarily_unavailable"})", ErrorBody{"temporarily_unavailable", "", ""}},
        {"an answer", R"({"value":[]})", std::nullopt},
        {"null", R"({"error":null})", std::nullopt},
        {"a list", R"({"error":[]})", std::nullopt},
        {"a message without an error", R"({"code":"c","message":"m"})", std::nullopt},
        {"nothing", "", std::nullopt},
        {"a page for people", "<html>502</html>", std::nullopt},
        {"cut", R"({"error":{"code":"c","message":"m"})", std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK((read_error(row.body) == row.error));
    }
}
