// What we write: answers to everything, and nothing that anybody can break a line with.
#include "here.hpp"
#include "proto/sip/writer.hpp"

using namespace testing;

namespace {

std::string answer(std::string_view request, int status, const sip::Origin& origin) {
    sip::Message message;
    const auto parsed = message.parse(request, sip::Carrier::datagram);
    REQUIRE((parsed || message.answerable()));
    std::string out;
    sip::Writer writer(out);
    sip::begin_answer(writer, message, status, parsed ? std::string() : reason(parsed.error()), "t9", origin);
    REQUIRE(writer.done());
    return out;
}

} // namespace

TEST_CASE("an answer copies what it must, and says where the request came from") {
    const auto request = wire(R"(SUBSCRIBE sip:2101@pbx.example SIP/2.0
v: SIP/2.0/UDP 10.4.0.17:5060
 ;branch=z9hG4bK-b1;rport, SIP/2.0/TCP two
Via: SIP/2.0/TLS three
From: "Bob" <sip:2150@pbx.example>;tag=f1
To: <sip:2101@pbx.example>
i: 7f3
CSeq: 1 SUBSCRIBE

)");
    CHECK(answer(request, 404, {"192.0.2.7", 1024}) ==
          "SIP/2.0 404 Not Found\r\n"
          "Via: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-b1;received=192.0.2.7;rport=1024, SIP/2.0/TCP two\r\n"
          "Via: SIP/2.0/TLS three\r\n"
          "From: \"Bob\" <sip:2150@pbx.example>;tag=f1\r\n"
          "To: <sip:2101@pbx.example>;tag=t9\r\n"
          "Call-ID: 7f3\r\n"
          "CSeq: 1 SUBSCRIBE\r\n"
          "Content-Length: 0\r\n\r\n");
}

