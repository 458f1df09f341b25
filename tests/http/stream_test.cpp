// Streaming answers: the XSI channel. Pieces as they come, silence limits, and no allocation per read.
#include <cerrno>
#include <cstdlib>

#include "certificates.hpp"
#include "here.hpp"
#include "scripted_server.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LAMP_TEST_SANITIZED 1
#endif
#endif

namespace {
thread_local std::size_t allocations = 0;
} // namespace

#ifndef LAMP_TEST_SANITIZED
// Asio takes its memory by aligned_alloc, OpenSSL by malloc: all of it is counted, not only operator new.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ++allocations;
    return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
    ++allocations;
    return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    ++allocations;
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    ++allocations;
    *out = __libc_memalign(alignment, size);
    return *out == nullptr ? ENOMEM : 0;
}
}
#endif

using namespace testing;
using http::Connection;
using http::Method;
using http::Request;

namespace {

const std::string stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml;charset=UTF-8\r\nTransfer-Encoding: "
                                "chunked\r\n\r\n";

class Collected final : public http::BodySink {
public:
    std::string text;
    void on_body(std::string_view piece) override { text += piece; }
};

class Counted final : public http::BodySink {
public:
    std::size_t bytes = 0;
    void on_body(std::string_view piece) override { bytes += piece.size(); }
};

Request channel() {
    return {.method = Method::post,
            .target = "/channel",
            .body = "<Channel/>",
            .content_type = "application/xml",
            .limit = 2s};
}

Task<Result<http::Head>> open(Connection& connection, http::Url url, const Request& request) {
    auto connected = co_await connection.connect(std::move(url));
    if (!connected) co_return std::unexpected(connected.error());
    co_return co_await connection.open(request);
}

} // namespace

