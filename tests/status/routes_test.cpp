// What is served to whom: routes × methods × tokens.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "office.hpp"
#include "status/meetings_told.hpp"
#include "status/routes.hpp"

using namespace testing;
using namespace lamp;

TEST_CASE("routes: methods, tokens and what they get") {
    Office office;
    struct Row {
        std::string_view method;
        std::string_view path;
        std::string_view token;
        int status;
        std::string_view field = {}; // name: value that must be there
        std::string_view missing = {};
    };
    // clang-format off
    const Row table[] = {
        // open to everybody
        {"GET",    "/healthz",                          "",            200},
        {"HEAD",   "/healthz",                          "",            200},
        {"GET",    "/readyz",                           "",            200},
        {"GET",    "/",                                 "",            200, "Content-Type: text/html; charset=utf-8"},
        {"GET",    "/board.js",                         "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/forwards.js",                      "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/calls.js",                         "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/contacts.js",                      "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/favourites.js",                    "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/suggest.js",                       "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/acd.js",                           "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/words.js",                         "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/words_de.js",                      "",            200, "Content-Type: text/javascript; charset=utf-8"},
        {"GET",    "/words_xx.js",                      "",            404},
        {"GET",    "/board.css",                        "",            200, "Content-Type: text/css; charset=utf-8"},
        // web hooks: nobody listens here
        {"POST",   "/hooks/graph",                      "",            404},
        {"POST",   "/hooks/graph/life",                 "",            404},
        {"POST",   "/hooks/graph?validationToken=x",    "",            404},
        {"POST",   "/hooks/graph?other=x",              "",            400},
        {"GET",    "/hooks/graph",                      "",            405, "Allow: POST"},
        // needs a token
        {"GET",    "/metrics",                          "",            401, "WWW-Authenticate: Bearer"},
        {"GET",    "/v1/presence",                      "",            401, "WWW-Authenticate: Bearer"},
        {"GET",    "/v1/presence/alice%40example.net",  "",            401, "WWW-Authenticate: Bearer"},
        {"GET",    "/v1/events",                        "",            401, "WWW-Authenticate: Bearer"},
        {"GET",    "/v1/whoami",                        "",            401, "WWW-Authenticate: Bearer"},
        {"GET",    "/v1/openapi.json",                  "",            401, "WWW-Authenticate: Bearer"},
        {"POST",   "/v1/reload",                        "",            401, "WWW-Authenticate: Bearer"},
        {"GET",    "/v1/presence",                      "nonsense",    401, "WWW-Authenticate: Bearer"},
        // viewers read
        {"GET",    "/v1/presence",                      viewer,        200, "Content-Type: application/json"},
        {"HEAD",   "/v1/presence",                      viewer,        200},
        {"GET",    "/v1/presence/alice%40example.net",  viewer,        200},
        {"GET",    "/v1/presence/alice@example.net",    viewer,        200},
        {"GET",    "/v1/presence/carol%2Fx%20y@example.net", viewer,   200},
        {"GET",    "/v1/presence/alice%40example.net/why", viewer,     200},
        {"GET",    "/v1/presence/nobody",               viewer,        404, "Content-Type: application/problem+json"},
        {"GET",    "/v1/presence/nobody/why",           viewer,        404},
        {"GET",    "/v1/presence/a%4",                  viewer,        400},
        {"GET",    "/v1/presence/",                     viewer,        404},
        {"GET",    "/v1/status",                        viewer,        200},
        {"GET",    "/v1/whoami",                        viewer,        200},
        {"GET",    "/v1/openapi.json",                  viewer,        200},
        {"GET",    "/metrics",                          viewer,        200},
        {"GET",    "/v1/calls/active",                  viewer,        403, "", "calls.read"},
        {"POST",   "/v1/dial",                          viewer,        403, "", "dial.any"},
        {"POST",   "/v1/calls/c1/hangup",               viewer,        403, "", "callcontrol.any"},
        {"POST",   "/v1/reload",                        viewer,        403, "", "config.reload"},
        {"GET",    "/v1/presence",                      accountant,    403, "", "presence.read"},
        {"GET",    "/v1/forwarding",                    viewer,        200},
        {"GET",    "/v1/forwarding/alice%40example.net", viewer,       200},
        {"GET",    "/v1/forwarding/nobody",             viewer,        404},
        {"GET",    "/v1/forwarding",                    accountant,    403, "", "presence.read"},
        {"PUT",    "/v1/forwarding/alice%40example.net", viewer,       403, "", "forwarding.any"},
        {"DELETE", "/v1/forwarding/alice%40example.net", viewer,       403, "", "forwarding.any"},
        {"GET",    "/v1/calendars",                     viewer,        200},
        {"GET",    "/v1/calendars/plan",                viewer,        403, "", "forwarding.any"},
        {"GET",    "/v1/audit",                         operating,     403, "", "audit.read"},
        {"GET",    "/v1/audit",                         administrator, 200},
        // operators act
        {"PUT",    "/v1/forwarding/alice%40example.net", operating,    400},
        {"PUT",    "/v1/forwarding/nobody",             operating,     404},
        {"DELETE", "/v1/forwarding/alice%40example.net", operating,    501},
        {"DELETE", "/v1/forwarding/nobody",             operating,     404},
        {"GET",    "/v1/calendars/plan",                operating,     200},
        {"GET",    "/v1/calls/active",                  operating,     200},
        {"POST",   "/v1/dial",                          operating,     400},
        {"POST",   "/v1/calls/c1/answer",               operating,     501},
        {"POST",   "/v1/reload",                        operating,     403, "", "config.reload"},
        {"POST",   "/v1/reload",                        administrator, 501},
        // queries
        {"GET",    "/v1/presence?limit=1000",           viewer,        200},
        {"GET",    "/v1/presence?limit=0",              viewer,        400},
        {"GET",    "/v1/presence?limit=1001",           viewer,        400},
        {"GET",    "/v1/presence?limit=ten",            viewer,        400},
        {"GET",    "/v1/presence?limit=-1",             viewer,        400},
        {"GET",    "/v1/presence?status=held",          viewer,        200},
        {"GET",    "/v1/presence?status=asleep",        viewer,        400},
        {"GET",    "/v1/presence?cursor=x",             viewer,        400},
        {"GET",    "/v1/presence?cursor=p1-",           viewer,        400},
        {"GET",    "/v1/presence?colour=red",           viewer,        400},
        {"GET",    "/v1/presence?q=%zz",                viewer,        400},
        {"GET",    "/v1/presence?limit=1&limit=2",      viewer,        400},
        {"GET",    "/v1/events?types=presence,nonsense", viewer,       400},
        {"GET",    "/v1/events?person=nobody",          viewer,        404},
        {"GET",    "/v1/events?snapshot=2",             viewer,        400},
        {"GET",    "/v1/calls/active?limit=0",          operating,     400},
        {"GET",    "/v1/forwarding?limit=0",            operating,     400},
        {"GET",    "/v1/calendars/plan?next=59m",       operating,     400},
        {"GET",    "/v1/calendars/plan?next=15d",       operating,     400},
        {"GET",    "/v1/calendars/plan?next=soon",      operating,     400},
        {"GET",    "/v1/calendars/plan?next=14d",       operating,     200},
        {"GET",    "/v1/audit?cursor=x",                administrator, 400},
        {"GET",    "/v1/audit?cursor=200000",           administrator, 400},
        {"DELETE", "/v1/forwarding/alice%40example.net?to=1", operating, 400},
        // what is not there
        {"GET",    "/nothing",                          viewer,        404},
        {"GET",    "/v1/nothing",                       "",            404},
        {"GET",    "/v1/a/b/c/d/e/f/g",                 viewer,        404},
        {"OPTIONS","*",                                 viewer,        404},
        {"POST",   "/healthz",                          "",            405, "Allow: GET, HEAD"},
        {"DELETE", "/v1/presence",                      viewer,        405, "Allow: GET, HEAD"},
        {"GET",    "/v1/reload",                        administrator, 405, "Allow: POST"},
        {"POST",   "/v1/forwarding/alice%40example.net", administrator, 405, "Allow: GET, HEAD, PUT, DELETE"},
        {"GET",    "/v1/calls/c1/hold",                 administrator, 405, "Allow: POST"},
        {"BREW",   "/v1/status",                        viewer,        405, "Allow: GET, HEAD"},
        {"OPTIONS","/v1/presence",                      viewer,        405, "Allow: GET, HEAD"},
        {"GET",    "http://lamp/healthz",               "",            200},
    };
    // clang-format on
    auto client = office.client();
    for (const Row& row : table) {
        CAPTURE(row.method);
        CAPTURE(row.path);
        CAPTURE(row.token);
        auto answer = client.request(row.method, row.path, row.token);
        CHECK(answer.status == row.status);
        CHECK(answer.field("X-Content-Type-Options") == "nosniff");
        if (!row.field.empty()) CHECK(answer.head.find(fmt::format("\r\n{}\r\n", row.field)) != std::string::npos);
        if (answer.status < 400 || row.method == "HEAD" || row.path == "/readyz") continue;
        CHECK(answer.field("Content-Type") == "application/problem+json");
        auto problem = answer.json().as_object();
        CHECK(problem.at("status").as_int64() == row.status);
        CHECK(!problem.at("title").as_string().empty());
        CHECK(!problem.at("detail").as_string().empty());
        CHECK(problem.contains("missing") == (row.status == 403));
        if (row.status == 403) CHECK(problem.at("missing").as_string() == std::string(row.missing));
    }
}

