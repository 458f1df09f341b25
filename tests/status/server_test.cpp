// The server over real sockets: framing, pipelining, refusals, limits, clients that misbehave, TLS, addresses.
#include <chrono>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include "office.hpp"

using namespace testing;
using namespace lamp;
using namespace std::chrono_literals;

namespace {

std::string get(std::string_view path, std::string_view fields = {}) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: lamp\r\nAuthorization: Bearer {}\r\n{}\r\n", path, viewer, fields);
}

/// A self-signed certificate for this test, in two files that go with it.
struct Identity {
    std::filesystem::path folder;
    Identity() {
        char name[] = "/tmp/lamp-status-XXXXXX";
        folder = ::mkdtemp(name);
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
        X509_sign(certificate, key, EVP_sha256());
        FILE* out = std::fopen(this->certificate().c_str(), "w");
        PEM_write_X509(out, certificate);
        std::fclose(out);
        out = std::fopen(this->key().c_str(), "w");
        PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(out);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Identity() { std::filesystem::remove_all(folder); }
    [[nodiscard]] std::filesystem::path certificate() const { return folder / "cert.pem"; }
    [[nodiscard]] std::filesystem::path key() const { return folder / "key.pem"; }
};

} // namespace

TEST_CASE("server: every answer is right at every cut of two pipelined requests") {
    Office office;
    auto text = get("/v1/presence/alice%40example.net") + get("/v1/whoami");
    std::string whole;
    {
        auto client = office.client();
        client.send(text);
        whole = client.read_answer().body + client.read_answer().body;
        CHECK(whole.find(R"("id":"alice@example.net")") != std::string::npos);
        CHECK(whole.find(R"("role":"viewer")") != std::string::npos);
    }
    auto client = office.client();
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        client.send(text.substr(0, cut));
        office.settle();
        client.send(text.substr(cut));
        auto got = client.read_answer().body;
        got += client.read_answer().body;
        REQUIRE(got == whole);
    }
}

TEST_CASE("server: a byte at a time is as good") {
    Office office;
    auto client = office.client();
    for (char c : get("/v1/presence/bob%40example.net"))
        client.send({&c, 1});
    CHECK(client.read_answer().status == 200);
}

TEST_CASE("server: many pipelined requests, answered in order, waiting ones too") {
    Office office;
    auto client = office.client();
    constexpr int count = 500;
    std::string text;
    for (int i = 0; i < count; ++i)
        text += get(i % 3 == 0 ? "/v1/status" : i % 3 == 1 ? "/healthz" : "/v1/presence/nobody");
    client.send(text);
    for (int i = 0; i < count; ++i) {
        auto answer = client.read_answer();
        REQUIRE(answer.status == (i % 3 == 2 ? 404 : 200));
        if (i % 3 == 0) REQUIRE(answer.body.find(R"("version":"1.2.3")") != std::string::npos);
        if (i % 3 == 1) REQUIRE(answer.body == "ok\n");
    }
}

TEST_CASE("server: HEAD is GET without the body") {
    Office office;
    auto client = office.client();
    auto with = client.get("/v1/presence", viewer);
    auto without = client.request("HEAD", "/v1/presence", viewer);
    CHECK(without.field("Content-Length") == std::to_string(with.body.size()));
    CHECK(client.request("HEAD", "/v1/presence/nobody", viewer).status == 404);
    CHECK(client.request("HEAD", "/v1/status", viewer).status == 200);
    CHECK(client.get("/healthz").body == "ok\n"); // nothing was left over
    auto stream = client.request("HEAD", "/v1/events", viewer);
    CHECK(stream.field("Content-Type") == "text/event-stream");
    CHECK(client.ended());
}

