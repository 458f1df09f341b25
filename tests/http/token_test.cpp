// What a token endpoint's answer means, as a table, and one token's life, stepped.
#include <doctest/doctest.h>

#include "http/token_answer.hpp"
#include "http/token_keeper.hpp"

using namespace lamp;
using namespace lamp::http;
using namespace std::chrono_literals;

namespace {

Answer answer(int status, std::string body, Headers headers = {}) {
    Answer out;
    out.status = status;
    out.headers = std::move(headers);
    out.body = std::move(body);
    return out;
}

GrantedToken granted(const std::string& token, seconds life) {
    return {.access_token = Secret(token), .life = life, .refresh_token = {}};
}

TokenFailure failure(Category category, Patience patience) {
    return {.error = Error(category, std::string(name(category))), .patience = patience};
}

using Step = TokenKeeper::Step;

} // namespace

TEST_CASE("refusals and what comes of them") {
    constexpr auto brief = Patience::brief;
    constexpr auto long_ = Patience::long_;
    struct Row {
        int status;
        std::string body;
        Category category;
        Patience patience;
        std::string sentence;
    };
    // clang-format off
    const Row rows[] = {
        // the standard's words
        {401, R"({"error":"invalid_client"})",           Category::unauthorised, long_, "login.test gives no token: invalid_client."},
        {400, R"({"error":"invalid_grant"})",            Category::unauthorised, long_, "login.test gives no token: invalid_grant."},
        {400, R"({"error":"unauthorized_client"})",      Category::unauthorised, long_, "login.test gives no token: unauthorized_client."},
        {400, R"({"error":"invalid_scope"})",            Category::invalid,      long_, "login.test gives no token: invalid_scope."},
        {400, R"({"error":"invalid_request"})",          Category::invalid,      long_, "login.test gives no token: invalid_request."},
        {400, R"({"error":"temporarily_unavailable"})",  Category::unavailable,  brief, "login.test gives no token: temporarily_unavailable."},
        {503, R"({"error":"invalid_client"})",           Category::unavailable,  brief, "login.test gives no token: invalid_client."},
        {429, R"({"error":"invalid_request"})",          Category::throttled,    brief, "login.test gives no token: invalid_request."},
        {400, R"({"error":"something_new"})",            Category::invalid,      long_, "login.test gives no token: something_new."},
        // Microsoft: first sentence and trace id, without the rest
        {400, R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret is right. Trace ID: t Correlation ID: c","error_codes":[7000215],"trace_id":"0f2a-11","correlation_id":"c"})",
              Category::unauthorised, long_, "login.test gives no token: invalid_client (AADSTS7000215: Invalid client secret provided), trace 0f2a-11."},
        {400, R"({"error":"invalid_grant","error_description":"one\r\ntwo"})",
              Category::unauthorised, long_, "login.test gives no token: invalid_grant (one)."},
        // Zoom, Zoho (which says it with 200), Google
        {400, R"({"reason":"Invalid client_id or client_secret","error":"invalid_client"})",
              Category::unauthorised, long_, "login.test gives no token: invalid_client (Invalid client_id or client_secret)."},
        {200, R"({"error":"invalid_code"})",             Category::unauthorised, long_, "login.test gives no token: invalid_code."},
        {200, R"({"error":"who_knows"})",                Category::invalid,      long_, "login.test gives no token: who_knows."},
        {500, R"({"error":"internal_failure"})",         Category::unavailable,  brief, "login.test gives no token: internal_failure."},
        // no word at all
        {401, "{}",                                      Category::unauthorised, long_, "login.test gives no token: status 401."},
        {403, "{}",                                      Category::forbidden,    long_, "login.test gives no token: status 403."},
        {404, "{}",                                      Category::not_found,    long_, "login.test gives no token: status 404."},
        {502, "<html>bad gateway</html>",                Category::unavailable,  brief, "login.test gives no token: status 502."},
        {429, "",                                        Category::throttled,    brief, "login.test gives no token: status 429."},
        // not the protocol
        {200, "<!DOCTYPE html><html></html>",            Category::protocol,     brief, "login.test answers a token request with a web page (HTML) (status 200)."},
        {400, "<html>no</html>",                         Category::protocol,     long_, "login.test answers a token request with a web page (HTML) (status 400)."},
        {200, "access_token=abc",                        Category::protocol,     brief, "login.test answers a token request with something that is no JSON object (status 200)."},
        {200, R"(["abc"])",                              Category::protocol,     brief, "login.test answers a token request with something that is no JSON object (status 200)."},
        {200, R"({"access_to)",                          Category::protocol,     brief, "login.test answers a token request with something that is no JSON object (status 200)."},
        {200, "{}",                                      Category::protocol,     brief, "login.test answers a token request without an access_token."},
        {200, R"({"access_token":""})",                  Category::protocol,     brief, "login.test answers a token request without an access_token."},
        {200, R"({"access_token":"a\r\nb"})",            Category::protocol,     brief, "login.test answers a token request with an access_token that cannot stand in a header."},
        {200, R"({"access_token":"a","token_type":"mac"})", Category::protocol,  brief, "login.test answers a token request with a token of the type \"mac\", not Bearer."},
        {200, R"({"access_token":"a","expires_in":0})",  Category::protocol,     brief, "login.test answers a token request with an expires_in that is no number of seconds."},
        {200, R"({"access_token":"a","expires_in":"soon"})", Category::protocol, brief, "login.test answers a token request with an expires_in that is no number of seconds."},
        {302, "",                                        Category::protocol,     brief, "login.test answers a token request with a redirection (302): not followed, it would carry the secret elsewhere."},
    };
    // clang-format on
    for (const auto& row : rows) {
        CAPTURE(row.status);
        CAPTURE(row.body);
        auto read = read_token_answer(answer(row.status, row.body), "login.test", {});
        REQUIRE_FALSE(read);
        CHECK(read.error().error.category == row.category);
        CHECK(read.error().patience == row.patience);
        CHECK(read.error().error.text == row.sentence);
    }
}

