// The decoder without a socket: every framing, cut at every byte, and what must be refused.
#include "here.hpp"
#include "http/decoder.hpp"

using namespace testing;
using http::BodyDecoder;

namespace {

class Collected final : public http::BodySink {
public:
    std::string text;
    void on_body(std::string_view piece) override { text += piece; }
};

struct Outcome {
    std::string body;
    int status = 0;
    bool ended = false;
    bool keep_alive = false;
    std::size_t surplus = 0;
    std::optional<Category> refused{};
    std::string why{};
};

/// Feeds the pieces, then (if wanted) the end of the connection.
Outcome decode(const std::vector<std::string_view>& pieces, bool eof, BodyDecoder decoder) {
    Outcome out;
    Collected sink;
    auto note = [&](const Result<bool>& step) {
        if (step)
            out.ended = *step;
        else
            out.refused = step.error().category, out.why = step.error().text;
        return step.has_value();
    };
    for (auto piece : pieces)
        if (!note(decoder.feed(piece, sink))) return out;
    if (eof && !out.ended) note(decoder.finish());
    out.body = sink.text;
    out.surplus = decoder.surplus();
    if (!decoder.has_head()) return out;
    out.status = decoder.head().status;
    out.keep_alive = decoder.keep_alive();
    return out;
}

std::string text(const Outcome& out) {
    if (out.refused) return "refused " + std::string(name(*out.refused));
    return std::to_string(out.status) + (out.ended ? " ended" : " open") + (out.keep_alive ? " keep" : " close") +
           " [" + out.body + "]" + (out.surplus != 0 ? " +" + std::to_string(out.surplus) : "");
}

std::string long_header(std::size_t bytes) {
    std::string header = "HTTP/1.1 200 OK\r\n";
    while (header.size() < bytes)
        header += "X: 1234567890123456789012345\r\n";
    return header + "Content-Length: 0\r\n\r\n";
}

} // namespace

