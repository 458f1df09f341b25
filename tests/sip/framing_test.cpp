// Streams cut at every byte, keep-alives, limits; datagrams by kind.
#include <vector>

#include "here.hpp"

using namespace testing;
using sip::Side;
using sip::StreamFramer;
using What = sip::StreamFramer::What;

namespace {

std::string message(std::string_view id, std::string_view body) {
    return wire(
        "OPTIONS sip:a@h SIP/2.0\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\nFrom: <sip:a@h>;tag=1\nTo: <sip:b@h>\nCall-ID: " +
        std::string(id) + "\nCSeq: 1 OPTIONS\nContent-Length: {length}\n\n" + std::string(body));
}

std::string told(const StreamFramer::Frame& frame) {
    switch (frame.what) {
    case What::more: return "";
    case What::ping: return "ping ";
    case What::pong: return "pong ";
    case What::message: {
        sip::Message parsed;
        REQUIRE(parsed.parse(frame.bytes, sip::Carrier::stream));
        return std::string(parsed.call_id()) + "[" + std::string(parsed.body()) + "] ";
    }
    case What::broken: return "broken " + std::to_string(frame.status);
    }
    return "?";
}

std::string drain(StreamFramer& framer) {
    std::string out;
    while (true) {
        const auto frame = framer.next();
        out += told(frame);
        if (frame.what == What::more || frame.what == What::broken) return out;
    }
}

/// What comes out does not depend on how the bytes are cut.
std::string frames(std::string_view bytes, Side side = Side::accepted) {
    StreamFramer whole(side);
    whole.feed(bytes);
    const auto expected = drain(whole);
    for (std::size_t step : {1, 2, 3, 7}) {
        StreamFramer framer(side);
        std::string out;
        for (std::size_t at = 0; at < bytes.size() && !out.contains("broken"); at += step) {
            framer.feed(bytes.substr(at, step));
            out += drain(framer);
        }
        CHECK(out == expected);
    }
    return expected;
}

} // namespace

TEST_CASE("messages and keep-alives in a stream") {
    CHECK(frames("") == "");
    CHECK(frames(message("a", "")) == "a[] ");
    CHECK(frames(message("a", "body") + message("b", "\r\n\r\n") + message("c", "")) == "a[body] b[\r\n\r\n] c[] ");
    CHECK(frames("\r\n\r\n" + message("a", "x") + "\r\n\r\n\r\n\r\n" + message("b", "")) == "ping a[x] ping ping b[] ");
    CHECK(frames("\r\n" + message("a", "x") + "\r\n" + message("b", "")) == "a[x] b[] ");
    CHECK(frames("\r\n" + message("a", "") + "\r\n", Side::dialled) == "pong a[] pong ");
    CHECK(frames(message("a", "").substr(0, 60)) == "");
    CHECK(frames(message("a", "12345").substr(0, message("a", "12345").size() - 1)) == "");
}

TEST_CASE("streams whose messages have no end that both sides agree on") {
    const std::string head = "OPTIONS sip:a@h SIP/2.0\n";
    CHECK(frames(wire(head + "\n")) == "broken 400");
    CHECK(frames(wire(head + "Content-Length: x\n\n")) == "broken 400");
    CHECK(frames(wire(head + "Content-Length: -1\n\n")) == "broken 400");
    CHECK(frames(wire(head + "Content-Length: 5\nl: 6\n\n123456")) == "broken 400");
    CHECK(frames(wire(head + "Content-Length: 5\nl: 5\n\n12345")) == "broken 400");
    CHECK(frames(wire(head + "Content-Length: 5\n 0\n\n12345")) == "broken 400");
    CHECK(frames(wire(head + "X: y\n Content-Length: 5\n\n12345")) == "broken 400");
    CHECK(frames(wire(head + "Content-Length: 262145\n\n")) == "broken 513");
    CHECK(frames("\x16\x03\x01") == "broken 400");
    CHECK(frames("\rX") == "broken 400");
    StreamFramer framer(Side::accepted);
    framer.feed(message("a", "") + wire(head + "\n") + message("b", ""));
    CHECK(drain(framer) == "a[] broken 400");
    framer.feed(message("c", ""));
    CHECK(drain(framer) == "broken 400"); // and stays so
}

TEST_CASE("a head without an end is given up at its limit, however slowly it comes") {
    StreamFramer framer(Side::accepted);
    framer.feed("OPTIONS sip:a@h SIP/2.0\r\n");
    std::size_t fed = 0;
    auto frame = framer.next();
    while (frame.what == What::more && fed < 100'000) {
        framer.feed("x");
        ++fed;
        frame = framer.next();
    }
    CHECK(told(frame) == "broken 513");
    CHECK(fed > 65'000);
    CHECK(fed < 66'000);
}

TEST_CASE("datagrams") {
    CHECK(sip::kind_of("") == sip::Datagram::keep_alive);
    CHECK(sip::kind_of("\0"sv) == sip::Datagram::keep_alive);
    CHECK(sip::kind_of("\r\n\r\n") == sip::Datagram::keep_alive);
    CHECK(sip::kind_of("jaK") == sip::Datagram::keep_alive);
    CHECK(sip::kind_of("\0\0\0\0\0\0\0\0"sv) == sip::Datagram::keep_alive);
    CHECK(sip::kind_of("\0\x01\0\0\x21\x12\xa4\x42"
                       "123456789012"sv) == sip::Datagram::stun);
    CHECK(sip::kind_of("\0\x01\0\0\x21\x12\xa4\x42"
                       "12345678901"sv) == sip::Datagram::message);
    CHECK(sip::kind_of(message("a", "")) == sip::Datagram::message);
}