TEST_CASE("routes: the anonymous role opens what it holds, and a wrong token stays wrong") {
    auto options = default_options();
    options.access.anonymous_role = "viewer";
    Office office(options);
    auto client = office.client();
    CHECK(client.get("/v1/presence").status == 200);
    CHECK(client.get("/v1/whoami").json().at("role").as_string() == "viewer");
    CHECK(client.get("/v1/whoami").json().at("token").is_null());
    CHECK(client.get("/v1/calls/active").status == 403);
    CHECK(client.get("/v1/presence", "nonsense").status == 401);
}

TEST_CASE("routes: pages of other sites cannot act with the anonymous role") {
    auto options = default_options();
    options.access.anonymous_role = "administrator";
    Office office(options);
    auto client = office.client();
    CHECK(client.request("POST", "/v1/reload", "", "", "Origin: https://evil.example\r\n").status == 403);
    CHECK(client.request("POST", "/v1/reload", "", "", "Origin: null\r\n").status == 403);
    CHECK(client.request("POST", "/v1/reload", "", "", "Origin: http://lamp\r\n").status == 501);
    CHECK(client.request("POST", "/v1/reload", administrator, "", "Origin: https://evil.example\r\n").status == 501);
}

TEST_CASE("routes: a web hook is handed over and answered at once; its test is answered only when it is expected") {
    std::optional<fanout::HookAnswer> says = fanout::HookAnswer{.status = 202};
    bool tested = true;
    std::string got;
    status::Ports ports;
    ports.hook = [&](const fanout::HookCall& hook) {
        CHECK(hook.path.starts_with("graph"));
        got = hook.body;
        return says;
    };
    ports.hook_test = [&](std::string_view) { return tested; };
    Office office(default_options(), ports);
    auto client = office.client();
    CHECK(client.request("POST", "/hooks/graph?s=1", "", R"({"value":[]})").status == 202);
    CHECK(got == R"({"value":[]})");
    CHECK(client.request("POST", "/hooks/graph/life", "", "x").status == 202);
    says = fanout::hook_full();
    auto full = client.request("POST", "/hooks/graph", "", "x");
    CHECK(full.status == 503);
    CHECK(full.field("Retry-After").has_value());
    says = std::nullopt;
    CHECK(client.request("POST", "/hooks/graph", "", "x").status == 404);
    CHECK(client.request("POST", "/hooks/graph", "", std::string((1 << 20) + 1, 'x')).status == 413);
    auto later = office.client();
    auto answer = later.request("POST", "/hooks/graph?s=1&validationToken=Validation%3A+a%2Bb+%3Ci%3E%26%22", "");
    CHECK(answer.status == 200);
    CHECK(answer.body == R"(Validation: a+b <i>&")");
    CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
    tested = false;
    CHECK(later.request("POST", "/hooks/graph?validationToken=hello", "").status == 404);
}

