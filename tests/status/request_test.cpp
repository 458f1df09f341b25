// The request parser: what it takes, what it refuses, and that it does not matter how the bytes arrive.
#include <doctest/doctest.h>

#include "status/request.hpp"
#include "status/target.hpp"

using namespace lamp::status;
using namespace std::string_view_literals;
using What = HeadOutcome::What;

namespace {

const Limits limits;

HeadOutcome parse(std::string_view text, Request& request) {
    return parse_head(text, limits, request);
}

} // namespace

TEST_CASE("request: what is refused") {
    struct Row {
        std::string_view text;
        int status;
    };
    const Row table[] = {
        // request lines
        {"GET / HTTP/1.1\nHost: a\n\n"sv, 400},
        {"GET /\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1 x\r\nHost: a\r\n\r\n"sv, 400},
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {"GET / http/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n"sv, 505},
        {"GET / HTTP/1.1x\r\nHost: a\r\n\r\n"sv, 400},
        {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {" GET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {"GET a HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {"GET /\xc3\xab HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
        {"\x16\x03\x01\x02\n"sv, 400}, // TLS where none is spoken
        // fields
        {"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: b\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\n\r\n"sv, 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: gold\r\n\r\n"sv, 417},
        // smuggling
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n"sv, 501},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"sv, 501},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"sv, 501},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\vchunked\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n"sv, 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"sv, 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"sv, 413},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999999\r\n\r\n"sv, 413},
    };
    for (const Row& row : table) {
        CAPTURE(row.text);
        Request request;
        auto outcome = parse(row.text, request);
        CHECK(outcome.what == What::refused);
        CHECK(outcome.status == row.status);
        CHECK(!outcome.why.empty());
    }
}

TEST_CASE("request: sizes") {
    auto long_target = "GET /" + std::string(limits.target_bytes, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    auto long_field = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(limits.header_bytes, 'a') + "\r\n\r\n";
    std::string many_fields = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 0; i < limits.header_fields; ++i)
        many_fields += "X: y\r\n";
    many_fields += "\r\n";
    Request request;
    CHECK(parse(long_target, request).status == 414);
    CHECK(parse(long_target.substr(0, limits.target_bytes + 100), request).status == 414);
    CHECK(parse(std::string(limits.header_bytes * 2, 'a'), request).status == 414);
    CHECK(parse(long_field, request).status == 431);
    CHECK(parse(long_field.substr(0, limits.header_bytes + 1), request).status == 431);
    CHECK(parse(many_fields, request).status == 431);
    auto fits = "GET /" + std::string(limits.target_bytes - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    CHECK(parse(fits, request).what == What::complete);
}

TEST_CASE("request: what is taken, at every cut") {
    struct Row {
        std::string_view text;
        Method method;
        std::string_view path, query;
        bool keep_alive;
    };
    const Row table[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", Method::get, "/", "", true},
        {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Method::get, "/", "", true},
        {"HEAD /x%20y?a=b&c HTTP/1.1\r\nhOsT:a\r\n\r\n", Method::head, "/x%20y", "a=b&c", true},
        {"GET /? HTTP/1.1\r\nHost:\r\n\r\n", Method::get, "/", "", true},
        {"GET /a?b?c HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", Method::get, "/a", "b?c", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n", Method::get, "/", "", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", Method::get, "/", "", true},
        {"GET / HTTP/1.0\r\n\r\n", Method::get, "/", "", false},
        {"GET http://h:1/p?q HTTP/1.1\r\nHost: a\r\n\r\n", Method::get, "/p", "q", true},
        {"GET HTTPS://h HTTP/1.1\r\nHost: a\r\n\r\n", Method::get, "/", "", true},
        {"BREW /tea HTTP/1.1\r\nHost: a\r\nX-Y:\t b c \t\r\n\r\n", Method::other, "/tea", "", true},
        {"PATCH / HTTP/1.1\r\nHost: [::1]:80\r\nX: Zo\xc3\xab\r\n\r\n", Method::patch, "/", "", true},
    };
    for (const Row& row : table) {
        CAPTURE(row.text);
        for (std::size_t cut = 0; cut < row.text.size(); ++cut) {
            Request request;
            REQUIRE(parse(row.text.substr(0, cut), request).what == What::incomplete);
        }
        Request request;
        auto with_more = std::string(row.text) + "GET /next";
        auto outcome = parse(with_more, request);
        REQUIRE(outcome.what == What::complete);
        CHECK(outcome.size == row.text.size());
        CHECK(request.method == row.method);
        CHECK(request.path == row.path);
        CHECK(request.query == row.query);
        CHECK(request.keep_alive == row.keep_alive);
    }
}

TEST_CASE("request: the fields that matter") {
    Request request;
    auto outcome = parse(
        "POST / HTTP/1.1\r\nHost: h\r\nAUTHORIZATION:  Bearer x \r\nLast-Event-ID: k-1\r\nIf-None-Match: \"e\"\r\n"
        "Origin: http://o\r\nExpect: 100-Continue\r\nContent-Length: 17\r\n\r\n",
        request);
    REQUIRE(outcome.what == What::complete);
    CHECK(request.authorization == "Bearer x");
    CHECK(request.last_event_id == "k-1");
    CHECK(request.if_none_match == "\"e\"");
    CHECK(request.origin == "http://o");
    CHECK(request.host == "h");
    CHECK(request.expects_continue);
    CHECK(request.content_length == 17);
    CHECK(!request.chunked);
}

TEST_CASE("request: chunked bodies at every cut") {
    constexpr auto text = "4;name=\"v\"\r\nWiki\r\n6\r\npedia \r\n0B\r\nin\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\nGET"sv;
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        ChunkReader reader;
        std::string body;
        auto first = reader.feed(text.substr(0, cut), body, 1000);
        REQUIRE(first.what != ChunkReader::What::malformed);
        if (first.what == ChunkReader::What::more) {
            REQUIRE(first.used == cut);
            auto second = reader.feed(text.substr(cut), body, 1000);
            REQUIRE(second.what == ChunkReader::What::done);
            REQUIRE(cut + second.used == text.size() - 3);
        }
        REQUIRE(body == "Wikipedia in\r\nchunks.");
    }
}

TEST_CASE("request: chunked bodies that are refused") {
    struct Row {
        std::string_view text;
        ChunkReader::What what;
    };
    const Row table[] = {
        {"x\r\n", ChunkReader::What::malformed},
        {"\r\n", ChunkReader::What::malformed},
        {"-1\r\n", ChunkReader::What::malformed},
        {"0x1\r\na\r\n", ChunkReader::What::malformed},
        {"1 \r\na\r\n", ChunkReader::What::malformed},
        {"1\na\r\n", ChunkReader::What::malformed},
        {"1\r\nab\r\n", ChunkReader::What::malformed},
        {"1\r\na\n0\r\n\r\n", ChunkReader::What::malformed},
        {"123456789\r\n", ChunkReader::What::malformed},
        {"0\r\nX: a\x01\r\n\r\n", ChunkReader::What::malformed},
        {"b\r\n", ChunkReader::What::too_long},
        {"ffffffff\r\n", ChunkReader::What::too_long},
        {"5\r\nabcde\r\n6\r\n", ChunkReader::What::too_long},
        {"a\r\n0123456789\r\n0\r\n\r\n", ChunkReader::What::done},
    };
    for (const Row& row : table) {
        CAPTURE(row.text);
        ChunkReader reader;
        std::string body;
        CHECK(reader.feed(row.text, body, 10).what == row.what);
        CHECK(body.size() <= 10);
    }
    ChunkReader reader;
    std::string body;
    CHECK(reader.feed("1;" + std::string(5000, 'x'), body, 10).what == ChunkReader::What::malformed);
}

TEST_CASE("target: percent-encoding both ways") {
    struct Row {
        std::string_view encoded;
        std::string_view decoded;
        bool good;
    };
    const Row table[] = {
        {"alice%40example.net", "alice@example.net", true},
        {"a%2Fb%2fc", "a/b/c", true},
        {"a+b", "a+b", true},
        {"%00", "\0"sv, true},
        {"%", "", false},
        {"%4", "", false},
        {"a%4g", "", false},
        {"%%41", "", false},
    };
    for (const Row& row : table) {
        CAPTURE(row.encoded);
        std::string out;
        CHECK(percent_decode(row.encoded, out) == row.good);
        if (row.good) CHECK(out == row.decoded);
    }
    std::string all;
    for (int c = 0; c < 256; ++c)
        all += static_cast<char>(c);
    std::string encoded;
    std::string back;
    percent_encode(all, encoded);
    CHECK(percent_decode(encoded, back));
    CHECK(back == all);
}

TEST_CASE("query: a name that may be repeated, and lists between commas") {
    auto query = Query::parse("source=a,b&q=x&source=c%2C%2Cd&source=", {"q", "source"}, "source");
    REQUIRE(query);
    CHECK(query->list("source") == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(query->list("q") == std::vector<std::string>{"x"});
    CHECK(query->list("what").empty());
    CHECK_FALSE(Query::parse("q=x&q=y", {"q", "source"}, "source"));
    CHECK_FALSE(Query::parse("source=a&source=b", {"q", "source"}));
}
