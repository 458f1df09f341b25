// Turns, reuse, the one repetition, Keep-Alive, cookies, redirections.
#include "certificates.hpp"
#include "here.hpp"
#include "http/pool.hpp"
#include "scripted_server.hpp"

using namespace testing;
using http::Method;
using http::Pool;
using http::PoolOptions;
using http::Request;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string empty = ok + "Content-Length: 0\r\n\r\n";

std::string body(const std::string& text, const std::string& more = {}) {
    return ok + more + "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

Request request(Method method, const std::string& target, const std::string& text = {}) {
    return {.method = method, .target = target, .body = text, .limit = 2s};
}

std::string text(const Result<http::Answer>& answer) {
    if (!answer) return std::string(name(answer.error().category));
    return std::to_string(answer->status) + " " + answer->body;
}

std::string ask(asio::io_context& context, Pool& pool, Request asked) {
    return text(finish(context, pool.exchange(std::move(asked))));
}

} // namespace

TEST_CASE("a connection is reused") {
    ScriptedServer server(
        {{want("GET /1"), send(body("a")), want("POST /2\n\nx"), send(body("b")), want("PUT /3"), send(body("c"))}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Pool pool(client, url_of(server.url()));
        CHECK(ask(context, pool, request(Method::get, "/1")) == "200 a");
        CHECK(ask(context, pool, request(Method::post, "/2", "x")) == "200 b");
        CHECK(ask(context, pool, request(Method::put, "/3")) == "200 c");
        CHECK(pool.counters().connects == 1);
        CHECK(pool.counters().exchanges == 3);
        CHECK(pool.idle() == 1);
        CHECK(pool.busy() == 0);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("the peer closes between two requests") {
    // The server reads the second request and closes without a byte: the race that no look at the socket prevents.
    struct Row {
        const char* what;
        Method method;
        bool safe;
        Script first_ends;
        bool repeated;
    };
    const Row rows[] = {
        {"GET", Method::get, false, {want("GET /2"), close_now()}, true},
        {"PUT", Method::put, false, {want("PUT /2"), close_now()}, true},
        {"PROPFIND", Method::propfind, false, {want("PROPFIND /2"), close_now()}, true},
        {"REPORT", Method::report, false, {want("REPORT /2"), close_now()}, true},
        {"DELETE", Method::del, false, {want("DELETE /2"), close_now()}, true},
        {"PUT and a reset", Method::put, false, {want("PUT /2"), reset()}, true},
        {"POST", Method::post, false, {want("POST /2"), close_now()}, false},
        {"PATCH", Method::patch, false, {want("PATCH /2"), close_now()}, false},
        {"POST that may come twice", Method::post, true, {want("POST /2"), close_now()}, true},
        {"GET, but the answer has begun", Method::get, false, {want("GET /2"), send("HTTP/1.1 2"), close_now()}, false},
    };
    Authority authority("test CA");
    auto identity = authority.issue({});
    bool tls = false;
    SUBCASE("plain") {}
    SUBCASE("TLS") {
        tls = true;
    }
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        Script first{want("GET /1"), send(body("a"))};
        first.insert(first.end(), row.first_ends.begin(), row.first_ends.end());
        std::vector<Script> scripts{first};
        if (row.repeated) scripts.push_back({want(std::string(http::name(row.method)) + " /2"), send(body("b"))});
        ScriptedServer server(scripts, {.identity = tls ? &identity : nullptr});
        asio::io_context context;
        http::ClientOptions options;
        options.ca_file = authority.file();
        auto client = client_of(context, options);
        {
            Pool pool(client, url_of(server.url()));
            CHECK(ask(context, pool, request(Method::get, "/1")) == "200 a");
            auto second = request(row.method, "/2");
            second.safe_to_repeat = row.safe;
            CHECK(ask(context, pool, second) == (row.repeated ? "200 b" : "network"));
            CHECK(pool.counters().repeated == (row.repeated ? 1 : 0));
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("a request is repeated once, not twice, and never on a new connection") {
    asio::io_context context;
    auto client = client_of(context);
    SUBCASE("twice") {
        ScriptedServer server(
            {{want("GET /1"), send(body("a")), want("GET /2"), close_now()}, {want("GET /2"), close_now()}});
        {
            Pool pool(client, url_of(server.url()));
            CHECK(ask(context, pool, request(Method::get, "/1")) == "200 a");
            CHECK(ask(context, pool, request(Method::get, "/2")) == "network");
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("new") {
        ScriptedServer server({{want("GET /1"), close_now()}});
        {
            Pool pool(client, url_of(server.url()));
            CHECK(ask(context, pool, request(Method::get, "/1")) == "network");
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("a connection that the peer has closed while idle is not used at all") {
    Authority authority("test CA");
    auto identity = authority.issue({});
    bool tls = false;
    SUBCASE("plain") {}
    SUBCASE("TLS") {
        tls = true;
    }
    ScriptedServer server({{want("GET /1"), send(body("a")), close_now()}, {want("POST /2"), send(body("b"))}},
                          {.identity = tls ? &identity : nullptr});
    asio::io_context context;
    http::ClientOptions options;
    options.ca_file = authority.file();
    auto client = client_of(context, options);
    {
        Pool pool(client, url_of(server.url()));
        CHECK(ask(context, pool, request(Method::get, "/1")) == "200 a");
        turn(context, 50ms);
        CHECK(ask(context, pool, request(Method::post, "/2")) == "200 b");
        CHECK(pool.counters().repeated == 0);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("Keep-Alive: timeout=1 is honoured") {
    // The server would answer on the old connection, too: the pool must not use it after its time.
    ScriptedServer server({{want("GET /1"), send(body("a", "Keep-Alive: timeout=1\r\n")), want("GET /2"),
                            send(body("b", "Keep-Alive: timeout=1\r\n"))},
                           {want("POST /3"), send(body("c"))}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Pool pool(client, url_of(server.url()));
        CHECK(ask(context, pool, request(Method::get, "/1")) == "200 a");
        CHECK(ask(context, pool, request(Method::get, "/2")) == "200 b");
        turn(context, 1300ms);
        CHECK(pool.idle() == 0); // swept, not only passed over
        CHECK(ask(context, pool, request(Method::post, "/3")) == "200 c");
    }
    CHECK(server.faults() == "");
}

TEST_CASE("turns: at most so many at a time, then a queue, then refusal") {
    const Script slow{want("GET /"), pause_for(60ms), send(body("x")), want("GET /"), pause_for(60ms), send(body("x"))};
    ScriptedServer server({slow, slow});
    asio::io_context context;
    auto client = client_of(context);
    {
        PoolOptions options;
        options.parallel = 2;
        options.waiting = 2;
        Pool pool(client, url_of(server.url()), options);
        std::vector<std::string> answers;
        for (int i = 0; i < 5; ++i)
            asio::co_spawn(context, pool.exchange(request(Method::get, "/")),
                           [&, i](std::exception_ptr, const Result<http::Answer>& answer) {
                               answers.push_back(std::to_string(i) + ": " + text(answer));
                           });
        turn(context, 20ms);
        CHECK(pool.busy() == 2);
        CHECK(pool.queued() == 2);
        CHECK(answers == std::vector<std::string>{"4: limit"});
        turn(context, 300ms);
        CHECK(answers.size() == 5);
        CHECK(pool.counters().refused == 1);
        CHECK(pool.counters().connects == 2);
        CHECK(pool.busy() == 0);
        CHECK(pool.queued() == 0);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("the queue is served in order, and waits no longer than a request's limit") {
    ScriptedServer server({{want("GET /0"), pause_for(100ms), send(body("x")), want("GET /1"), send(body("x")),
                            want("GET /2"), send(body("x"))}});
    asio::io_context context;
    auto client = client_of(context);
    {
        PoolOptions options;
        options.parallel = 1;
        Pool pool(client, url_of(server.url()), options);
        std::vector<std::string> answers;
        auto start = [&](const std::string& target, milliseconds limit) {
            auto asked = request(Method::get, target);
            asked.limit = limit;
            asio::co_spawn(context, pool.exchange(asked),
                           [&answers, target](std::exception_ptr, const Result<http::Answer>& answer) {
                               answers.push_back(target + " " + text(answer));
                           });
        };
        start("/0", 2s);
        start("/1", 2s);
        start("/late", 30ms);
        start("/2", 2s);
        turn(context, 300ms);
        CHECK(answers == std::vector<std::string>{"/late timeout", "/0 200 x", "/1 200 x", "/2 200 x"});
    }
    CHECK(server.faults() == "");
}

TEST_CASE("close() ends all: the one on the wire, the ones that wait, the later ones") {
    ScriptedServer server({{want("GET /"), stall()}});
    asio::io_context context;
    auto client = client_of(context);
    PoolOptions options;
    options.parallel = 1;
    auto pool = std::make_unique<Pool>(client, url_of(server.url()), options);
    std::vector<std::string> answers;
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(
            context, pool->exchange(request(Method::get, "/")),
            [&](std::exception_ptr, const Result<http::Answer>& answer) { answers.push_back(text(answer)); });
    turn(context, 50ms);
    SUBCASE("close") {
        pool->close();
        turn(context, 50ms);
        CHECK(ask(context, *pool, request(Method::get, "/")) == "cancelled");
    }
    SUBCASE("destruction") {
        pool.reset();
        turn(context, 50ms);
    }
    CHECK(answers == std::vector<std::string>{"cancelled", "cancelled", "cancelled"});
    pool.reset();
    CHECK(server.faults() == "");
}

TEST_CASE("the loop may end before the pool's requests") {
    ScriptedServer server({{want("GET /"), stall()}});
    asio::io_context context;
    auto client = client_of(context);
    PoolOptions options;
    options.parallel = 1;
    Pool pool(client, url_of(server.url()), options);
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(context, pool.exchange(request(Method::get, "/")),
                       [](std::exception_ptr, const Result<http::Answer>&) {});
    turn(context, 50ms);
}

TEST_CASE("idle connections end after the pool's own time") {
    ScriptedServer server({{want("GET /"), send(body("a"))}, {want("GET /"), send(body("b"))}});
    asio::io_context context;
    auto client = client_of(context);
    {
        PoolOptions options;
        options.idle = 100ms;
        Pool pool(client, url_of(server.url()), options);
        CHECK(ask(context, pool, request(Method::get, "/")) == "200 a");
        CHECK(pool.idle() == 1);
        turn(context, 400ms);
        CHECK(pool.idle() == 0);
        CHECK(ask(context, pool, request(Method::get, "/")) == "200 b");
    }
    CHECK(server.faults() == "");
}

TEST_CASE("a pool keeps its jar and its pin") {
    Authority authority("test CA");
    auto identity = authority.issue({.names = "DNS:xsp.example.net"});
    const std::string cookie = "Set-Cookie: JSESSIONID=A1; Path=/com.broadsoft.xsi-events; Secure; HttpOnly\r\n";
    ScriptedServer server({{want("POST /com.broadsoft.async/channel"), send(body("", cookie)),
                            want("PUT /com.broadsoft.xsi-events/v2.0/channel/1/heartbeat"), send(empty),
                            want("GET /com.broadsoft.xsi-actions/v2.0/x"), send(empty)}},
                          {.identity = &identity});
    asio::io_context context;
    http::ClientOptions options;
    options.ca_file = authority.file();
    auto client = client_of(context, options);
    http::CookieJar jar;
    {
        PoolOptions pooled;
        pooled.jar = &jar;
        pooled.pin = http::Endpoint(asio::ip::make_address("127.0.0.1"), server.port());
        Pool pool(client, url_of("https://xsp.example.net/"), pooled);
        CHECK(ask(context, pool, request(Method::post, "/com.broadsoft.async/channel")) == "200 ");
        CHECK(ask(context, pool, request(Method::put, "/com.broadsoft.xsi-events/v2.0/channel/1/heartbeat")) == "200 ");
        CHECK(ask(context, pool, request(Method::get, "/com.broadsoft.xsi-actions/v2.0/x")) == "200 ");
    }
    CHECK(server.faults() == "");
    auto heads = server.requests();
    REQUIRE(heads.size() == 3);
    CHECK_FALSE(has(heads[0], "Cookie"));
    CHECK(has(heads[1], "Cookie: JSESSIONID=A1\r\n"));
    CHECK_FALSE(has(heads[2], "Cookie"));
}

TEST_CASE("redirections are followed with the same method, body and login") {
    for (const char* status : {"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"}) {
        CAPTURE(std::string(status));
        ScriptedServer second({{want("POST /there?x=1\n\n<Channel/>"), send(body("from two"))}});
        ScriptedServer first({{want("POST /channel\n\n<Channel/>"),
                               send("HTTP/1.1 " + std::string(status) + "\r\nLocation: " + second.url() +
                                    "/there?x=1\r\nContent-Length: 0\r\n\r\n")}});
        asio::io_context context;
        auto client = client_of(context);
        {
            Pool pool(client, url_of(first.url()));
            auto asked = request(Method::post, "/channel", "<Channel/>");
            asked.authorization = Secret("Basic x");
            auto answer = finish(context, follow(pool, asked, std::vector<std::string>{second.url() + "/any/path"}));
            CHECK(text(answer) == "200 from two");
            if (answer) CHECK(answer->url == second.url() + "/there?x=1");
        }
        CHECK(first.faults() == "");
        CHECK(second.faults() == "");
        CHECK(has(second.requests().at(0), "Authorization: Basic x\r\n"));
    }
}

TEST_CASE("redirections that are not followed") {
    struct Row {
        const char* what;
        Script script;
        const char* meaning;
        const char* said;
    };
    auto to = [](const std::string& place) {
        return send("HTTP/1.1 302 Found\r\nLocation: " + place + "\r\nContent-Length: 0\r\n\r\n");
    };
    const Row rows[] = {
        {"same origin, relative", {want("GET /a"), to("/b"), want("GET /b"), send(body("x"))}, "200 x", ""},
        {"three",
         {want("GET /a"), to("/b"), want("GET /b"), to("/c"), want("GET /c"), to("/d"), want("GET /d"),
          send(body("x"))},
         "200 x",
         ""},
        {"a loop",
         {want("GET /a"), to("/a"), want("GET /a"), to("/a"), want("GET /a"), to("/a"), want("GET /a"), to("/a")},
         "protocol",
         "more than 3 times"},
        {"foreign", {want("GET /a"), to("http://evil.example.org/b")}, "forbidden", "http://evil.example.org,"},
        {"other port", {want("GET /a"), to("http://127.0.0.1:1/b")}, "forbidden", "http://127.0.0.1:1,"},
        {"with a login in it", {want("GET /a"), to("http://u:p@127.0.0.1/b")}, "invalid", "redirects to nowhere"},
        {"no URL", {want("GET /a"), to("http://[::1")}, "invalid", "redirects to nowhere"},
        {"no Location", {want("GET /a"), send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")}, "302 ", ""},
        {"304 is none", {want("GET /a"), send("HTTP/1.1 304 Not Modified\r\nLocation: /b\r\n\r\n")}, "304 ", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        ScriptedServer server({row.script});
        asio::io_context context;
        auto client = client_of(context);
        {
            Pool pool(client, url_of(server.url()));
            auto answer = finish(context, follow(pool, request(Method::get, "/a"), std::vector<std::string>()));
            CHECK(text(answer) == row.meaning);
            if (!answer) CHECK_MESSAGE(has(answer.error().text, row.said), answer.error().text);
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("https is not left, even for an allowed host") {
    auto from = url_of("https://xsp1.example.net/a");
    http::Head head{.status = 302, .headers = {{"Location", "http://xsp2.example.net/a"}}};
    std::vector<std::string> allowed{"http://xsp2.example.net"};
    auto target = http::redirect_target(from, head, allowed);
    REQUIRE_FALSE(target);
    CHECK(target.error().category == Category::forbidden);
    CHECK(has(target.error().text, "http://xsp2.example.net"));
}