TEST_CASE("a peer's words stay on one line and short") {
    auto body = R"({"error":"invalid_client","error_description":")" + std::string(5000, 'x') +
                R"(","trace_id":"a\u0000\u001b[31mb"})";
    auto text = read_token_answer(answer(400, body), "login.test", {}).error().error.text;
    CHECK(text.size() < 400);
    CHECK(text.ends_with("trace a  [31mb."));
}

TEST_CASE("tokens as the services give them") {
    struct Row {
        std::string body;
        std::string token;
        seconds life;
        std::string refresh;
    };
    const Row rows[] = {
        {R"({"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"ey.a.b"})", "ey.a.b", 3599s,
         ""},
        {R"({"access_token":"a","token_type":"bearer","expires_in":"3600","scope":"x"})", "a", 3600s, ""},
        {R"({"access_token":"a","expires_in":3600.0,"refresh_token":"r2"})", "a", 3600s, "r2"},
        {R"({"access_token":"a"})", "a", 600s, ""},
        {R"({"access_token":"a","expires_in":null})", "a", 600s, ""},
        {R"({"access_token":"a","expires_in":99999999999999999999})", "a", 600s, "refused"},
        {R"({"access_token":"a","expires_in":9223372036854775807})", "a", seconds(30L * 24 * 3600), ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        auto read = read_token_answer(answer(200, row.body), "login.test", {});
        if (row.refresh == "refused") {
            CHECK_FALSE(read);
            continue;
        }
        REQUIRE(read);
        CHECK(read->access_token.reveal() == row.token);
        CHECK(read->life == row.life);
        CHECK(read->refresh_token.reveal() == row.refresh);
    }
}

TEST_CASE("a token is renewed early and never used to its last second") {
    struct Row {
        seconds life;
        milliseconds used_whole; // up to here it is used without a thought
        milliseconds renewed;    // from here on a new one is asked for
        milliseconds ends;       // from here on it is not given any more
    };
    const Row rows[] = {
        {3600s, 3239s, 3300s, 3590s}, {86'400s, 86'039s, 86'100s, 86'390s},
        {1200s, 839s, 900s, 1190s},   {300s, 209s, 225s, 290s},
        {60s, 41'999ms, 45s, 54s},    {5s, 3499ms, 3750ms, 4500ms},
        {1s, 699ms, 750ms, 900ms},
    };
    for (const auto& row : rows)
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            CAPTURE(row.life.count());
            CAPTURE(seed);
            TokenKeeper keeper(seed);
            Steady start(1000s);
            CHECK(keeper.step(start) == Step::fetch);
            keeper.granted(granted("a", row.life), start);
            CHECK(keeper.step(start) == Step::use);
            CHECK(keeper.step(start + row.used_whole) == Step::use);
            CHECK(keeper.step(start + row.renewed) == Step::use_and_fetch);
            CHECK(keeper.step(start + row.ends - 1ms) == Step::use_and_fetch);
            CHECK(keeper.step(start + row.ends) == Step::fetch);
        }
}

TEST_CASE("not everybody renews in the same second") {
    TokenKeeper one(1);
    TokenKeeper two(2);
    one.granted(granted("a", 3600s), Steady(0s));
    two.granted(granted("a", 3600s), Steady(0s));
    CHECK(one.renew_at() != two.renew_at());
}