TEST_CASE("routes: a web hook sees path, query, fields and bytes, and its answer goes back as it is") {
    std::string seen;
    fanout::HookAnswer says{.status = 204};
    status::Ports ports;
    ports.hook = [&](const fanout::HookCall& hook) {
        auto or_none = [](std::optional<std::string_view> value) { return std::string(value.value_or("none")); };
        seen = fmt::format("{}?{} {} [{}] [{}] [{}]", hook.path, hook.query, hook.body,
                           or_none(hook.header("X-Zm-Signature")), or_none(hook.header("x-twice")),
                           or_none(hook.header("x-absent")));
        return says;
    };
    Office office(default_options(), ports);
    auto client = office.client();
    auto answer = client.request("POST", "/hooks/zoom?a=%20", "", "{ \"raw\" : 1 }",
                                 "x-zm-signature:  v0=ab \r\nX-Twice: 1\r\nx-twice: 2\r\n");
    CHECK(answer.status == 204);
    CHECK(seen == R"(zoom?a=%20 { "raw" : 1 } [v0=ab] [none] [none])");
    says = {.status = 200, .type = fanout::HookAnswer::Type::json, .body = R"({"a":1})"};
    answer = client.request("POST", "/hooks/google", "", "");
    CHECK(answer.status == 200);
    CHECK(answer.body == R"({"a":1})");
    CHECK(answer.field("Content-Type") == "application/json");
    says = {.status = 401, .body = "No."};
    answer = client.request("POST", "/hooks/zoom", "", "{}");
    CHECK(answer.status == 401);
    CHECK(answer.json().at("detail").as_string() == "No.");
    CHECK(client.request("GET", "/hooks/zoom", "").status == 405);
    CHECK(client.request("POST", "/hooks/nobody", "", "{}").status == 404);
}

