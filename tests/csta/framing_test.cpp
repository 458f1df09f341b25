// CSTA over TCP: headers byte by byte, streams cut anywhere, what cannot be a message.
#include "proto/csta/framing.hpp"

#include "here.hpp"

using namespace testing;
using csta::FrameCutter;
using What = FrameCutter::What;

namespace {

constexpr std::string_view request_status =
    R"(<RequestSystemStatus xmlns="http://www.ecma-international.org/standards/ecma-323/csta/ed5"/>)";

std::string framed(std::uint16_t invoke_id, std::string_view xml) {
    std::string out;
    REQUIRE(csta::append_frame(out, invoke_id, xml, csta::frame_bytes_max));
    return out;
}

std::string drain(FrameCutter& cutter) {
    std::string out;
    while (true) {
        const auto frame = cutter.next();
        if (frame.what == What::more) return out;
        if (frame.what == What::broken) return out + "broken";
        out += std::to_string(frame.invoke_id) + "[" + std::string(frame.xml) + "] ";
    }
}

/// What comes out does not depend on how the bytes are cut.
std::string frames(std::string_view bytes) {
    FrameCutter whole;
    whole.feed(bytes);
    const auto expected = drain(whole);
    for (std::size_t step : {1, 2, 3, 5, 9}) {
        FrameCutter cutter;
        std::string out;
        for (std::size_t at = 0; at < bytes.size() && !out.contains("broken"); at += step) {
            cutter.feed(bytes.substr(at, step));
            out += drain(cutter);
        }
        CHECK(out == expected);
    }
    return expected;
}

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (int value : values)
        out += static_cast<char>(value);
    return out;
}

} // namespace

TEST_CASE("a header: 00 00, the length with the header, the invoke id") {
    CHECK(framed(1, request_status).substr(0, 8) == bytes({0, 0, 0, 0x64, '0', '0', '0', '1'}));
    CHECK(framed(1, std::string(164, 'x')).substr(0, 8) == bytes({0, 0, 0, 0xac, '0', '0', '0', '1'}));
    CHECK(framed(9999, "<a/>").substr(4, 4) == "9999");
    CHECK(framed(470, "<a/>").substr(4, 4) == "0470");
    CHECK(framed(0, std::string(0x1234 - 8, 'x')).substr(0, 8) == bytes({0, 0, 0x12, 0x34, '0', '0', '0', '0'}));
}

TEST_CASE("several messages in a segment, and one over many") {
    const auto stream =
        framed(1, request_status) + framed(9999, "<a/>") + framed(0, "") + framed(42, "<b>\xc3\xa9</b>");
    CHECK(frames(stream) == "1[" + std::string(request_status) + "] 9999[<a/>] 0[] 42[<b>\xc3\xa9</b>] ");
    FrameCutter cutter;
    cutter.feed(stream.substr(0, 50));
    CHECK(cutter.next().what == What::more);
    CHECK(cutter.pending() == 50);
    cutter.feed(stream.substr(50));
    CHECK(cutter.next().what == What::frame);
    CHECK(frames("").empty());
}

TEST_CASE("what cannot be a message ends the stream, at the first byte that shows it") {
    const auto good = framed(7, "<a/>");
    struct Row {
        const char* what;
        std::string stream;
        std::size_t shows_at; // bytes until it is known
    };
    // clang-format off
    const std::array rows{
        Row{"text",                           "GET / HTTP/1.1",                            1},
        Row{"the first byte",                 bytes({1, 0, 0, 9, '0', '0', '0', '1'}),     1},
        Row{"the second byte (SOAP is 1)",    bytes({0, 1, 0, 9, '0', '0', '0', '1'}),     2},
        Row{"no length",                      bytes({0, 0, 0, 0, '0', '0', '0', '1'}),     4},
        Row{"length without the header",      bytes({0, 0, 0, 7, '0', '0', '0', '1'}),     4},
        Row{"an invoke id with a letter",     bytes({0, 0, 0, 9, '0', 'x', '0', '1'}),     6},
        Row{"an invoke id with a sign",       bytes({0, 0, 0, 9, '-', '0', '0', '1'}),     5},
        Row{"a binary invoke id",             bytes({0, 0, 0, 9, 0, 0, 0, 1}),             5},
        Row{"a length of four bytes",         bytes({0, 0, 0, 0, 0, 100, '0', '0'}),       4},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(frames(good + row.stream) == "7[<a/>] broken");
        FrameCutter cutter;
        cutter.feed(std::string_view(row.stream).substr(0, row.shows_at - 1));
        CHECK(cutter.next().what == What::more);
        cutter.feed(std::string_view(row.stream).substr(row.shows_at - 1, 1));
        const auto frame = cutter.next();
        CHECK(frame.what == What::broken);
        CHECK(frame.why.ends_with("."));
        cutter.feed(good);
        CHECK(cutter.next().what == What::broken);
    }
}

TEST_CASE("what is too long for a frame is refused, and nothing is written") {
    std::string out = "before";
    const std::string fits(csta::frame_bytes_readable - 8, 'x');
    CHECK(csta::append_frame(out, 1, fits));
    CHECK(out.size() == 6 + csta::frame_bytes_readable);
    out = "before";
    const auto refused = csta::append_frame(out, 1, fits + "x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().category == lamp::Category::limit);
    CHECK(csta::append_frame(out, 1, std::string(65'527, 'x'), 100'000));
    CHECK_FALSE(csta::append_frame(out, 1, std::string(65'528, 'x'), 100'000));
    CHECK(out.size() == 6 + csta::frame_bytes_max);
    const auto id = csta::append_frame(out, 10'000, "<a/>");
    REQUIRE_FALSE(id);
    CHECK(id.error().category == lamp::Category::invalid);
    CHECK(frames(out.substr(6)).size() == 65'527 + 4);
}
