// One connection against a server that keeps to its script: framings over a socket, limits, ends of every kind.
#include "here.hpp"
#include "scripted_server.hpp"

using namespace testing;
using http::Connection;
using http::Method;
using http::Request;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\n";

Task<Result<http::Answer>> connect_and_ask(Connection& connection, http::Url url, const Request& request) {
    auto connected = co_await connection.connect(std::move(url));
    if (!connected) co_return std::unexpected(connected.error());
    co_return co_await connection.exchange(request);
}

Request get(const std::string& target, milliseconds limit = 2s) {
    Request request;
    request.target = target;
    request.limit = limit;
    return request;
}

std::string text(const Result<http::Answer>& answer) {
    if (!answer) return std::string(name(answer.error().category));
    return std::to_string(answer->status) + " " + answer->body;
}

} // namespace

TEST_CASE("answers over a socket") {
    struct Row {
        const char* what;
        Script after_request;
        const char* meaning;
        const char* in_error;
    };
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string five = ok + "Content-Length: 5\r\n\r\n";
    // clang-format off
    const Row rows[] = {
        {"length",                 {send(five + "hello")},                                   "200 hello", ""},
        {"byte by byte, length",   {send_bytes(five + "hello")},                             "200 hello", ""},
        {"byte by byte, chunks",   {send_bytes(chunked + "2;x\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n")}, "200 hello", ""},
        {"until close",            {send(ok + "\r\nhel"), send("lo"), close_now()},          "200 hello", ""},
        {"until half close",       {send(ok + "\r\nhello"), half_close()},                   "200 hello", ""},
        {"interim, then late",     {send("HTTP/1.1 100 Continue\r\n\r\n"), pause_for(30ms), send(five + "hello")}, "200 hello", ""},
        {"204",                    {send("HTTP/1.1 204 No Content\r\n\r\n")},                "204 ", ""},
        {"404 is an answer",       {send("HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx")}, "404 x", ""},
        {"302 is an answer",       {send("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")}, "302 ", ""},
        {"closed at once",         {close_now()},                                            "network", "closed the connection"},
        {"closed in the header",   {send("HTTP/1.1 200 OK\r\nConte"), close_now()},          "network", "closed the connection"},
        {"closed in the body",     {send(five + "hel"), close_now()},                        "network", "after 3 bytes"},
        {"closed in a chunk",      {send(chunked + "5\r\nhel"), close_now()},                "network", "middle of the answer's body"},
        {"reset at once",          {reset()},                                                "network", "lost"},
        {"reset in the body",      {send(five + "hel"), pause_for(20ms), reset()},           "network", "reset by peer"},
        {"silence",                {stall()},                                                "timeout", "let us wait"},
        {"silence in the header",  {send("HTTP/1.1 200 OK\r\n"), stall()},                   "timeout", "let us wait"},
        {"silence in the body",    {send(five + "hel"), stall()},                            "timeout", "let us wait"},
        {"silence before the end", {send(ok + "\r\nhello"), stall()},                        "timeout", "let us wait"},
        {"drops forever",          {send(chunked), send_bytes(std::string(8000, '0')), stall()}, "timeout", "let us wait"},
        {"not HTTP",               {send("SSH-2.0-x\r\n"), stall()},                         "protocol", "not HTTP"},
        {"TLS alert",              {send("\x15\x03\x01\x00\x02\x02\x46"), stall()},          "protocol", "not HTTP"},
        {"huge header",            {send(ok + "X: " + std::string(40'000, 'a') + "\r\n\r\n"), stall()}, "limit", "answer_header_bytes"},
        {"endless header",         {send(ok + [] { std::string s; for (int i = 0; i < 5000; ++i) s += "X: 12345\r\n"; return s; }()), stall()}, "limit", "answer_header_bytes"},
        {"body too long",          {send(ok + "Content-Length: 2001\r\n\r\n"), stall()},     "limit", "answer_body_bytes"},
        {"chunks too long",        {send(chunked + "7D0\r\n" + std::string(2000, 'x') + "\r\n1\r\nx\r\n"), stall()}, "limit", "answer_body_bytes"},
        {"endless until close",    {send(ok + "\r\n" + std::string(3000, 'x')), stall()},    "limit", "answer_body_bytes"},
        {"unasked compression",    {send(ok + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx"), stall()}, "protocol", "gzip"},
    };
    // clang-format on
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        Script script{want("GET /a?b=c")};
        script.insert(script.end(), row.after_request.begin(), row.after_request.end());
        ScriptedServer server({script});
        asio::io_context context;
        http::ClientOptions options;
        options.body_bytes = 2000;
        auto client = client_of(context, options);
        Result<http::Answer> answer = fail(Category::invalid, "");
        {
            Connection connection(client);
            auto request = get("/a?b=c", 400ms);
            answer = finish(context, connect_and_ask(connection, url_of(server.url()), request));
            if (!answer) CHECK_FALSE(connection.reusable(steady_now()));
        }
        if (!answer) CAPTURE(answer.error().text);
        CHECK(text(answer) == row.meaning);
        if (!answer) {
            INFO(answer.error().text);
            CHECK(has(answer.error().text, row.in_error));
            CHECK(has(answer.error().text, "127.0.0.1:" + std::to_string(server.port())));
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("an answer cut at every byte into two segments") {
    const std::string answer = ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for (std::size_t cut = 1; cut < answer.size(); ++cut) {
        CAPTURE(cut);
        ScriptedServer server({{want("GET /"), send(answer.substr(0, cut)), pause_for(1ms), send(answer.substr(cut))}});
        asio::io_context context;
        auto client = client_of(context);
        {
            Connection connection(client);
            auto request = get("/");
            CHECK(text(finish(context, connect_and_ask(connection, url_of(server.url()), request))) == "200 hello");
            CHECK(connection.reusable(steady_now()));
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("what is sent") {
    const Script script{want("PUT /p\n\n<a/>"),
                        send(ok + "Content-Length: 0\r\n\r\n"),
                        want("PUT /heartbeat"),
                        send(ok + "Content-Length: 0\r\n\r\n"),
                        want("HEAD /h"),
                        send(ok + "Content-Length: 500\r\n\r\n"),
                        want("DELETE /d"),
                        send("HTTP/1.1 204 No Content\r\n\r\n"),
                        want("PATCH /x\n\nz"),
                        send(ok + "Content-Length: 0\r\n\r\n"),
                        want("POST /big\n\n" + std::string(300'000, 'b')),
                        send(ok + "Content-Length: 2\r\n\r\nok")};
    ScriptedServer server({script});
    asio::io_context context;
    auto client = client_of(context);
    {
        Connection connection(client);
        Request put{.method = Method::put,
                    .target = "/p",
                    .headers = {{"X-BroadWorks-No-AuthChallenge", "true"}},
                    .body = "<a/>",
                    .content_type = "application/xml; charset=UTF-8",
                    .authorization = http::basic("u", Secret("p")),
                    .limit = 2s};
        CHECK(text(finish(context, connect_and_ask(connection, url_of(server.url()), put))) == "200 ");
        for (auto [method, target, body] : {std::tuple{Method::put, "/heartbeat", std::string()},
                                            {Method::head, "/h", std::string()},
                                            {Method::del, "/d", std::string()},
                                            {Method::patch, "/x", std::string("z")},
                                            {Method::post, "/big", std::string(300'000, 'b')}}) {
            CAPTURE(std::string(target));
            Request request{.method = method, .target = target, .body = body, .limit = 2s};
            auto answer = finish(context, connection.exchange(request));
            REQUIRE_MESSAGE(answer, answer.error().text);
            CHECK(answer->url == server.url() + target);
        }
    }
    CHECK(server.faults() == "");
    auto heads = server.requests();
    REQUIRE(heads.size() == 6);
    CHECK(heads[0] == "PUT /p HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                          "\r\nUser-Agent: lamplighter\r\nAuthorization: Basic dTpw\r\nX-BroadWorks-No-AuthChallenge: "
                          "true\r\nContent-Type: application/xml; charset=UTF-8\r\nContent-Length: 4\r\n\r\n");
    CHECK(has(heads[1], "Content-Length: 0\r\n"));
    CHECK_FALSE(has(heads[2], "Content-Length"));
    CHECK_FALSE(has(heads[3], "Content-Length"));
}

TEST_CASE("an answer that comes before the request has been taken") {
    const std::string large(20'000'000, 'b');
    ScriptedServer server(
        {{want_head("POST /big"), send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"),
          half_close()}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Connection connection(client);
        Request post{.method = Method::post, .target = "/big", .body = large, .limit = 5s};
        CHECK(text(finish(context, connect_and_ask(connection, url_of(server.url()), post))) == "413 no");
        CHECK_FALSE(connection.reusable(steady_now()));
    }
    CHECK(server.faults() == "");
}

TEST_CASE("requests that are refused before a byte is sent") {
    ScriptedServer server({{want("GET /fine"), send(ok + "Content-Length: 0\r\n\r\n")}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Connection connection(client);
        REQUIRE(finish(context, connection.connect(url_of(server.url()))));
        const Request bad[] = {
            {.target = ""},
            {.target = "no-slash"},
            {.target = "/a b"},
            {.target = "/a\r\nX: y"},
            {.target = "/", .headers = {{"X", "a\r\nEvil: 1"}}},
            {.target = "/", .headers = {{"X Y", "a"}}},
            {.target = "/", .headers = {{"", "a"}}},
            {.target = "/", .content_type = "a\nb"},
            {.target = "/", .authorization = Secret("Bearer x\r\nEvil: 1")},
        };
        for (const auto& request : bad) {
            auto answer = finish(context, connection.exchange(request));
            REQUIRE_FALSE(answer);
            CHECK(answer.error().category == Category::invalid);
            CHECK_FALSE(has(answer.error().text, "Evil"));
        }
        auto fine = get("/fine");
        CHECK(finish(context, connection.exchange(fine)));
    }
    CHECK(server.faults() == "");
}

TEST_CASE("connecting fails in words") {
    asio::io_context context;
    http::ClientOptions options;
    options.connect_wait = 300ms;
    auto client = client_of(context, options);
    std::string refused;
    {
        ScriptedServer gone(std::vector<Script>{});
        refused = gone.url();
    }
    SUBCASE("refused port") {
        Connection connection(client);
        auto connected = finish(context, connection.connect(url_of(refused)));
        REQUIRE_FALSE(connected);
        CHECK(connected.error().category == Category::network);
        CHECK(has(connected.error().text, "nothing listens there"));
        CHECK(has(connected.error().text, "127.0.0.1"));
    }
    SUBCASE("no such name") {
        auto patient_options = options;
        patient_options.connect_wait = 10s;
        auto patient = client_of(context, patient_options);
        Connection connection(patient);
        auto connected = finish(context, connection.connect(url_of("http://no-such-host.invalid/")));
        REQUIRE_FALSE(connected);
        CHECK(connected.error().category == Category::network);
        CHECK(has(connected.error().text, "no-such-host.invalid"));
        CHECK(has(connected.error().text, "getent hosts"));
    }
    SUBCASE("a pin overrules the name") {
        ScriptedServer server({{want("GET /"), send(ok + "Content-Length: 0\r\n\r\n")}});
        {
            Connection connection(client);
            http::Pin pin = http::Endpoint(asio::ip::make_address("127.0.0.1"), server.port());
            REQUIRE(finish(context, connection.connect(url_of("http://no-such-host.invalid/"), pin)));
            CHECK(connection.endpoint() == pin);
            auto request = get("/");
            CHECK(finish(context, connection.exchange(request)));
        }
        CHECK(server.faults() == "");
        CHECK(has(server.requests().at(0), "Host: no-such-host.invalid\r\n"));
    }
}

TEST_CASE("IPv6, and a name with several addresses") {
    SUBCASE("literal") {
        ScriptedServer server({{want("GET /"), send(ok + "Content-Length: 1\r\n\r\n6")}}, {.address = "::1"});
        asio::io_context context;
        auto client = client_of(context);
        {
            Connection connection(client);
            auto request = get("/");
            CHECK(text(finish(context, connect_and_ask(connection, url_of(server.url()), request))) == "200 6");
        }
        CHECK(server.faults() == "");
        CHECK(has(server.requests().at(0), "Host: [::1]:" + std::to_string(server.port()) + "\r\n"));
    }
    SUBCASE("localhost, where only one family listens") {
        ScriptedServer server({{want("GET /"), send(ok + "Content-Length: 1\r\n\r\n4")}});
        asio::io_context context;
        auto client = client_of(context);
        {
            Connection connection(client);
            auto request = get("/");
            CHECK(text(finish(context, connect_and_ask(connection, url_of(server.url("localhost")), request))) ==
                  "200 4");
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("resolve") {
    asio::io_context context;
    auto literal = finish(context, http::resolve("2001:db8::1", 443, 1s));
    REQUIRE(literal);
    CHECK(http::text(literal->at(0)) == "[2001:db8::1]:443");
    auto local = finish(context, http::resolve("localhost", 80, 5s));
    REQUIRE_MESSAGE(local, local.error().text);
    CHECK(local->at(0).address().is_loopback());
    auto none = finish(context, http::resolve("no-such-host.invalid", 80, 10s));
    REQUIRE_FALSE(none);
    CHECK(none.error().category == Category::network);
    auto hasty = finish(context, http::resolve("localhost", 80, 0ms));
    if (!hasty) CHECK(hasty.error().category == Category::timeout);
}

TEST_CASE("close() ends a pending operation") {
    ScriptedServer server({{want("GET /"), send(ok + "Content-Length: 5\r\n\r\nhe"), stall()}});
    asio::io_context context;
    auto client = client_of(context);
    auto connection = std::make_unique<Connection>(client);
    REQUIRE(finish(context, connection->connect(url_of(server.url()))));
    asio::steady_timer timer(context, 50ms);
    bool destroyed = false;
    SUBCASE("close") {
        timer.async_wait([&](auto) { connection->close(); });
    }
    SUBCASE("destruction") {
        destroyed = true;
        timer.async_wait([&](auto) { connection.reset(); });
    }
    auto request = get("/", 5s);
    auto begun = steady_now();
    auto answer = finish(context, connection->exchange(request));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().category == Category::cancelled);
    CHECK(steady_now() - begun < 2s);
    if (!destroyed) {
        auto late = finish(context, connection->exchange(request));
        REQUIRE_FALSE(late);
        CHECK(late.error().category == Category::cancelled);
    }
    connection.reset();
    CHECK(server.faults() == "");
}

TEST_CASE("close() ends a connect in each of its stages") {
    asio::io_context context;
    Authority authority("test CA");
    auto identity = authority.issue({});
    http::ClientOptions options;
    std::vector<Script> scripts;
    std::string url;
    SUBCASE("TLS handshake") {
        scripts = {{stall()}};
    }
    SUBCASE("CONNECT") {
        scripts = {{want_head("CONNECT x.example.net:443"), stall()}};
    }
    ScriptedServer server(scripts);
    bool proxied = scripts[0].size() == 2;
    if (proxied) options.proxy = server.url();
    url = proxied ? "https://x.example.net/" : "https://127.0.0.1:" + std::to_string(server.port());
    auto client = client_of(context, options);
    {
        Connection connection(client);
        asio::steady_timer timer(context, 50ms);
        timer.async_wait([&](auto) { connection.close(); });
        auto begun = steady_now();
        auto connected = finish(context, connection.connect(url_of(url)));
        REQUIRE_FALSE(connected);
        CHECK(connected.error().category == Category::cancelled);
        CHECK(steady_now() - begun < 2s);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("the loop may end while everything is pending") {
    ScriptedServer server({{want("GET /"), stall()}, {stall()}});
    SUBCASE("the connection is destroyed first") {
        asio::io_context context;
        auto client = client_of(context);
        Connection connection(client);
        auto request = get("/", 5s);
        asio::co_spawn(context, connect_and_ask(connection, url_of(server.url()), request),
                       [](std::exception_ptr, const Result<http::Answer>&) {});
        turn(context, 50ms);
    }
    SUBCASE("the coroutine owns the connection and dies with the loop") {
        asio::io_context context;
        auto client = client_of(context);
        auto url = url_of(server.url());
        auto work = [&]() -> Task<Result<http::Answer>> {
            Connection connection(client);
            auto request = get("/", 5s);
            co_return co_await connect_and_ask(connection, url, request);
        };
        asio::co_spawn(context, work(), [](std::exception_ptr, const Result<http::Answer>&) {});
        turn(context, 50ms);
    }
}

TEST_CASE("keep-alive: what makes a connection reusable") {
    struct Row {
        const char* what;
        std::string answer;
        bool reusable;
    };
    const Row rows[] = {
        {"length", ok + "Content-Length: 1\r\n\r\nx", true},
        {"close told", ok + "Connection: close\r\nContent-Length: 1\r\n\r\nx", false},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", false},
        {"bytes behind the answer", ok + "Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n", false},
        {"Keep-Alive: timeout=0", ok + "Keep-Alive: timeout=0\r\nContent-Length: 1\r\n\r\nx", false},
        {"Keep-Alive: timeout=5", ok + "Keep-Alive: timeout=5, max=100\r\nContent-Length: 1\r\n\r\nx", true},
        {"Keep-Alive in other words", ok + "Keep-Alive: forever\r\nContent-Length: 1\r\n\r\nx", true},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        ScriptedServer server({{want("GET /"), send(row.answer)}});
        asio::io_context context;
        auto client = client_of(context);
        {
            Connection connection(client);
            auto request = get("/");
            CHECK(text(finish(context, connect_and_ask(connection, url_of(server.url()), request))) == "200 x");
            CHECK(connection.reusable(steady_now()) == row.reusable);
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("Keep-Alive's time has a margin") {
    ScriptedServer server({{want("GET /"), send(ok + "Keep-Alive: timeout=4\r\nContent-Length: 0\r\n\r\n")}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Connection connection(client);
        auto request = get("/");
        REQUIRE(finish(context, connect_and_ask(connection, url_of(server.url()), request)));
        auto now = steady_now();
        CHECK(connection.reusable(now + 2500ms));
        CHECK_FALSE(connection.reusable(now + 3100ms));
    }
    CHECK(server.faults() == "");
}