TEST_CASE("server: the end of a connection") {
    struct Row {
        std::string_view request;
        bool ends;
    };
    const Row table[] = {
        {"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true},
        {"GET /healthz HTTP/1.0\r\n\r\n", true},
        {"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}, // 1.0 always ends here
        {"GET /readyz HTTP/1.0\r\n\r\n", true},
        {"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", false},
    };
    Office office;
    for (const Row& row : table) {
        CAPTURE(row.request);
        auto client = office.client();
        client.send(row.request);
        auto answer = client.read_answer();
        CHECK(answer.status == 200);
        CHECK(answer.field("Connection").has_value() == row.ends);
        if (row.ends)
            CHECK(client.ended());
        else
            CHECK(client.get("/healthz").status == 200);
    }
}

TEST_CASE("server: what cannot be read is answered once and ends the connection") {
    struct Row {
        std::string_view request;
        int status;
    };
    const Row table[] = {
        {"nonsense\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"POST /v1/dial HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcdGET /healthz "
         "HTTP/1.1\r\nHost: a\r\n\r\n",
         400},
        {"POST /v1/dial HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET "
         "/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
         400},
        {"POST /v1/dial HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {"POST /v1/dial HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"POST /v1/dial HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413},
        {"POST /v1/dial HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n", 413},
        {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
    };
    Office office;
    for (const Row& row : table) {
        CAPTURE(row.request);
        auto client = office.client();
        client.send(row.request);
        auto answer = client.read_answer();
        CHECK(answer.status == row.status);
        CHECK(answer.field("Connection") == "close");
        CHECK(answer.field("Content-Type") == "application/problem+json");
        CHECK(client.read_until("never") == ""); // no second answer
    }
    auto client = office.client();
    client.send("GET /" + std::string(20'000, 'a'));
    CHECK(client.read_answer().status == 414);
    auto other = office.client();
    other.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'a'));
    CHECK(other.read_answer().status == 431);
}

TEST_CASE("server: a refusal arrives although the client is still sending") {
    Office office;
    auto client = office.client();
    client.send("POST /v1/dial HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x'));
    CHECK(client.read_answer().status == 413);
}

TEST_CASE("server: bodies, counted, chunked and awaited") {
    std::vector<std::string> dialled;
    status::Ports ports;
    ports.dial = [&](status::DialRequest request, status::Reply<Result<std::string>> reply) {
        dialled.push_back(request.to);
        reply(std::string("call-7"));
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    constexpr std::string_view body = R"({"person":"alice@example.net","to":"+31201230002"})";
    auto head = fmt::format("POST /v1/dial HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n", operating);
    auto check = [&] {
        auto answer = client.read_answer();
        CHECK(answer.status == 202);
        CHECK(answer.body == R"({"call":"call-7"})");
    };
    client.send(fmt::format("{}Content-Length: {}\r\n\r\n{}", head, body.size(), body));
    check();
    client.send(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", head, body.size(), body));
    check();
    client.send(fmt::format("{}Transfer-Encoding: Chunked\r\n\r\n", head));
    for (char c : body)
        client.send(fmt::format("1\r\n{}\r\n", c));
    client.send("0\r\n\r\n");
    check();
    client.send(fmt::format("{}Expect: 100-continue\r\nContent-Length: {}\r\n\r\n", head, body.size()));
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send(body);
    check();
    // a request behind the body is its own
    client.send(
        fmt::format("{}Content-Length: {}\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", head, body.size(), body));
    check();
    CHECK(client.read_answer().body == "ok\n");
    CHECK(dialled == std::vector<std::string>(5, "+31201230002"));
}

TEST_CASE("server: long bodies have their limit, too, counted and chunked, for who may send them") {
    auto options = default_options();
    options.limits.body_bytes = 1000;
    options.limits.large_body_bytes = 2000;
    Office office(std::move(options)); // without a directory
    struct Row {
        std::string_view token;
        std::size_t size;
        int status;
    };
    constexpr Row table[] = {{administrator, 1000, 501}, {administrator, 2000, 501}, {administrator, 2001, 413},
                             {viewer, 1000, 403},        {viewer, 1001, 403},        {"nobody", 1001, 401}};
    for (const Row& row : table) {
        CAPTURE(row.token);
        CAPTURE(row.size);
        auto head =
            fmt::format("POST /v1/directory/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n", row.token);
        std::string body(row.size, 'x');
        auto client = office.client();
        client.send(fmt::format("{}Content-Length: {}\r\n\r\n{}", head, body.size(), body));
        CHECK(client.read_answer().status == row.status);
        auto other = office.client();
        other.send(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", head, body.size(), body));
        CHECK(other.read_answer().status == row.status);
    }
}

TEST_CASE("server: clients that never finish are told so, idle ones are let go, others notice nothing") {
    auto options = default_options();
    options.limits.header_wait = 150ms;
    options.limits.idle_wait = 300ms;
    options.limits.body_wait = 150ms;
    Office office(options);
    std::vector<Client> slow;
    std::vector<Client> idle;
    for (int i = 0; i < 200; ++i) {
        slow.push_back(office.client());
        slow.back().send("GET /healthz HT");
        idle.push_back(office.client());
    }
    auto body = office.client();
    body.send("POST /v1/dial HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    auto used = office.client();
    CHECK(used.get("/healthz").status == 200);
    auto begun = steady_now();
    auto busy = office.client();
    for (int i = 0; i < 200; ++i)
        REQUIRE(busy.get("/v1/presence/alice%40example.net", viewer).status == 200);
    CHECK(steady_now() - begun < 5s);
    for (auto& one : slow)
        CHECK(one.read_answer().status == 408);
    for (auto& one : idle)
        CHECK(one.read_until("never") == "");
    CHECK(body.read_answer().status == 408);
    CHECK(used.ended());
}

TEST_CASE("server: at the cap the connection that was idle for longest makes room") {
    auto options = default_options();
    options.limits.connections = 20;
    Office office(options);
    std::vector<Client> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(office.client());
        REQUIRE(clients.back().get("/healthz").status == 200);
    }
    auto more = office.client();
    CHECK(more.get("/healthz").status == 200);
    CHECK(clients.front().ended());
    CHECK(clients.back().get("/healthz").status == 200);
}

TEST_CASE("server: at the cap with everybody busy, newcomers are turned away and the busy stay") {
    auto options = default_options();
    options.limits.connections = 5;
    Office office(options);
    std::vector<Client> streams;
    for (int i = 0; i < 5; ++i) {
        streams.push_back(office.client());
        streams.back().send(get("/v1/events"));
        REQUIRE(streams.back().read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
    }
    CHECK(office.client().ended());
    office.report("alice@example.net", line(presence::LineState::idle));
    for (auto& one : streams)
        CHECK(one.event("presence").type == "presence");
}

TEST_CASE("server: a client that does not read its answers does not cost memory without end") {
    auto options = default_options();
    options.limits.write_wait = 200ms;
    Office office(options, {}, 1000);
    auto client = office.client();
    client.shrink_receive_buffer();
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += get("/v1/presence?limit=1000");
    client.send(text); // 90 MB of answers, of which nothing is read
    auto other = office.client();
    CHECK(other.get("/healthz").status == 200);
    auto connections = [&] {
        auto text_ = other.get("/metrics", viewer).body;
        auto at = text_.find("\nlamplighter_http_connections ");
        return std::stoi(text_.substr(at + 30));
    };
    auto until = steady_now() + 10s;
    while (connections() > 1 && steady_now() < until) {
    }
    CHECK(connections() == 1);
}

TEST_CASE("server: another room that does not answer costs a 504, not the connection") {
    auto options = default_options();
    options.limits.ask_wait = 50ms;
    status::Ports ports;
    std::vector<status::Reply<std::vector<status::CallView>>> kept;
    ports.active_calls = [&](status::Reply<std::vector<status::CallView>> reply) { kept.push_back(std::move(reply)); };
    ports.platforms = [](status::Reply<std::vector<status::PlatformView>>) {};
    Office office(options, std::move(ports));
    auto client = office.client();
    CHECK(client.get("/v1/calls/active", operating).status == 504);
    CHECK(client.get("/v1/status", viewer).status == 504);
    CHECK(client.get("/readyz").status == 503);
    CHECK(client.get("/metrics", viewer).status == 200);
    CHECK(client.get("/healthz").status == 200);
    kept.front()({}); // too late, harmless
    office.settle();
    // a client that leaves while it waits is forgotten
    {
        auto gone = office.client();
        gone.send(get("/v1/status"));
    }
    CHECK(client.get("/v1/status", viewer).status == 504);
}

TEST_CASE("server: several addresses, IPv6 among them") {
    auto options = default_options();
    options.http.listen = {config::Listen("127.0.0.1:0"), config::Listen("[::1]:0"), config::Listen("127.0.0.2:0")};
    Office office(options);
    auto ports = office.service.ports();
    REQUIRE(ports.size() == 3);
    CHECK(Client(ports[0], "127.0.0.1").get("/healthz").status == 200);
    CHECK(Client(ports[1], "::1").get("/healthz").status == 200);
    CHECK(Client(ports[2], "127.0.0.2").get("/healthz").status == 200);
    CHECK(office.service.urls()[1] == fmt::format("http://[::1]:{}", ports[1]));
    auto listen = office.client().get("/v1/status", viewer).json().at("listen").as_array();
    CHECK(listen.size() == 3);
    CHECK(listen[0].as_string() == office.service.urls()[0]);
}

TEST_CASE("server: an address that cannot be had is a clear error") {
    Office office;
    struct Row {
        std::string address;
        std::string_view says;
    };
    const Row table[] = {
        {fmt::format("127.0.0.1:{}", office.port()), "another program listens there already"},
        {"192.0.2.1:0", "this machine does not have that address"},
    };
    for (const Row& row : table) {
        Loop loop("other");
        presence::Table people(16);
        fanout::Fanout fanout;
        auto options = default_options();
        options.http.listen = {config::Listen(row.address)};
        status::Service service(loop, options, {}, people, fanout);
        auto begun = service.start();
        REQUIRE(!begun.has_value());
        CHECK(begun.error().text.find(row.says) != std::string::npos);
        CHECK(begun.error().text.find(row.address.substr(0, 9)) != std::string::npos);
    }
}

TEST_CASE("server: TLS") {
    Identity identity;
    auto options = default_options();
    options.http.certificate = identity.certificate();
    options.http.key = identity.key();
    Office office(options, {}, 1000);
    CHECK(office.service.urls().front().starts_with("https://127.0.0.1:"));
    auto client = Client::tls(office.port());
    CHECK(client.get("/v1/presence/alice%40example.net", viewer).status == 200);
    auto page = client.get("/v1/presence?limit=1000", viewer); // larger than a record and than a socket buffer
    CHECK(page.json().at("items").as_array().size() == 1000);
    std::string pipelined;
    for (int i = 0; i < 100; ++i)
        pipelined += get(i % 2 ? "/healthz" : "/v1/status");
    client.send(pipelined);
    for (int i = 0; i < 100; ++i)
        REQUIRE(client.read_answer().status == 200);
    auto stream = Client::tls(office.port());
    stream.send(get("/v1/events"));
    CHECK(stream.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
    office.report("alice@example.net", line(presence::LineState::active, 1));
    CHECK(stream.event("presence").data.find(R"("status":"on_call")") != std::string::npos);
    auto snapshot = Client::tls(office.port());
    snapshot.send(get("/v1/events?snapshot=1"));
    for (int i = 0; i < 1000; ++i)
        REQUIRE(snapshot.event().type == "presence");
    // plain text where TLS is spoken ends, and hurts nobody
    Client plain(office.port());
    plain.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(plain.ended());
    CHECK(client.get("/healthz").status == 200);
}

TEST_CASE("server: a certificate that cannot be used is a clear error") {
    Identity identity;
    std::ofstream(identity.key()) << "no key";
    Loop loop("other");
    presence::Table people(16);
    fanout::Fanout fanout;
    auto options = default_options();
    options.http.certificate = identity.certificate();
    options.http.key = identity.key();
    status::Service service(loop, options, {}, people, fanout);
    auto begun = service.start();
    REQUIRE(!begun.has_value());
    CHECK(begun.error().text.find("key.pem cannot be used") != std::string::npos);
}

TEST_CASE("server: stopping finishes what is under way and says goodbye") {
    status::Ports ports;
    status::Reply<std::vector<status::CallView>> held;
    std::promise<void> asked;
    ports.active_calls = [&](status::Reply<std::vector<status::CallView>> reply) {
        held = std::move(reply);
        asked.set_value();
    };
    Office office(default_options(), std::move(ports));
    auto waiting = office.client();
    waiting.send(
        fmt::format("GET /v1/calls/active HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n", operating));
    asked.get_future().wait();
    auto stream = office.client();
    stream.send(get("/v1/events"));
    stream.read_until("\n\n");
    auto idle = office.client();
    CHECK(idle.get("/healthz").status == 200);
    std::promise<void> stopped;
    auto begun = steady_now();
    office.service.stop([&] { stopped.set_value(); });
    CHECK(stream.read_until("never").find(": goodbye") != std::string::npos);
    CHECK(idle.ended());
    held({});
    auto answer = waiting.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.field("Connection") == "close");
    stopped.get_future().wait();
    CHECK(steady_now() - begun < 3s);
}
