// Whole messages: what telephones send and is taken, what two readers could read differently and is refused, limits.
#include "here.hpp"

using namespace testing;

namespace {

constexpr std::string_view subscribe = R"(
SUBSCRIBE sip:2101@pbx.example SIP/2.0
Via: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-b1;rport
Max-Forwards: 70
From: <sip:2150@pbx.example>;tag=f1
To: <sip:2101@pbx.example>
Call-ID: 7f3@10.4.0.17
CSeq: 1 SUBSCRIBE
Contact: <sip:2150@10.4.0.17:5060>
Event: dialog;id=4
Accept: application/dialog-info+xml
Supported: eventlist
Expires: 1800
Content-Length: 0

)";

std::string changed(std::string_view from, std::string_view to) {
    auto bytes = wire(subscribe);
    const auto old = std::string(from);
    const auto at = bytes.find(old);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, old.size(), to);
    return bytes;
}

} // namespace

TEST_CASE("a telephone's SUBSCRIBE") {
    const auto bytes = wire(subscribe);
    sip::Message message;
    REQUIRE(message.parse(bytes, sip::Carrier::stream));
    CHECK(message.is_request());
    CHECK(message.method() == sip::Method::subscribe);
    CHECK(message.uri().user == "2101");
    CHECK(message.from().tag() == "f1");
    CHECK(message.to().tag().empty());
    CHECK(message.call_id() == "7f3@10.4.0.17");
    CHECK(message.cseq().number == 1);
    CHECK(message.via().wants_rport());
    CHECK(message.via().magic());
    CHECK(message.contact()->uri.port == 5060);
    CHECK(message.event()->word == "dialog");
    CHECK(message.event()->parameters.value("id") == "4");
    CHECK(message.expires() == 1800);
    CHECK(message.max_forwards() == 70);
    CHECK(message.lists(sip::Header::supported, "EventList"));
    CHECK_FALSE(message.lists(sip::Header::require, "eventlist"));
    CHECK(message.accepts("application/dialog-info+xml", false));
    CHECK_FALSE(message.accepts("application/pidf+xml", true));
    CHECK(message.body().empty());
    // The same object again: nothing of the first stays.
    const auto other =
        wire("SIP/2.0 481 Gone away\nv: SIP/2.0/UDP h;branch=z9hG4bK2\nf: <sip:a@h>;tag=1\nt: <sip:b@h>;tag=2\n"
             "i: x\nCSeq: 7 NOTIFY\nl: 0\n\n");
    REQUIRE(message.parse(other, sip::Carrier::stream));
    CHECK(message.status() == 481);
    CHECK(message.reason() == "Gone away");
    CHECK(message.method() == sip::Method::notify);
    CHECK_FALSE(message.contact());
    CHECK_FALSE(message.event());
    CHECK_FALSE(message.expires());
    CHECK(message.fields().size() == 6);
}

TEST_CASE("what telephones do and is taken") {
    struct Row {
        const char* what;
        std::string bytes;
    };
    const Row rows[] = {
        {"empty lines first", "\r\n\r\n" + wire(subscribe)},
        {"lower case version", changed("SIP/2.0\r\nVia", "sip/2.0\r\nVia")},
        {"no Max-Forwards", changed("Max-Forwards: 70\r\n", "")},
        {"no From tag", changed(";tag=f1", "")},
        {"no branch", changed(";branch=z9hG4bK-b1", "")},
        {"unheard Via transport", changed("SIP/2.0/UDP", "SIP/2.0/DCCP")},
        {"instance and GRUU in the Contact",
         changed("<sip:2150@10.4.0.17:5060>", "<sip:2150@10.4.0.17:5060;ob>;+sip.instance=\"<urn:uuid:00000000-0000-"
                                              "1000-8000-000A95A0E128>\";reg-id=1")},
        {"star Contact", changed("<sip:2150@10.4.0.17:5060>", "*")},
        {"empty Supported", changed("Supported: eventlist", "Supported:")},
        {"endless Expires", changed("1800", "99999999999999999999")},
        {"odd Accept", changed("application/dialog-info+xml", ", ;;, application/dialog-info+xml;q=0.5")},
        {"a field with any bytes", changed("Supported: eventlist", "X-Y: \x80\xff\x01 \"<")},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        CHECK(verdict(row.bytes, sip::Carrier::datagram) == "SUBSCRIBE");
        CHECK(verdict(row.bytes, sip::Carrier::stream) == "SUBSCRIBE");
    }
}