TEST_CASE("failures: silence grows, the last error stands for it, success ends it") {
    struct Row {
        Patience patience;
        milliseconds first, longest;
    };
    for (const auto& row : {Row{Patience::brief, 1s, 60s}, Row{Patience::long_, 30s, 600s}}) {
        TokenKeeper keeper(7);
        Steady now(1000s);
        milliseconds expected = row.first;
        for (int i = 0; i < 12; ++i) {
            keeper.failed(failure(Category::unavailable, row.patience), now);
            auto wait = keeper.silent_until() - now;
            CHECK(wait <= expected);
            CHECK(wait >= expected * 3 / 4);
            CHECK(keeper.step(now) == Step::refuse);
            CHECK(keeper.error().category == Category::unavailable);
            now = keeper.silent_until();
            CHECK(keeper.step(now) == Step::fetch);
            expected = std::min(expected * 2, row.longest);
        }
        CHECK(keeper.failures() == 12);
        keeper.granted(granted("a", 3600s), now);
        CHECK_FALSE(keeper.failed_last());
        keeper.reject(Secret("a"), now + 60s);
        keeper.failed(failure(Category::unavailable, row.patience), now + 60s);
        CHECK(keeper.silent_until() <= now + 60s + row.first);
    }
}

TEST_CASE("Retry-After makes the silence longer, within bounds") {
    TokenKeeper keeper(7);
    auto asks = failure(Category::throttled, Patience::brief);
    asks.retry_after = 120s;
    keeper.failed(asks, Steady(0s));
    CHECK(keeper.silent_until() == Steady(120s));
    asks.retry_after = 86'400s;
    keeper.failed(asks, Steady(200s));
    CHECK(keeper.silent_until() == Steady(800s));
    asks.retry_after = 0s;
    keeper.failed(asks, Steady(1000s));
    CHECK(keeper.silent_until() > Steady(1002s));
}

TEST_CASE("a failed renewal leaves the old token in use, and is not repeated at once") {
    TokenKeeper keeper(7);
    keeper.granted(granted("a", 3600s), Steady(0s));
    Steady now(3400s);
    CHECK(keeper.step(now) == Step::use_and_fetch);
    keeper.failed(failure(Category::network, Patience::brief), now);
    CHECK(keeper.step(now) == Step::use);
    CHECK(keeper.step(now + 1s) == Step::use_and_fetch);
    keeper.failed(failure(Category::unauthorised, Patience::long_), Steady(3589s));
    CHECK(keeper.step(Steady(3590s)) == Step::refuse);
}

TEST_CASE("a rejection drops just that token") {
    TokenKeeper keeper(7);
    keeper.granted(granted("a", 3600s), Steady(0s));
    keeper.reject(Secret("other"), Steady(100s));
    CHECK(keeper.step(Steady(100s)) == Step::use);
    keeper.reject(Secret("a"), Steady(100s));
    CHECK(keeper.step(Steady(100s)) == Step::fetch);
    keeper.granted(granted("b", 3600s), Steady(100s));
    keeper.reject(Secret("a"), Steady(101s));
    CHECK(keeper.step(Steady(101s)) == Step::use);
}

TEST_CASE("a service that refuses every new token is asked ever more slowly") {
    TokenKeeper keeper(7);
    Steady now(0s);
    milliseconds waited{0};
    for (int i = 0; i < 10; ++i) {
        REQUIRE(keeper.step(now) == Step::fetch);
        keeper.granted(granted(std::to_string(i), 3600s), now);
        keeper.reject(Secret(std::to_string(i)), now);
        if (i == 0) {
            CHECK(keeper.step(now) == Step::fetch); // the first time is nothing special
            continue;
        }
        CHECK(keeper.step(now) == Step::refuse);
        CHECK(keeper.error().category == Category::unauthorised);
        waited += std::chrono::duration_cast<milliseconds>(keeper.silent_until() - now);
        now = keeper.silent_until();
    }
    CHECK(waited > 200s);
    // One that lives is forgiven.
    keeper.granted(granted("good", 3600s), now);
    keeper.granted(granted("better", 3600s), now + 3400s);
    keeper.reject(Secret("better"), now + 3401s);
    CHECK(keeper.step(now + 3401s) == Step::fetch);
}

TEST_CASE("a token is worth renewing unless it was just given or the login is to be left alone") {
    TokenKeeper keeper(1);
    CHECK(!keeper.worth_renewing(Steady(100s)));
    keeper.granted(granted("a", 3600s), Steady(100s));
    CHECK(!keeper.worth_renewing(Steady(102s)));
    CHECK(keeper.worth_renewing(Steady(103s)));
    keeper.failed(failure(Category::unavailable, Patience::brief), Steady(103s));
    CHECK(!keeper.worth_renewing(Steady(103s)));
    CHECK(keeper.step(Steady(103s)) == Step::use);
}
