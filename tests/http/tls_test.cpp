// Certificates: which are accepted, and what is said about those that are not.
#include <openssl/ssl.h>

#include <fstream>

#include "certificates.hpp"
#include "here.hpp"
#include "scripted_server.hpp"

using namespace testing;
using http::Connection;
using http::Request;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\n";
const Script one_answer{want("GET /"), send(ok + "Content-Length: 2\r\n\r\nok")};

Task<Result<std::string>> ask(Connection& connection, http::Url url, http::Pin pin = {}) {
    auto connected = co_await connection.connect(std::move(url), std::move(pin));
    if (!connected) co_return std::unexpected(connected.error());
    Request request;
    request.limit = 2s;
    auto answer = co_await connection.exchange(request);
    if (!answer) co_return std::unexpected(answer.error());
    co_return answer->body;
}

} // namespace

TEST_CASE("which certificates are accepted") {
    Authority ours("Lamplighter test CA");
    Authority foreign("Foreign CA");
    struct Row {
        const char* what;
        const Authority* issuer;
        Wanted wanted;
        const char* host;    // what the address says; the server is at 127.0.0.1
        const char* refused; // part of the sentence; empty: accepted
    };
    // clang-format off
    const Row rows[] = {
        {"name",             &ours,    {.names = "DNS:localhost"},                  "localhost",       ""},
        {"address",          &ours,    {.names = "IP:127.0.0.1"},                   "127.0.0.1",       ""},
        {"wildcard",         &ours,    {.names = "DNS:*.example.net"},              "xsp.example.net", ""},
        {"case",             &ours,    {.names = "DNS:XSP.Example.net"},            "xsp.example.net", ""},
        {"wrong name",       &ours,    {.names = "DNS:other.example.net,IP:10.0.0.1"}, "xsp.example.net", "made for other.example.net, 10.0.0.1 and not for xsp.example.net"},
        {"wrong address",    &ours,    {.names = "DNS:localhost,IP:10.0.0.1"},      "127.0.0.1",       "made for localhost, 10.0.0.1 and not for 127.0.0.1"},
        {"deep wildcard",    &ours,    {.names = "DNS:*.example.net"},              "a.b.example.net", "made for *.example.net"},
        {"partial wildcard", &ours,    {.names = "DNS:x*.example.net"},             "xsp.example.net", "made for"},
        {"address as name",  &ours,    {.names = "DNS:127.0.0.1"},                  "127.0.0.1",       "made for"},
        {"expired",          &ours,    {.names = "DNS:localhost", .begins_s = -7200, .ends_s = -60}, "localhost", "it ended on "},
        {"not yet valid",    &ours,    {.names = "DNS:localhost", .begins_s = 600}, "localhost",       "it begins only on "},
        {"unknown issuer",   &foreign, {.names = "DNS:localhost"},                  "localhost",       "Foreign CA\" is not trusted here; put"},
    };
    // clang-format on
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        auto identity = row.issuer->issue(row.wanted);
        ScriptedServer server({one_answer}, {.identity = &identity});
        asio::io_context context;
        http::ClientOptions options;
        options.ca_file = ours.file();
        auto client = client_of(context, options);
        {
            Connection connection(client);
            http::Pin pin = http::Endpoint(asio::ip::make_address("127.0.0.1"), server.port());
            auto body = finish(context, ask(connection, url_of(server.url(row.host)), pin));
            bool accepted = std::string_view(row.refused).empty();
            CHECK(body.has_value() == accepted);
            if (!body) {
                INFO(body.error().text);
                CHECK(body.error().category == Category::network);
                CHECK(has(body.error().text, row.refused));
                CHECK(has(body.error().text, std::string("The certificate of ") + row.host));
            }
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("a self-signed certificate, the system's trust, no check at all") {
    Authority alone("Alone");
    auto identity = alone.issue({});
    ScriptedServer server({one_answer}, {.identity = &identity});
    asio::io_context context;
    http::ClientOptions options;
    SUBCASE("the system does not know it") {}
    SUBCASE("not checked") {
        options.verify = http::Verify::none;
    }
    auto client = client_of(context, options);
    {
        Connection connection(client);
        auto body = finish(context, ask(connection, url_of(server.url())));
        CHECK(body.has_value() == (options.verify == http::Verify::none));
        if (!body) CHECK(has(body.error().text, "ca_file"));
    }
    CHECK(server.faults() == "");
}

TEST_CASE("TLS that is too old, or none at all") {
    Authority authority("test CA");
    auto identity = authority.issue({});
    asio::io_context context;
    http::ClientOptions options;
    options.ca_file = authority.file();
    auto client = client_of(context, options);
    SUBCASE("TLS 1.1") {
        ScriptedServer server({one_answer}, {.identity = &identity, .tls_most = TLS1_1_VERSION});
        {
            Connection connection(client);
            auto body = finish(context, ask(connection, url_of(server.url())));
            REQUIRE_FALSE(body);
            CHECK(body.error().category == Category::network);
            CHECK(has(body.error().text, "1.2 at least"));
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("TLS 1.2") {
        ScriptedServer server({one_answer}, {.identity = &identity, .tls_most = TLS1_2_VERSION});
        {
            Connection connection(client);
            CHECK(finish(context, ask(connection, url_of(server.url()))).has_value());
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("a plain port") {
        ScriptedServer server({{send("HTTP/1.1 400 Bad Request\r\n\r\n"), stall()}});
        {
            Connection connection(client);
            auto url = url_of(server.url());
            url.tls = true;
            auto body = finish(context, ask(connection, url));
            REQUIRE_FALSE(body);
            CHECK(has(body.error().text, "does not speak TLS"));
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("silence") {
        ScriptedServer server({{stall()}});
        {
            auto hasty = options;
            hasty.connect_wait = 200ms;
            auto hasty_client = client_of(context, hasty);
            Connection connection(hasty_client);
            auto url = url_of(server.url());
            url.tls = true;
            auto body = finish(context, ask(connection, url));
            REQUIRE_FALSE(body);
            CHECK(body.error().category == Category::timeout);
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("closed in the handshake") {
        ScriptedServer server({{close_now()}});
        {
            Connection connection(client);
            auto url = url_of(server.url());
            url.tls = true;
            auto body = finish(context, ask(connection, url));
            REQUIRE_FALSE(body);
            CHECK(body.error().category == Category::network);
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("a body until the end needs TLS's own goodbye") {
    Authority authority("test CA");
    auto identity = authority.issue({});
    asio::io_context context;
    http::ClientOptions options;
    options.ca_file = authority.file();
    auto client = client_of(context, options);
    bool said = false;
    Step last = reset();
    SUBCASE("said") {
        said = true, last = close_now();
    }
    SUBCASE("cut off") {}
    ScriptedServer server({{want("GET /"), send(ok + "\r\nhello"), pause_for(20ms), last}}, {.identity = &identity});
    {
        Connection connection(client);
        auto body = finish(context, ask(connection, url_of(server.url())));
        CHECK(body.has_value() == said);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("sessions are resumed, to the same place only") {
    Authority authority("test CA");
    auto identity = authority.issue({});
    for (int version : {TLS1_2_VERSION, 0}) {
        CAPTURE(version);
        ScriptedServer server({one_answer, one_answer, one_answer}, {.identity = &identity, .tls_most = version});
        asio::io_context context;
        http::ClientOptions options;
        options.ca_file = authority.file();
        auto client = client_of(context, options);
        std::vector<bool> resumed;
        for (const auto& host : {"127.0.0.1", "127.0.0.1", "localhost"}) {
            Connection connection(client);
            http::Pin pin = http::Endpoint(asio::ip::make_address("127.0.0.1"), server.port());
            auto body = finish(context, ask(connection, url_of(server.url(host)), pin));
            REQUIRE_MESSAGE(body, body.error().text);
            resumed.push_back(connection.tls_resumed());
        }
        CHECK(resumed == std::vector<bool>{false, true, false});
        CHECK(server.faults() == "");
    }
}

TEST_CASE("what Client::make refuses") {
    asio::io_context context;
    struct Row {
        const char* ca_file;
        const char* proxy;
        const char* said;
    };
    char empty[] = "/tmp/lamp-test-empty-XXXXXX";
    ::close(::mkstemp(empty));
    const Row rows[] = {
        {"/no/such/file.pem", "", "/no/such/file.pem"},
        {empty, "", "PEM"},
        {"", "proxy:3128", "http://host:port"},
        {"", "https://proxy:3128", "http://host:port"},
        {"", "http://proxy:3128/path", "http://host:port"},
        {"", "http://user:hunter2@proxy:3128", "proxy"},
    };
    for (const auto& row : rows) {
        http::ClientOptions options;
        options.ca_file = row.ca_file;
        options.proxy = row.proxy;
        auto client = http::Client::make(context, options);
        REQUIRE_FALSE(client);
        CHECK(client.error().category == Category::invalid);
        CHECK(has(client.error().text, row.said));
        CHECK_FALSE(has(client.error().text, "hunter2"));
    }
    ::unlink(empty);
}