TEST_CASE("what is refused, with the header that is named in the answer") {
    struct Row {
        const char* what;
        std::string bytes;
        const char* verdict;
    };
    std::string many;
    for (int i = 0; i < 130; ++i)
        many += "X-Y: 1\r\n";
    std::string vias;
    for (int i = 0; i < 21; ++i)
        vias += ", SIP/2.0/UDP h" + std::to_string(i);
    std::string contacts;
    for (int i = 0; i < 11; ++i)
        contacts += ", <sip:c@h>";
    // clang-format off
    const Row rows[] = {
        {"nothing",                 "",                                                              "drop"},
        {"no SIP",                  "GET / HTTP/1.1\r\nHost: x\r\n\r\n",                             "drop"},
        {"binary",                  "\x16\x03\x01\r\n\r\n",                                          "drop"},
        {"status too small",        wire("SIP/2.0 099 x\nVia: SIP/2.0/UDP h\n\n"),                   "drop"},
        {"status of four digits",   wire("SIP/2.0 2000 x\nVia: SIP/2.0/UDP h\n\n"),                  "drop"},
        {"lone line feed",          changed("CSeq: 1 SUBSCRIBE\r\n", "CSeq: 1 SUBSCRIBE\n"),         "400 header"},
        {"lone carriage return",    changed("CSeq: 1 SUBSCRIBE\r\n", "CSeq: 1 SUBSCRIBE\rX: y\r\n"), "400 header"},
        {"no empty line",           changed("Content-Length: 0\r\n\r\n", "Content-Length: 0\r\n"),   "400 header"},
        {"folded start line",       changed("Via:", " folded\r\nVia:"),                                        "400 start line"},
        {"no colon",                changed("Event: dialog", "Event dialog"),                        "400 header"},
        {"no name",                 changed("Event: dialog", ": dialog"),                            "400 header"},
        {"space in the name",       changed("Event: dialog", "Ev ent: dialog"),                      "400 header"},
        {"two From",                changed("Event: dialog", "f: <sip:x@h>;tag=2\r\nEvent: dialog"), "400 From"},
        {"two Event, one compact",  changed("Event: dialog", "o: presence\r\nEvent: dialog"),        "400 Event"},
        {"two equal lengths",       changed("Event: dialog", "l: 0\r\nEvent: dialog"),               "400 Content-Length"},
        {"no Via",                  changed("Via:", "X-Via:"),                                       "not answerable"},
        {"no Call-ID",              changed("Call-ID:", "X-Call-ID:"),                               "400 Call-ID"},
        {"space in the Call-ID",    changed("7f3@10.4.0.17", "7f3 x"),                               "400 Call-ID"},
        {"empty Call-ID",           changed("7f3@10.4.0.17", ""),                                    "400 Call-ID"},
        {"two hosts in Call-ID",    changed("7f3@10.4.0.17", "a@b@c"),                               "400 Call-ID"},
        {"length beyond the end",   changed("Length: 0", "Length: 1"),                               "400 Content-Length"},
        {"endless length",          changed("Length: 0", "Length: 99999999999999999999999"),         "400 Content-Length"},
        {"length with a sign",      changed("Length: 0", "Length: +0"),                              "400 Content-Length"},
        {"no number of seconds",    changed("1800", "soon"),                                         "400 Expires"},
        {"Max-Forwards",            changed("70", "256"),                                            "400 Max-Forwards"},
        {"bad Event",               changed("dialog;id=4", "dialog;;"),                              "400 Event"},
        {"star and more",           changed("<sip:2150@10.4.0.17:5060>", "*, <sip:a@h>"),            "400 Contact"},
        {"bad second Via",          changed(";rport", ";rport, SIP/2.0/UDP"),                        "400 Via"},
        {"empty Via",               changed(";rport", ";rport,"),                                    "400 Via"},
        {"Route without brackets",  changed("Event:", "Route: sip:p@h\r\nEvent:"),                   "400 Route"},
        {"bad Record-Route",        changed("Event:", "Record-Route: <sip:p@h>, <>\r\nEvent:"),      "400 Record-Route"},
        {"130 fields",              changed("Event:", many + "Event:"),                              "400 header"},
        {"21 Vias",                 changed(";rport", ";rport" + vias),                              "400 Via"},
        {"11 Contacts",             changed("5060>\r\n", "5060>" + contacts + "\r\n"),               "400 Contact"},
        {"long field",              changed("Event:", "X-Y: " + std::string(9000, 'x') + "\r\nEvent:"), "400 header"},
        {"long URI",                changed("2101@pbx", std::string(2100, '1') + "@pbx"),            "414 start line"},
        {"long method",             changed("SUBSCRIBE sip", std::string(65, 'M') + " sip"),         "400 start line"},
    };
    // clang-format on
    for (const Row& row : rows) {
        INFO(row.what);
        if (row.verdict == "not answerable"sv) {
            sip::Message message;
            const auto parsed = message.parse(row.bytes, sip::Carrier::datagram);
            REQUIRE_FALSE(parsed);
            CHECK(text(parsed.error()) == "Via: The header is missing (byte 0).");
            CHECK_FALSE(message.answerable());
            continue;
        }
        CHECK(verdict(row.bytes, sip::Carrier::datagram) == row.verdict);
    }
    sip::Message ack;
    const auto bad_ack = wire("ACK sip:a@h SIP/2.0\nVia: SIP/2.0/UDP h\n\n");
    const auto parsed = ack.parse(bad_ack, sip::Carrier::datagram);
    CHECK(parsed.error().status == 0); // an ACK is never answered
    CHECK_FALSE(ack.answerable());
    const auto head =
        wire("SUBSCRIBE sip:a@h SIP/2.0\nVia: SIP/2.0/UDP h\nContent-Length: 300000\n\n") + std::string(300'000, 'x');
    CHECK_FALSE(sip::Message().parse(head, sip::Carrier::stream));
}

TEST_CASE("a request that is refused before its Via is looked at still says where the answer goes") {
    const std::string_view whole = "SUBSCRIBE sip:a@h SIP/2.0\nVia: SIP/2.0/UDP 10.4.0.17:5070;branch=z9hG4bK1;rport\n"
                                   "From: <sip:b@h>;tag=1\nTo: <sip:a@h>\nCall-ID: c\nCSeq: 1 SUBSCRIBE\n"
                                   "Content-Length: 0\n\n";
    for (const auto& [from, to] : {std::pair{"SIP/2.0\nVia", "SIP/7.0\nVia"},
                                   {"SUBSCRIBE sip", "SUBSCRIBE  sip"},
                                   {"Content-Length: 0", "Content-Length: 40"},
                                   {"Content-Length: 0", "no colon"},
                                   {"Call-ID: c\n", ""}}) {
        INFO(to);
        std::string text(whole);
        text.replace(text.find(from), std::string_view(from).size(), to);
        sip::Message message;
        const auto bytes = wire(text);
        REQUIRE_FALSE(message.parse(bytes, sip::Carrier::datagram));
        CHECK(message.answerable());
        CHECK(message.via().wants_rport());
        CHECK(message.via().sent_by.port == 5070);
    }
}

TEST_CASE("in answers of telephones only what the transaction and the dialog need must be right") {
    const std::string_view answer = "SIP/2.0 200 OK\nVia: SIP/2.0/UDP h;branch=z9hG4bK2\nFrom: <sip:a@h>;tag=1\n"
                                    "To: <sip:b@h>;tag=2\nCall-ID: x\nCSeq: 7 NOTIFY\n";
    for (std::string_view odd :
         {"Contact: < sip:a@h>\n", "Expires: soon\n", "Event: ;;\n", "Max-Forwards: 999\n", "Route: x\n"}) {
        CAPTURE(odd);
        CHECK(verdict(wire(std::string(answer) + std::string(odd) + "\n"), sip::Carrier::datagram) == "response 200");
    }
    CHECK(verdict(wire("SIP/2.0 200\n" + std::string(answer.substr(15)) + "\n"), sip::Carrier::datagram) ==
          "response 200");
}

TEST_CASE("Accept") {
    struct Row {
        const char* accept;
        bool takes;
    };
    const Row rows[] = {{"application/pidf+xml", true},
                        {"Application/PIDF+XML", true},
                        {"application/*", true},
                        {"*/*", true},
                        {"text/plain, application/pidf+xml;q=0.1", true},
                        {"application/pidf+xml;q=0", false},
                        {"application/pidf+xml;q=0.000", false},
                        {"text/*", false},
                        {"", false},
                        {"application/pidf+xml;", true},
                        {"application/pidf+xml;;q", true},
                        {"application", false},
                        {"/", false},
                        {"/*", false},
                        {"nonsense", false}};
    for (const Row& row : rows) {
        CAPTURE(row.accept);
        const auto bytes = changed("application/dialog-info+xml", row.accept);
        sip::Message message;
        REQUIRE(message.parse(bytes, sip::Carrier::datagram));
        CHECK(message.accepts("application/pidf+xml", true) == row.takes);
    }
    const auto bytes = changed("Accept: application/dialog-info+xml\r\n", "");
    sip::Message message;
    REQUIRE(message.parse(bytes, sip::Carrier::datagram));
    CHECK(message.accepts("application/pidf+xml", true));
    CHECK_FALSE(message.accepts("application/pidf+xml", false));
}