TEST_CASE("pieces come as they are sent") {
    ScriptedServer server({{want("POST /channel\n\n<Channel/>"), send(stream_head), pause_for(30ms),
                            send("5\r\nfirst\r\n"), pause_for(30ms), send("3\r\nse"), pause_for(30ms),
                            send("c\r\n3\r\nond\r\n"), pause_for(30ms), send("0\r\n\r\n")}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Connection connection(client);
        auto request = channel();
        auto head = finish(context, open(connection, url_of(server.url()), request));
        REQUIRE_MESSAGE(head, head.error().text);
        CHECK(head->media_type() == "text/xml");
        Collected sink;
        std::vector<std::string> after;
        for (bool ended = false; !ended;) {
            auto more = finish(context, connection.read_more(sink, 2s));
            REQUIRE_MESSAGE(more, more.error().text);
            ended = *more;
            after.push_back(sink.text);
        }
        CHECK(after == std::vector<std::string>{"first", "firstse", "firstsecond", "firstsecond"});
        CHECK(connection.reusable(steady_now()));
        auto again = finish(context, connection.read_more(sink, 2s));
        REQUIRE(again);
        CHECK(*again);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("what came with the header is given without a read") {
    ScriptedServer server({{want("POST /channel\n\n<Channel/>"), send(stream_head + "5\r\nfirst\r\n"), stall()}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Connection connection(client);
        auto request = channel();
        REQUIRE(finish(context, open(connection, url_of(server.url()), request)));
        Collected sink;
        auto more = finish(context, connection.read_more(sink, 100ms));
        REQUIRE(more);
        CHECK_FALSE(*more);
        CHECK(sink.text == "first");
        auto silent = finish(context, connection.read_more(sink, 100ms));
        REQUIRE_FALSE(silent);
        CHECK(silent.error().category == Category::timeout);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("un-chunked streams, ends and errors") {
    struct Row {
        const char* what;
        Script after_request;
        const char* body;
        const char* end; // "ended" or the category
    };
    const std::string plain = "HTTP/1.1 200 OK\r\n\r\n";
    const Row rows[] = {
        {"until close", {send(plain + "abc"), pause_for(20ms), send("def"), close_now()}, "abcdef", "ended"},
        {"EOF in the middle", {send(stream_head + "3\r\nabc\r\n"), close_now()}, "abc", "network"},
        {"reset", {send(stream_head + "3\r\nabc\r\n"), pause_for(50ms), reset()}, "abc", "network"},
        {"bad chunk", {send(stream_head + "3\r\nabc\r\nzz\r\n"), stall()}, "abc", "protocol"},
        {"chunk header without end",
         {send(stream_head + "3\r\nabc\r\n1;" + std::string(40'000, 'x')), stall()},
         "abc",
         "limit"},
        {"silence", {send(stream_head + "3\r\nabc\r\n"), stall()}, "abc", "timeout"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        Script script{want("POST /channel\n\n<Channel/>")};
        script.insert(script.end(), row.after_request.begin(), row.after_request.end());
        ScriptedServer server({script});
        asio::io_context context;
        auto client = client_of(context);
        {
            Connection connection(client);
            auto request = channel();
            REQUIRE(finish(context, open(connection, url_of(server.url()), request)));
            Collected sink;
            std::string end;
            while (end.empty()) {
                auto more = finish(context, connection.read_more(sink, 300ms));
                if (!more)
                    end = name(more.error().category);
                else if (*more)
                    end = "ended";
            }
            CHECK(end == row.end);
            CHECK(sink.text == row.body);
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("an error document instead of a stream is read in one piece") {
    ScriptedServer server(
        {{want("POST /channel\n\n<Channel/>"), send("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n<Error"),
          pause_for(20ms), send("/>\n")}});
    asio::io_context context;
    auto client = client_of(context);
    {
        Connection connection(client);
        auto request = channel();
        auto head = finish(context, open(connection, url_of(server.url()), request));
        REQUIRE(head);
        CHECK(head->status == 403);
        SUBCASE("read") {
            auto answer = finish(context, connection.read_rest(*head, 1s));
            REQUIRE_MESSAGE(answer, answer.error().text);
            CHECK(answer->body == "<Error/>\n");
            CHECK(answer->status == 403);
        }
        SUBCASE("not read: the next request is refused") {
            auto next = finish(context, connection.exchange(request));
            REQUIRE_FALSE(next);
            CHECK(next.error().category == Category::invalid);
        }
    }
    CHECK(server.faults() == "");
}

TEST_CASE("the sink may close the connection") {
    class Closing final : public http::BodySink {
    public:
        explicit Closing(Connection& connection) : connection_(connection) {}
        void on_body(std::string_view) override { connection_.close(); }

    private:
        Connection& connection_;
    };
    ScriptedServer server({{want("POST /channel\n\n<Channel/>"), send(stream_head + "1\r\na\r\n1\r\nb\r\n"), stall()}});
    asio::io_context context;
    auto client = client_of(context);
    Connection connection(client);
    auto request = channel();
    REQUIRE(finish(context, open(connection, url_of(server.url()), request)));
    Closing sink(connection);
    auto more = finish(context, connection.read_more(sink, 1s));
    REQUIRE_FALSE(more);
    CHECK(more.error().category == Category::cancelled);
    CHECK(server.faults() == "");
}

TEST_CASE("no allocation per streamed read") {
    constexpr int warm = 50;
    constexpr int counted = 300;
    const std::string event = "A\r\n0123456789\r\n";
    Script script{want("POST /channel\n\n<Channel/>"), send(stream_head)};
    for (int i = 0; i < warm + counted; ++i) {
        script.push_back(send(event));
        script.push_back(pause_for(1ms));
    }
    script.push_back(send("0\r\n\r\n"));
    Authority authority("test CA");
    auto identity = authority.issue({});
    http::ClientOptions options;
    options.ca_file = authority.file();
    ServerOptions server_options;
    SUBCASE("plain") {}
    SUBCASE("TLS") {
        server_options.identity = &identity;
    }
    ScriptedServer server({script}, server_options);
    asio::io_context context;
    auto client = client_of(context, options);
    {
        Connection connection(client);
        auto request = channel();
        Counted sink;
        auto work = [&]() -> Task<bool> {
            auto head = co_await open(connection, url_of(server.url()), request);
            if (!head) co_return false;
            std::size_t before = 0;
            int reads = 0;
            while (true) {
                auto more = co_await connection.read_more(sink, 2s);
                if (!more) co_return false;
                if (++reads == warm) before = allocations;
                if (reads == warm + counted / 2) {
                    auto during = static_cast<int>(allocations - before);
#ifndef LAMP_TEST_SANITIZED
                    CHECK(before > 0);
#endif
                    // OpenSSL 3.0 itself allocates once for each record (tls_get_record's MAC buffers).
                    CHECK(during <= (server_options.identity != nullptr ? counted / 2 : 0));
                }
                if (*more) co_return reads > warm + counted / 2;
            }
        };
        CHECK(finish(context, work()));
        CHECK(sink.bytes == std::size_t{10 * (warm + counted)});
    }
    CHECK(server.faults() == "");
}