TEST_CASE("a 100 has no tag of ours and gives Timestamp back (8.2.6.1)") {
    const auto request = wire("INVITE sip:a@h SIP/2.0\nVia: SIP/2.0/UDP h\nFrom: <sip:a@h>\nTo: <sip:b@h>\nCall-ID: 1\n"
                              "CSeq: 1 INVITE\nTimestamp: 54\n\n");
    sip::Message message;
    REQUIRE(message.parse(request, sip::Carrier::datagram));
    std::string out;
    sip::Writer writer(out);
    sip::begin_answer(writer, message, 100, "", "", {});
    REQUIRE(writer.done());
    CHECK(out == "SIP/2.0 100 Trying\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@h>\r\nTo: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: "
                 "1 INVITE\r\n"
                 "Timestamp: 54\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("received and rport") {
    struct Row {
        const char* via;
        sip::Origin origin;
        const char* stamped;
    };
    // clang-format off
    const Row rows[] = {
        {"SIP/2.0/UDP h;branch=x",                          {"192.0.2.7", 5060}, "SIP/2.0/UDP h;branch=x;received=192.0.2.7"},
        {"SIP/2.0/UDP 192.0.2.7;branch=x",                  {"192.0.2.7", 5060}, "SIP/2.0/UDP 192.0.2.7;branch=x"},
        {"SIP/2.0/UDP 192.0.2.7;branch=x;rport",            {"192.0.2.7", 5070}, "SIP/2.0/UDP 192.0.2.7;branch=x;received=192.0.2.7;rport=5070"},
        {"SIP/2.0/UDP h;rport=1;received=9.9.9.9;branch=x", {"192.0.2.7", 5070}, "SIP/2.0/UDP h;branch=x;received=192.0.2.7;rport=5070"},
        {"SIP/2.0/TCP [2001:db8::1]:5060;branch=x",         {"2001:db8::2", 1},  "SIP/2.0/TCP [2001:db8::1]:5060;branch=x;received=2001:db8::2"},
        {"SIP/2.0/TCP [2001:DB8::1];x=\"a;b\"",             {"2001:db8::1", 1},  "SIP/2.0/TCP [2001:DB8::1];x=\"a;b\""},
        {"SIP/2.0/UDP h;branch=x",                          {},                  "SIP/2.0/UDP h;branch=x"},
    };
    // clang-format on
    for (const Row& row : rows) {
        INFO(row.via);
        const auto request = wire("OPTIONS sip:a@h SIP/2.0\nVia: " + std::string(row.via) +
                                  "\nFrom: <sip:a@h>\nTo: <sip:b@h>;tag=own\nCall-ID: 1\nCSeq: 1 OPTIONS\n\n");
        const auto bytes = answer(request, 200, row.origin);
        sip::Message read;
        REQUIRE(read.parse(bytes, sip::Carrier::stream));
        CHECK(read.find(sip::Header::via) == row.stamped);
        CHECK(read.to().tag() == "own");
    }
}

TEST_CASE("what is refused is answered with what there is") {
    const auto bad =
        wire("INVITE sip:user@example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\nTo: \"open <sip:a@h>\n"
             "CSeq: 1 INVITE\n\n");
    CHECK(answer(bad, 400, {"192.0.2.15", 5060}) ==
          "SIP/2.0 400 Bad Request: From\r\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n"
          "To: \"open <sip:a@h>\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a line break in anything that is given is refused") {
    using Step = void (*)(sip::Writer&);
    const Step steps[] = {
        [](sip::Writer& w) { w.field(sip::Header::event, "dialog\r\nX: y"); },
        [](sip::Writer& w) { w.field("X", "a\nb"); },
        [](sip::Writer& w) { w.field("X", "a\0b"sv); },
        [](sip::Writer& w) { w.field("X\r\nY", "z"); },
        [](sip::Writer& w) { w.field("", "z"); },
        [](sip::Writer& w) { w.cseq(1, "NOTIFY\r\nX: y"); },
        [](sip::Writer& w) { w.via({sip::Transport::udp, "h\r\nX: y", 0, "b"}); },
        [](sip::Writer& w) { w.via({sip::Transport::udp, "h", 0, "b\r\nX: y"}); },
        [](sip::Writer& w) { w.address(sip::Header::to, "", "sip:a@h\r\n", ""); },
        [](sip::Writer& w) { w.address(sip::Header::to, "", "sip:a@h> <sip:b@h", ""); },
        [](sip::Writer& w) { w.address(sip::Header::to, "", "sip:a@h", "t;x\r\n"); },
        [](sip::Writer& w) { w.response(200, "OK\r\nX: y"); },
        [](sip::Writer& w) { w.response(42); },
        [](sip::Writer& w) { w.request("NOTIFY", "sip:a@h SIP/2.0\r\nX: y"); },
        [](sip::Writer& w) { w.request("NOT IFY", "sip:a@h"); },
    };
    for (Step step : steps) {
        std::string out;
        sip::Writer writer(out);
        step(writer);
        const auto done = writer.done();
        REQUIRE_FALSE(done);
        CHECK(done.error().category == Category::invalid);
        CHECK(out.empty());
    }
}

TEST_CASE("a NOTIFY as we send it is read as it was meant") {
    std::string out = "old";
    sip::Writer writer(out);
    writer.request("NOTIFY", "sip:2150@10.4.0.17:5060")
        .via({sip::Transport::tcp, "2001:db8::4", 5060, "z9hG4bK-n8"})
        .number(sip::Header::max_forwards, 70)
        .address(sip::Header::from, "Ad\"a\\\r\nX: y", "sip:2101@pbx.example", "t9")
        .address(sip::Header::to, "", "sip:2150@pbx.example", "f1")
        .field(sip::Header::call_id, "7f3@10.4.0.17")
        .cseq(41, "NOTIFY")
        .field(sip::Header::content_type, "application/dialog-info+xml");
    REQUIRE(writer.done("<x/>"));
    sip::Message read;
    REQUIRE(read.parse(out, sip::Carrier::stream));
    CHECK(read.from().display_text() == "Ad\"a\\X: y");
    CHECK(read.from().tag() == "t9");
    CHECK(read.via().sent_by.host == "2001:db8::4");
    CHECK(read.via().wants_rport());
    CHECK(read.cseq().number == 41);
    CHECK(read.body() == "<x/>");
    CHECK(read.fields().size() == 8);
}

TEST_CASE("objections and what their answers say") {
    struct Row {
        const char* request;
        const char* lines;
        int status;
        const char* field; // of the answer
    };
    const Row rows[] = {
        {"OPTIONS sip:a@h", "", 0, ""},
        {"OPTIONS sip:a@h", "Require: EventList, timer\n", 0, ""},
        {"OPTIONS sip:a@h", "Require: eventlist, path,  gruu\nRequire: timer\n", 420, "Unsupported: path, gruu\r\n"},
        {"REFER sip:a@h", "", 405, "Allow: INVITE, ACK, BYE, OPTIONS, INFO, CANCEL, SUBSCRIBE, PUBLISH, REGISTER\r\n"},
        {"refer sip:a@h", "", 501, ""},
        {"OPTIONS http://h/", "", 416, ""},
        {"OPTIONS tel:+15550100", "", 0, ""},
        {"ACK sip:a@h", "Require: path\n", 0, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.request);
        CAPTURE(row.lines);
        const std::string start = row.request;
        const auto method = start.substr(0, start.find(' '));
        const auto bytes =
            wire(start + " SIP/2.0\nVia: SIP/2.0/UDP h\nFrom: <sip:a@h>\nTo: <sip:b@h>\nCall-ID: 1\nCSeq: 1 " + method +
                 "\n" + row.lines + "\n");
        sip::Message message;
        REQUIRE(message.parse(bytes, sip::Carrier::datagram));
        const int status = sip::objection(message, served);
        CHECK(status == row.status);
        std::string out;
        sip::Writer writer(out);
        sip::add_objection_fields(writer, message, status, served);
        CHECK(out == row.field);
    }
}
