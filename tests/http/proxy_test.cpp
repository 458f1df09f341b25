// Through a proxy: CONNECT for https, the absolute form for http.
#include <vector>

#include "certificates.hpp"
#include "here.hpp"
#include "http/examine.hpp"
#include "scripted_server.hpp"

using namespace testing;
using http::Connection;
using http::Request;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\n";

Task<Result<std::string>> ask(Connection& connection, http::Url url) {
    auto connected = co_await connection.connect(std::move(url));
    if (!connected) co_return std::unexpected(connected.error());
    Request request{.target = "/a?b", .authorization = Secret("Bearer inner"), .limit = 2s};
    auto answer = co_await connection.exchange(request);
    if (!answer) co_return std::unexpected(answer.error());
    co_return answer->body;
}

} // namespace

TEST_CASE("https through CONNECT") {
    Authority authority("test CA");
    auto identity = authority.issue({.names = "DNS:xsp.example.net"});
    struct Row {
        const char* what;
        Script script;
        const char* body;    // or
        const char* refused; // a part of the sentence
        Category category;
    };
    const Step connect = want_head("CONNECT xsp.example.net:443");
    // clang-format off
    const Row rows[] = {
        {"open",        {connect, send(ok + "\r\n"), start_tls(), want("GET /a?b"), send(ok + "Content-Length: 2\r\n\r\nok")}, "ok", "", {}},
        {"length told", {connect, send(ok + "Content-Length: 10\r\n\r\n"), start_tls(), want("GET /a?b"), send(ok + "Content-Length: 2\r\n\r\nok")}, "ok", "", {}},
        {"byte by byte", {connect, send_bytes("HTTP/1.0 200 Connection established\r\n\r\n"), start_tls(), want("GET /a?b"), send(ok + "Content-Length: 2\r\n\r\nok")}, "ok", "", {}},
        {"407",         {connect, send("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"), stall()}, "", "proxy_user", Category::unauthorised},
        {"403",         {connect, send("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!"), stall()}, "", "does not open the way to xsp.example.net:443: 403 Forbidden", Category::network},
        {"closed",      {connect, close_now()},                                     "", "Through the proxy", Category::network},
        {"silent",      {connect, stall()},                                         "", "Through the proxy", Category::timeout},
        {"chatty",      {connect, send(ok + "\r\nhello"), stall()},                 "", "nobody asked for",  Category::protocol},
        {"not a proxy", {connect, send("220 smtp\r\n"), stall()},                   "", "not HTTP",          Category::protocol},
    };
    // clang-format on
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        ScriptedServer proxy({row.script}, {.identity = &identity, .tls_at_once = false});
        asio::io_context context;
        http::ClientOptions options;
        options.ca_file = authority.file();
        options.proxy = proxy.url();
        options.proxy_user = "me";
        options.proxy_password = Secret("word");
        options.connect_wait = 500ms;
        auto client = client_of(context, options);
        {
            Connection connection(client);
            auto body = finish(context, ask(connection, url_of("https://xsp.example.net/")));
            if (!body) INFO(body.error().text);
            CHECK(body.has_value() == std::string_view(row.refused).empty());
            if (body)
                CHECK(*body == row.body);
            else
                CHECK_MESSAGE(has(body.error().text, row.refused), body.error().text);
            if (!body) CHECK(body.error().category == row.category);
        }
        CHECK(proxy.faults() == "");
        auto heads = proxy.requests();
        REQUIRE(!heads.empty());
        CHECK(has(heads[0], "Host: xsp.example.net:443\r\n"));
        CHECK(has(heads[0], "Proxy-Authorization: Basic bWU6d29yZA==\r\n"));
        CHECK_FALSE(has(heads[0], "inner"));
        if (heads.size() > 1) CHECK_FALSE(has(heads[1], "Proxy-Authorization"));
    }
}

TEST_CASE("http in absolute form") {
    ScriptedServer proxy({{want("GET http://xsp.example.net:8080/a?b"), send(ok + "Content-Length: 2\r\n\r\nok")}});
    asio::io_context context;
    http::ClientOptions options;
    options.proxy = proxy.url();
    options.proxy_user = "me";
    auto client = client_of(context, options);
    {
        Connection connection(client);
        auto body = finish(context, ask(connection, url_of("http://xsp.example.net:8080/")));
        REQUIRE_MESSAGE(body, body.error().text);
        CHECK(*body == "ok");
    }
    CHECK(proxy.faults() == "");
    CHECK(has(proxy.requests().at(0), "Host: xsp.example.net:8080\r\n"));
    CHECK(has(proxy.requests().at(0), "Proxy-Authorization: Basic bWU6\r\n"));
}

TEST_CASE("no proxy there") {
    std::string gone;
    {
        ScriptedServer closed(std::vector<Script>{});
        gone = closed.url();
    }
    asio::io_context context;
    http::ClientOptions options;
    options.proxy = gone;
    auto client = client_of(context, options);
    Connection connection(client);
    auto body = finish(context, ask(connection, url_of("https://xsp.example.net/")));
    REQUIRE_FALSE(body);
    CHECK(has(body.error().text, "No connection to the proxy 127.0.0.1:"));
}

TEST_CASE("an examination behind a proxy looks up the proxy's name, not the host's, which only the proxy may know") {
    Authority authority("test CA");
    auto identity = authority.issue({.names = "DNS:xsp.nowhere.invalid"});
    ScriptedServer proxy({{want_head("CONNECT xsp.nowhere.invalid:443"), send(ok + "\r\n"), start_tls()}},
                         {.identity = &identity, .tls_at_once = false});
    asio::io_context context;
    http::ClientOptions options;
    options.ca_file = authority.file();
    options.proxy = proxy.url();
    auto client = client_of(context, options);
    std::vector<http::Step> steps;
    auto reached = finish(context, http::reach(client, url_of("https://xsp.nowhere.invalid/"),
                                               [&](const http::Step& step) { steps.push_back(step); }));
    REQUIRE(steps.size() == 2);
    CHECK_MESSAGE(reached, steps.back().detail);
    CHECK(steps[0].what.starts_with("proxy 127.0.0.1:"));
    CHECK(steps[1].what == "xsp.nowhere.invalid:443 connection and TLS");
    CHECK(proxy.faults() == "");
}