TEST_CASE("answers, whole, byte by byte and cut at every place") {
    struct Row {
        const char* what;
        std::string bytes;
        bool eof;
        const char* meaning;
    };
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    // clang-format off
    const Row rows[] = {
        {"length",             ok + "Content-Length: 5\r\n\r\nhello",                      false, "200 ended keep [hello]"},
        {"length 0",           ok + "Content-Length: 0\r\n\r\n",                           false, "200 ended keep []"},
        {"same length twice",  ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", false, "200 ended keep [hello]"},
        {"until the end",      ok + "\r\nhello",                                           true,  "200 ended close [hello]"},
        {"until the end, not yet", ok + "\r\nhello",                                       false, "200 open close [hello]"},
        {"nothing until the end", ok + "\r\n",                                             true,  "200 ended close []"},
        {"chunks",             chunked + "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",              false, "200 ended keep [hello!]"},
        {"chunks, open",       chunked + "5\r\nhello\r\n",                                 false, "200 open keep [hello]"},
        {"big hex",            chunked + "0000A\r\n0123456789\r\n0\r\n\r\n",               false, "200 ended keep [0123456789]"},
        {"chunk extensions",   chunked + "5;a=b;c=\"d;\\\"e\";f\r\nhello\r\n0;x\r\n\r\n",  false, "200 ended keep [hello]"},
        {"trailers",           chunked + "5\r\nhello\r\n0\r\nX-T: 1\r\nY: 2\r\n\r\n",      false, "200 ended keep [hello]"},
        {"empty chunked",      chunked + "0\r\n\r\n",                                      false, "200 ended keep []"},
        {"case of chunked",    ok + "transfer-encoding: Chunked\r\n\r\n0\r\n\r\n",         false, "200 ended keep []"},
        {"CRLF in a chunk",    chunked + "4\r\n\r\n\r\n\r\n0\r\n\r\n",                     false, "200 ended keep [\r\n\r\n]"},
        {"100 before",         "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 1\r\n\r\nx", false, "200 ended keep [x]"},
        {"102 and 103 before", "HTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + "Content-Length: 1\r\n\r\nx", false, "200 ended keep [x]"},
        {"204",                "HTTP/1.1 204 No Content\r\n\r\n",                          false, "204 ended keep []"},
        {"204 with a length",  "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n",     false, "204 ended keep []"},
        {"304 with a length",  "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n",   false, "304 ended keep []"},
        {"no reason",          "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",               false, "200 ended keep []"},
        {"close",              ok + "Connection: close\r\nContent-Length: 1\r\n\r\nx",     false, "200 ended close [x]"},
        {"1.0",                "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",            false, "200 ended close [x]"},
        {"1.0 keep-alive",     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", false, "200 ended keep [x]"},
        {"more than announced", ok + "Content-Length: 1\r\n\r\nxyz",                       false, "200 ended keep [x] +2"},
        {"folded field",       ok + "X: a\r\n b\r\nContent-Length: 1\r\n\r\nx",            false, "200 ended keep [x]"},
        {"nothing at all",     "",                                                         true,  "refused network"},
        {"half a header",      "HTTP/1.1 200 OK\r\nContent-Le",                            true,  "refused network"},
        {"half a body",        ok + "Content-Length: 5\r\n\r\nhel",                        true,  "refused network"},
        {"half a chunk",       chunked + "5\r\nhel",                                       true,  "refused network"},
        {"no last chunk",      chunked + "5\r\nhello\r\n",                                 true,  "refused network"},
        {"half a trailer",     chunked + "0\r\nX: 1\r\n",                                  true,  "refused network"},
        {"two lengths",        ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", false, "refused protocol"},
        {"negative length",    ok + "Content-Length: -5\r\n\r\nhello",                     false, "refused protocol"},
        {"length in hex",      ok + "Content-Length: 0x5\r\n\r\nhello",                    false, "refused protocol"},
        {"endless length",     ok + "Content-Length: 99999999999999999999\r\n\r\n",        false, "refused protocol"},
        {"length and chunks",  ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, "refused protocol"},
        {"chunks and length",  ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", false, "refused protocol"},
        {"gzip, chunked",      ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",   false, "refused protocol"},
        {"gzip transfer",      ok + "Transfer-Encoding: gzip\r\n\r\nxx",                   false, "refused protocol"},
        {"chunk size no hex",  chunked + "G\r\nhello\r\n",                                 false, "refused protocol"},
        {"chunk size negative", chunked + "-5\r\nhello\r\n",                               false, "refused protocol"},
        {"chunk size too big", chunked + "FFFFFFFFFFFFFFFFF\r\n",                          false, "refused protocol"},
        {"chunk without CRLF", chunked + "5\r\nhelloX1\r\n",                               false, "refused protocol"},
        {"chunk too long",     chunked + "4\r\nhello\r\n0\r\n\r\n",                        false, "refused protocol"},
        {"bad extension",      chunked + "5;=\r\nhello\r\n",                               false, "refused protocol"},
        {"101",                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",   false, "refused protocol"},
        {"HTTP/2",             "HTTP/2 200\r\n\r\n",                                       false, "refused protocol"},
        {"HTTP/0.9",           "<html>hello</html>\r\n\r\n",                               false, "refused protocol"},
        {"SSH",                "SSH-2.0-OpenSSH_9.2\r\n",                                  false, "refused protocol"},
        {"blank in a name",    ok + "X Y: 1\r\n\r\n",                                      false, "refused protocol"},
        {"no colon",           ok + "XY\r\n\r\n",                                          false, "refused protocol"},
        {"status 000",         "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n",               false, "refused protocol"},
        {"status of two digits", "HTTP/1.1 20 OK\r\n\r\n",                                 false, "refused protocol"},
    };
    // clang-format on
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        std::string_view bytes = row.bytes;
        auto whole = decode({bytes}, row.eof, BodyDecoder());
        CAPTURE(whole.why);
        CHECK(text(whole) == row.meaning);
        std::vector<std::string_view> singles;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            singles.push_back(bytes.substr(i, 1));
        CHECK(text(decode(singles, row.eof, BodyDecoder())) == row.meaning);
        for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
            CAPTURE(cut);
            CHECK(text(decode({bytes.substr(0, cut), bytes.substr(cut)}, row.eof, BodyDecoder())) == row.meaning);
        }
    }
}

TEST_CASE("answers without a body, whatever they announce") {
    for (const char* rest : {"Content-Length: 1000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n", "\r\n"}) {
        CAPTURE(rest);
        auto bytes = std::string("HTTP/1.1 200 OK\r\n") + rest;
        auto out = decode({bytes}, false, BodyDecoder(BodyDecoder::Expects::no_body));
        CHECK(out.ended);
        CHECK(out.body.empty());
    }
}

TEST_CASE("limits of header and body") {
    BodyDecoder::Limits limits;
    limits.header_bytes = 1000;
    limits.body_bytes = 10;
    struct Row {
        const char* what;
        std::string bytes;
        bool fine;
        const char* named;
    };
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const Row rows[] = {
        {"header below", long_header(900), true, ""},
        {"header above", long_header(1100), false, "answer_header_bytes"},
        {"one huge field", ok + "X: " + std::string(2000, 'a'), false, "answer_header_bytes"},
        {"header without end", ok + std::string(5000, 'a'), false, "answer_header_bytes"},
        {"interim answers without end",
         [] {
             std::string bytes;
             for (int i = 0; i < 100; ++i)
                 bytes += "HTTP/1.1 100 Continue\r\n\r\n";
             return bytes;
         }(),
         false, "answer_header_bytes"},
        {"body at the limit", ok + "Content-Length: 10\r\n\r\n0123456789", true, ""},
        {"length above", ok + "Content-Length: 11\r\n\r\n", false, "answer_body_bytes"},
        {"chunks at the limit", chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", true, ""},
        {"chunks above", chunked + "5\r\n01234\r\n6\r\n567890\r\n0\r\n\r\n", false, "answer_body_bytes"},
        {"one chunk above", chunked + "FFFFFFFFFFFFFFFF\r\n", false, "answer_body_bytes"},
        {"until the end above", ok + "\r\n0123456789A", false, "answer_body_bytes"},
        {"chunk extension without end", chunked + "5;" + std::string(3000, 'x'), false, "answer_header_bytes"},
        {"trailer without end", chunked + "0\r\n" + std::string(3000, 'x'), false, "answer_header_bytes"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        for (std::size_t step : {std::size_t{1}, std::size_t{7}, row.bytes.size()}) {
            CAPTURE(step);
            std::vector<std::string_view> pieces;
            for (std::size_t i = 0; i < row.bytes.size(); i += step)
                pieces.push_back(std::string_view(row.bytes).substr(i, step));
            auto out = decode(pieces, false, BodyDecoder(BodyDecoder::Expects::body, limits));
            CHECK(out.refused.has_value() != row.fine);
            if (!row.fine) CHECK(out.refused == Category::limit);
            if (!row.fine) CHECK(has(out.why, row.named));
        }
    }
}

TEST_CASE("a trailer is not a header") {
    BodyDecoder decoder;
    Collected sink;
    auto fed =
        decoder.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nSet-Cookie: evil=1\r\n\r\n", sink);
    REQUIRE(fed);
    CHECK(*fed);
    CHECK_FALSE(decoder.head().headers.find("Set-Cookie").has_value());
}

TEST_CASE("consume stops behind the header once and keeps nothing") {
    BodyDecoder decoder;
    Collected sink;
    std::string_view bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd";
    auto first = decoder.consume(bytes, sink);
    REQUIRE(first);
    CHECK(*first == bytes.size() - 4);
    CHECK(decoder.has_head());
    CHECK(sink.text.empty());
    auto second = decoder.consume(bytes.substr(*first), sink);
    REQUIRE(second);
    CHECK(*second == 3);
    CHECK(decoder.done());
    CHECK(sink.text == "abc");
    CHECK(decoder.body_bytes() == 3);
}
