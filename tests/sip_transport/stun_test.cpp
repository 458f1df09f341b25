// STUN binding requests on the SIP port (RFC 5389, RFC 5769's addresses).
#include "house.hpp"
#include "sip/stun.hpp"

using namespace testing;

namespace {

constexpr auto transaction = "\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"sv;

std::string stun(std::string_view type, std::string_view attributes) {
    std::string out(type);
    out += static_cast<char>(attributes.size() >> 8);
    out += static_cast<char>(attributes.size() & 0xff);
    return out.append(transaction).append(attributes);
}

std::string answer(std::string_view request, std::string_view host, std::uint16_t port) {
    const sip::Place from{*sip::address_of(host), port};
    return std::string(sip::StunAnswer(request, from).bytes());
}

} // namespace

TEST_CASE("a binding request is answered with the address that it came from") {
    const auto request = stun("\x00\x01"sv, "");
    // The values of RFC 5769 2.2 and 2.3.
    CHECK(answer(request, "192.0.2.1", 32853) ==
          stun("\x01\x01"sv, "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"sv));
    CHECK(answer(request, "2001:db8:1234:5678:11:2233:4455:6677", 32853) ==
          stun("\x01\x01"sv, "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2"
                             "\xb9\xd9"sv));
}

TEST_CASE("attributes: optional ones are passed over, others are refused") {
    const auto good = answer(stun("\x00\x01"sv, ""), "192.0.2.1", 1);
    const auto optional = "\x80\x22\x00\x05hello\0\0\0"sv;
    const auto known = "\x00\x06\x00\x03me!\0"sv;
    CHECK(answer(stun("\x00\x01"sv, std::string(optional) + std::string(known)), "192.0.2.1", 1) == good);
    const auto refused = answer(stun("\x00\x01"sv, "\x00\x03\x00\x04\0\0\0\6"sv), "192.0.2.1", 1);
    CHECK(refused == stun("\x01\x11"sv, "\x00\x09\x00\x15\x00\x00\x04\x14Unknown Attribute\0\0\0"
                                        "\x00\x0a\x00\x02\x00\x03\x00\x00"sv));
}

TEST_CASE("what is malformed or no binding request is not answered") {
    const std::string rows[] = {
        stun("\x00\x11"sv, ""),                       // an indication: a keep-alive that wants no answer
        stun("\x01\x01"sv, ""),                       // a response
        stun("\x00\x03"sv, ""),                       // TURN
        stun("\x00\x01"sv, "").substr(0, 19),         // short
        stun("\x00\x01"sv, "") + "more",              // longer than it says
        stun("\x00\x01"sv, "\x80\x22\x00"sv),         // no multiple of four
        stun("\x00\x01"sv, "\x80\x22\x00\x05hell"sv), // the attribute is longer than what is there
        stun("\x00\x01"sv, "\x80\x22\xff\xffhell"sv),
    };
    for (const auto& row : rows)
        CHECK(answer(row, "192.0.2.1", 1).empty());
    // Many attributes that nobody knows: the answer stays small.
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += "\x00\x03\x00\x00"sv;
    CHECK(answer(stun("\x00\x01"sv, many), "192.0.2.1", 1).size() < 128);
}

TEST_CASE("STUN through the socket, beside SIP") {
    House house({"udp:0.0.0.0:0"});
    auto peer = Peer::udp("127.0.0.2", house.port(), "127.0.0.1");
    peer.send(stun("\x00\x01"sv, ""));
    std::string got;
    REQUIRE(house.until([&] { return !(got = peer.receive()).empty(); }));
    CHECK(got == answer(stun("\x00\x01"sv, ""), "127.0.0.1", peer.own().port));
    CHECK(house.heard.empty());
    CHECK(house.counters().stun_answered == 1);
    peer.send(stun("\x00\x11"sv, ""));
    CHECK(house.until([&] { return house.counters().stun_dropped == 1; }));
}