TEST_CASE("routes: who may writes meetings, and every mistake is named") {
    std::vector<meetings::News> got;
    bool room = true;
    status::Ports ports;
    ports.meeting = [&](std::vector<meetings::News> news) {
        if (room) got = std::move(news);
        return room;
    };
    Office office(default_options(), ports);
    auto id = std::string(office.people->person(0).id);
    auto client = office.client();
    auto post = [&](std::string_view body, std::string_view token = operating) {
        auto answer = client.request("POST", "/hooks/meeting", token, body);
        auto detail = answer.status >= 400 ? std::string(answer.json().at("detail").as_string()) : std::string();
        return fmt::format("{} {}", answer.status, detail);
    };
    auto good = fmt::format(R"({{"person":"{}","meeting":true}})", id);
    CHECK(post(good, "").starts_with("401"));
    CHECK(post(good, viewer).starts_with("403"));
    CHECK(post(good) == "202 ");
    REQUIRE(got.size() == 1);
    CHECK(got[0].slot == 0);
    CHECK(got[0].source == meetings::Source::other);
    CHECK(got[0].meeting == meetings::Meeting::live);
    CHECK(got[0].fresh_for == milliseconds(600'000));
    CHECK(post(fmt::format(R"([{0},{{"person":"{1}","meeting":false,"expires_in":90}}])", good, id)) == "202 ");
    REQUIRE(got.size() == 2);
    CHECK(got[1].meeting == meetings::Meeting::none);
    CHECK(got[1].fresh_for == milliseconds(90'000));
    CHECK(post(R"({"person":"nobody@example.net","meeting":true})") ==
          "404 There is no person with the id nobody@example.net.");
    got.clear();
    CHECK(post(fmt::format(R"([{},{{"person":"nobody","meeting":true}}])", good)).starts_with("404"));
    CHECK(got.empty());
    room = false;
    CHECK(post(good).starts_with("503"));
}

TEST_CASE("meetings told: what is read and what is refused") {
    auto now = Wall(milliseconds(1'767'225'600'000)); // 2026-01-01T00:00:00Z
    auto read = [&](std::string_view body) -> std::string {
        auto told = status::read_meetings(body, now);
        if (!told) return told.error().text;
        std::string out;
        for (const auto& one : *told)
            out += fmt::format("{} {} {} {};", one.person, one.news.meeting == meetings::Meeting::live,
                               (one.news.happened - now).count(), one.news.fresh_for.count());
        return out;
    };
    struct Row {
        std::string_view body;
        std::string_view outcome;
    };
    constexpr std::string_view shape = "The body must be a JSON object, or an array of such.";
    constexpr std::string_view expiry =
        R"("expires_in" must be a duration from 1s to 24h, such as "10m", or a number of seconds.)";
    for (auto [body, outcome] : std::initializer_list<Row>{
             {R"({"person":"a","meeting":true})", "a true 0 600000;"},
             {R"({"person":"a","meeting":true,"at":"2025-12-31T23:59:00Z","expires_in":"5m"})",
              "a true -60000 240000;"},
             {R"({"person":"a","meeting":true,"at":"2026-01-01T01:04:00+01:00"})", "a true 0 600000;"},
             {R"({"person":"a","meeting":true,"at":"2025-12-31T00:00:00Z"})", "a true -86400000 0;"},
             {R"({"person":"a","meeting":false,"at":null,"expires_in":null})", "a false 0 600000;"},
             {R"({"person":"a","meeting":true,"expires_in":86400})", "a true 0 86400000;"},
             {R"({"person":"a","meeting":true,"expires_in":1.5})", "a true 0 1500;"},
             {R"([])", ""},
             {R"(nonsense)", shape},
             {R"("text")", shape},
             {R"([3])", "[0]: The body must be a JSON object, or an array of such."},
             {R"({"meeting":true})", R"("person" must be the id of a person.)"},
             {R"({"person":"","meeting":true})", R"("person" must be the id of a person.)"},
             {R"({"person":"a"})", R"("meeting" must be true or false.)"},
             {R"({"person":"a","meeting":"true"})", R"("meeting" must be true or false.)"},
             {R"([{"person":"a","meeting":true},{"person":"a","meeting":1}])",
              R"([1]: "meeting" must be true or false.)"},
             {R"({"person":"a","meeting":true,"at":"today"})", R"("at" must be a time like 2026-11-22T10:00:00Z.)"},
             {R"({"person":"a","meeting":true,"at":5})", R"("at" must be a time like 2026-11-22T10:00:00Z.)"},
             {R"({"person":"a","meeting":true,"at":"2026-01-01T00:05:01Z"})",
              R"("at" lies more than 5 minutes in the future.)"},
             {R"({"person":"a","meeting":true,"expires_in":"25h"})", expiry},
             {R"({"person":"a","meeting":true,"expires_in":0})", expiry},
             {R"({"person":"a","meeting":true,"expires_in":-1})", expiry},
             {R"({"person":"a","meeting":true,"expires_in":1e300})", expiry},
             {R"({"person":"a","meeting":true,"expires_in":[]})", expiry},
             {R"({"person":"a","meeting":true,"expires":"5m"})", R"("expires" is not known here.)"},
         }) {
        CAPTURE(body);
        CHECK(read(body) == outcome);
    }
}

TEST_CASE("routes: a reload of the tokens holds for connections that are open") {
    Office office;
    auto client = office.client();
    CHECK(client.get("/v1/presence", viewer).status == 200);
    status::AccessOptions fresh;
    fresh.tokens = {{"other", Secret("other-secret"), "viewer"}};
    REQUIRE(office.service.use_access(fresh).has_value());
    office.settle();
    CHECK(client.get("/v1/presence", viewer).status == 401);
    CHECK(client.get("/v1/presence", "other-secret").status == 200);
    fresh.tokens = {{"other", Secret("other-secret"), "nobody"}};
    CHECK(!office.service.use_access(fresh).has_value());
    office.settle();
    CHECK(client.get("/v1/presence", "other-secret").status == 200);
}

TEST_CASE("routes: the page has its policy and an ETag that is honoured") {
    Office office;
    auto client = office.client();
    auto page = client.get("/");
    CHECK(page.field("Content-Security-Policy")->find("default-src 'none'; script-src 'self'") == 0);
    CHECK(page.body.find("<title>Lamplighter</title>") != std::string::npos);
    auto etag = page.field("ETag");
    REQUIRE(etag.has_value());
    auto again = client.request("GET", "/", "", "", fmt::format("If-None-Match: {}\r\n", *etag));
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(client.get("/healthz").body == "ok\n");
}

TEST_CASE("routes: the OpenAPI description names exactly the routes") {
    Office office;
    auto description = office.client().get("/v1/openapi.json", viewer).json().as_object();
    CHECK(description.at("openapi").as_string() == "3.1.0");
    auto& paths = description.at("paths").as_object();
    auto& schemas = description.at("components").as_object().at("schemas").as_object();
    std::size_t operations = 0;
    for (const auto& [path, methods] : paths)
        operations += methods.as_object().size();
    CHECK(operations == status::routes().size());
    for (const auto& route : status::routes()) {
        CAPTURE(route.pattern);
        std::string method(status::name(route.method));
        for (char& c : method)
            c = static_cast<char>(c | 0x20);
        auto& operation = paths.at(route.pattern).as_object().at(method).as_object();
        CHECK(operation.at("responses").as_object().contains(std::to_string(route.status)));
        for (auto schema : {route.schema, route.body_schema})
            if (!schema.empty() && schema.find('/') == std::string_view::npos) CHECK(schemas.contains(schema));
    }
}
