// The messages of RFC 4475, composed anew from what the RFC says of each: what becomes of them in a datagram and in a
// stream. Where the RFC leaves the choice, ours stands in the row.
#include <vector>

#include "here.hpp"

using namespace testing;

namespace {

struct Row {
    const char* name;
    const char* section;
    std::string bytes;
    std::string datagram;
    std::string stream;
};

std::string with_body(std::string_view head, std::string_view body) {
    return wire(std::string(head) + "Content-Length: " + std::to_string(body.size()) + "\n\n") + std::string(body);
}

/// A request that is right but for the lines given, which come first.
std::string request(std::string_view start, std::string_view lines, std::string_view method) {
    std::string text(start);
    text +=
        "\nVia: SIP/2.0/UDP 192.0.2.60;branch=z9hG4bKrow\nMax-Forwards: 70\nFrom: <sip:bob@client.example.net>;tag=f1\n"
        "To: <sip:alice@server.example.com>\nCall-ID: row.1@client.example.net\nCSeq: 8 ";
    text += method;
    text += "\nContact: <sip:bob@192.0.2.60>\n";
    text += lines;
    return wire(text + "Content-Length: 0\n\n");
}

std::string options(std::string_view lines) {
    return request("OPTIONS sip:alice@server.example.com SIP/2.0", lines, "OPTIONS");
}

const std::string tail = "Max-Forwards: 70\nContent-Length: 0\n\n";

// 3.1.1: legal, however it looks.
std::vector<Row> valid() {
    return {
        {"wsinv", "3.1.1.1",
         with_body(R"(INVITE sip:alice@server.example.com;unheard SIP/2.0
TO :
 sip:alice@server.example.com ;   tag    = 1918a
from   : "B Jansen \\\""       <sip:bob@example.com>
  ;
  tag = 98as
MaX-fOrWaRdS: 0068
Call-ID: wsinv.7@192.0.2.1
Content-Type   : application/sdp
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skd
s :
NewField:   strange
 and folded,  too
Unheard-Of: ;;,,;;,;
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted \"\"" <sip:bob@example.com> ; newparam =
      new ;
  other ; q = 0.33
Route:
 <sip:services.example.com;lr;unknown=x;y;transport=udp>
)",
                   "v=0\r\no=bob 1 1 IN IP4 192.0.2.3\r\ns=-\r\n"),
         "INVITE", "INVITE"},
        {"intmeth", "3.1.1.2",
         wire("!odd%Method0123456789_*+`.~-' sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
              ":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\n"
              "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\n"
              "To: \"BEL:\\\a NUL:\\" +
              std::string(1, '\0') +
              " DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!sure)@example.com>\n"
              "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
              ";fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\xd0\xb1\";tag=_token~1'+`*%!-.\n"
              "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\nCSeq: 139 !odd%Method0123456789_*+`.~-'\n"
              "extensionField-!.%*+_`'~:\xe5\xa4\xa7\xe5\x81\x9c\n" +
              tail),
         "501", "501"},
        {"esc01", "3.1.1.3",
         request("INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
                 "Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>\n", "INVITE"),
         "INVITE", "INVITE"},
        {"escnull", "3.1.1.4",
         request("REGISTER sip:example.com SIP/2.0",
                 "Contact: <sip:%00@host5.example.com>, <sip:%00%00@host5.example.com>\n", "REGISTER"),
         "REGISTER", "REGISTER"},
        {"esc02", "3.1.1.5",
         request("RE%47IST%45R sip:registrar.example.com SIP/2.0",
                 "Contact: <sip:alias1@host1.example.com>\nContact: \"%Z%45\" <sip:alias2@host2.example.com>\n",
                 "RE%47IST%45R"),
         "501", "501"},
        {"lwsdisp", "3.1.1.6", wire(R"(
OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: caller<sip:caller@example.com>;tag=323
Max-Forwards: 70
Call-ID: lwsdisp.12@funky.example.com
CSeq: 60 OPTIONS
Via: SIP/2.0/UDP funky.example.com;branch=z9hG4bKkdjuw
l: 0

)"),
         "OPTIONS", "OPTIONS"},
        {"longreq", "3.1.1.7",
         request("INVITE sip:user@example.com SIP/2.0",
                 "Unheard: " + std::string(2000, 'x') + "\nm: \"I have a user name of " + std::string(300, 'e') +
                     "treme\" <sip:u@host>\n"
                     "Via: SIP/2.0/TCP sip33.example.com\nv: SIP/2.0/TCP sip32.example.com, SIP/2.0/TCP "
                     "sip31.example.com;branch=z" +
                     std::string(400, 'b') + "\nSupported: " + std::string(500, 't') + "\n",
                 "INVITE"),
         "INVITE", "INVITE"},
        {"dblreq", "3.1.1.8",
         request("REGISTER sip:example.com SIP/2.0", "", "REGISTER") +
             request("INVITE sip:joe@example.com SIP/2.0", "", "INVITE"),
         "REGISTER", "REGISTER"},
        {"semiuri", "3.1.1.9", request("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0", "", "OPTIONS"),
         "OPTIONS", "OPTIONS"},
        {"transports", "3.1.1.10",
         options("Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKxs\n"
                 "Via: SIP/2.0/TLS t3.example.com, SIP/2.0/UNKNOWN t4.example.com\nVia: SIP/2.0/TCP t5.example.com\n"),
         "OPTIONS", "OPTIONS"},
        {"mpart01", "3.1.1.11",
         with_body(R"(MESSAGE sip:kumiko@example.org SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-1;rport
Max-Forwards: 70
Route: <sip:127.0.0.1:5080>
To: <sip:kumiko@example.org>
From: <sip:fluffy@example.com>;tag=2fb0dcc9
Call-ID: 3d9485ad0c49859b@Zmx1
CSeq: 1 MESSAGE
Content-Type: multipart/mixed;boundary=7a9cbec02ceef655
)",
                   "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\nContent-Type: "
                   "application/octet-stream\r\n\r\n\0\x01\r\n\r\n\xff--\r\n--7a9cbec02ceef655--\r\n"sv),
         "405", "405"},
        {"unreason", "3.1.1.12",
         wire("SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe - \xd0\xbf\xd1\x80\n"
              "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\nCall-ID: unreason.1\nCSeq: 35 INVITE\n"
              "From: sip:user@example.com;tag=11141343\nTo: sip:user@example.edu;tag=2229\nContent-Length: 0\n\n"),
         "response 200", "response 200"},
        {"noreason", "3.1.1.13",
         wire("SIP/2.0 100 \nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398\nCall-ID: noreason.1\n"
              "CSeq: 35 INVITE\nFrom: <sip:user@example.com>;tag=39\nTo: <sip:user@example.edu>;tag=7\nContent-Length: "
              "0\n\n"),
         "response 100", "response 100"},
    };
}

// 3.1.2: not legal. Where the RFC lets a reader guess, ours refuses, but for `baddate` (Date does not concern us).
std::vector<Row> invalid() {
    const std::string call = "Call-ID: bad.1@192.0.2.1\nCSeq: 8 INVITE\nTo: <sip:j.user@example.com>\n"
                             "From: <sip:caller@example.net>;tag=134161\n";
    const std::string via = "Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKk\n";
    const std::string invite = "INVITE sip:user@example.com SIP/2.0\n";
    return {
        {"badinv01", "3.1.2.1",
         wire(invite + call +
              "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\n"
              "Contact: \"Joe\" <sip:joe@example.org>;;;;\n" +
              tail),
         "400 Via", "400 Via"},
        {"clerr", "3.1.2.2", wire(invite + call + via + "Content-Length: 9999\n\nv=0\n"), "400 Content-Length", "wait"},
        {"ncl", "3.1.2.3", wire(invite + call + via + "Content-Length: -999\n\nv=0\n"), "400 Content-Length",
         "400 close"},
        {"scalar02", "3.1.2.4",
         wire("REGISTER sip:example.com SIP/2.0\n" + via +
              "To: <sip:user@example.com>\n"
              "From: <sip:user@example.com>;tag=2\nCall-ID: scalar02.1\nCSeq: 36893488147419103232 REGISTER\n"
              "Max-Forwards: 300\nExpires: 10000000000000000000000\nContact: <sip:user@host1>;expires=280297596632815\n"
              "Content-Length: 0\n\n"),
         "400 CSeq", "400 CSeq"},
        {"scalarlg", "3.1.2.5",
         wire(
             "SIP/2.0 503 Service Unavailable\n" + via +
             "To: <sip:user@example.com>;tag=1\n"
             "From: <sip:user@example.com>;tag=2\nCall-ID: scalarlg.1\nCSeq: 9292394834772304023312 OPTIONS\n"
             "Retry-After: 949302838503028349304023988\nWarning: 1812 overture \"In Progress\"\nContent-Length: 0\n\n"),
         "drop", "drop"},
        {"quotbal", "3.1.2.6",
         wire(invite + via +
              "To: \"Mr. J. User <sip:j.user@example.com>\nFrom: sip:c@example.net;tag=9\n"
              "Call-ID: quotbal.1\nCSeq: 8 INVITE\n" +
              tail),
         "400 To", "400 To"},
        {"ltgtruri", "3.1.2.7", wire("INVITE <sip:user@example.com> SIP/2.0\n" + call + via + tail), "400 start line",
         "400 start line"},
        {"lwsruri", "3.1.2.8", wire("INVITE sip:user@example.com; lr SIP/2.0\n" + call + via + tail), "400 start line",
         "400 start line"},
        {"lwsstart", "3.1.2.9", wire("INVITE  sip:user@example.com  SIP/2.0\n" + call + via + tail), "400 start line",
         "400 start line"},
        {"trws", "3.1.2.10", wire("INVITE sip:user@example.com SIP/2.0  \n" + call + via + tail), "400 start line",
         "400 start line"},
        {"escruri", "3.1.2.11",
         wire("INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0\n" + call + via + tail),
         "400 start line", "400 start line"},
        {"baddate", "3.1.2.12", wire(invite + call + via + "Date: Fri, 01 Jan 2010 16:00:00 EST\n" + tail), "INVITE",
         "INVITE"},
        {"regbadct", "3.1.2.13",
         wire(invite + call + via + "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\n" + tail),
         "400 Contact", "400 Contact"},
        {"badaspec", "3.1.2.14",
         request("OPTIONS sip:user@example.org SIP/2.0", "Contact: < sip:user@example.org >\n", "OPTIONS"),
         "400 Contact", "400 Contact"},
        {"baddn", "3.1.2.15",
         wire("OPTIONS sip:t.watson@example.org SIP/2.0\n" + via +
              "To: \"T. Watson\" <sip:t@example.org>\n"
              "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43\nCall-ID: baddn.31415@c.example.com\n"
              "CSeq: 8 OPTIONS\n" +
              tail),
         "400 From", "400 From"},
        {"badvers", "3.1.2.16",
         wire("OPTIONS sip:t.watson@example.org SIP/7.0\nVia: SIP/7.0/UDP c.example.com;branch=z9hG4bKkd\n" + call +
              tail),
         "505 start line", "505 start line"},
        {"mismatch01", "3.1.2.17", request("OPTIONS sip:user@example.com SIP/2.0", "", "INVITE"), "400 CSeq",
         "400 CSeq"},
        {"mismatch02", "3.1.2.18", request("NEWMETHOD sip:user@example.com SIP/2.0", "", "INVITE"), "400 CSeq",
         "400 CSeq"},
        {"bigcode", "3.1.2.19",
         wire("SIP/2.0 4294967301 better not break the receiver\n" + via + call + "Content-Length: 0\n\n"), "drop",
         "drop"},
    };
}

// 3.2 to 3.4: what the transaction, the application and old peers bring. Methods that are handled pass here.
std::vector<Row> layers() {
    const std::string via = "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\n";
    return {
        {"badbranch", "3.2.1",
         wire("OPTIONS sip:user@example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK\n"
              "From: sip:caller@example.org;tag=33242\nTo: sip:user@example.com\nCall-ID: badbranch.1\nCSeq: 8 "
              "OPTIONS\nl: 0\n\n"),
         "OPTIONS", "OPTIONS"},
        {"insuf", "3.3.1",
         wire("INVITE sip:user@example.com SIP/2.0\nCSeq: 193942 INVITE\n" + via +
              "Content-Type: application/sdp\nl: 3\n\nv=0"),
         "400 From", "400 From"},
        {"unkscm", "3.3.2", request("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0", "", "OPTIONS"), "416",
         "416"},
        {"novelsc", "3.3.3", request("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", "", "OPTIONS"), "416", "416"},
        {"unksm2", "3.3.4",
         wire("REGISTER sip:example.com SIP/2.0\nTo: isbn:2983792873\nFrom: <http://www.example.com>;tag=32\n"
              "Call-ID: unksm2.d\nCSeq: 234902 REGISTER\nMax-Forwards: 70\n" +
              via + "Contact: <name:John_Smith>\nl: 0\n\n"),
         "REGISTER", "REGISTER"},
        {"bext01", "3.3.5",
         options("Require: nothingSupportsThis, nothingSupportsThisEither\nProxy-Require: noProxyDoes\n"), "420",
         "420"},
        {"invut", "3.3.6",
         request("INVITE sip:user@example.com SIP/2.0", "Content-Type: application/unknownformat\n", "INVITE"),
         "INVITE", "INVITE"},
        {"regaut01", "3.3.7",
         request("REGISTER sip:example.com SIP/2.0", "Authorization: NoOneKnowsThisScheme opaque-data=here\n",
                 "REGISTER"),
         "REGISTER", "REGISTER"},
        {"multi01", "3.3.8",
         wire("INVITE sip:user@company.com SIP/2.0\nContact: <sip:caller@host25.example.net>\n"
              "Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkd\nMax-Forwards: 70\nCSeq: 5 INVITE\nCall-ID: "
              "multi01.98@192.0.2.2\n"
              "CSeq: 59 INVITE\nCall-ID: multi01.09@192.0.2.3\nFrom: sip:caller@example.com;tag=3413\n"
              "To: sip:user@example.com\nTo: sip:other@example.net\nFrom: sip:caller@example.net;tag=2923\nl: 0\n\n"),
         "400 CSeq", "400 CSeq"},
        {"mcl01", "3.3.9", options("Content-Length: 5\n"), "400 Content-Length", "400 close"},
        {"bcast", "3.3.10",
         wire("SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\n"
              "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\nCall-ID: bcast.1\nCSeq: 35 INVITE\n"
              "From: sip:user@example.com;tag=11\nTo: sip:user@example.edu;tag=2229\nl: 0\n\n"),
         "response 200", "response 200"},
        {"zeromf", "3.3.11",
         wire("OPTIONS sip:user@example.com SIP/2.0\nTo: sip:user@example.com\nFrom: sip:c@example.net;tag=3\n"
              "Call-ID: zeromf.1\nCSeq: 39234321 OPTIONS\nVia: SIP/2.0/UDP host1.example.com;branch=z9hG4bKkdjuw\n"
              "Max-Forwards: 0\nl: 0\n\n"),
         "OPTIONS", "OPTIONS"},
        {"cparam01", "3.3.12",
         request("REGISTER sip:example.com SIP/2.0", "m: sip:+19725552222@gw1.example.net;unknownparam\n", "REGISTER"),
         "REGISTER", "REGISTER"},
        {"cparam02", "3.3.13",
         request("REGISTER sip:example.com SIP/2.0", "m: <sip:+19725552222@gw1.example.net;unknownparam>\n",
                 "REGISTER"),
         "REGISTER", "REGISTER"},
        {"regescrt", "3.3.14",
         request("REGISTER sip:example.com SIP/2.0", "m: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>\n",
                 "REGISTER"),
         "REGISTER", "REGISTER"},
        {"sdp01", "3.3.15", request("INVITE sip:user@example.com SIP/2.0", "Accept: text/nobodyKnowsThis\n", "INVITE"),
         "INVITE", "INVITE"},
        {"inv2543", "3.4.1",
         wire("INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP iftgw.example.com\n"
              "From: <sip:+13035551111@ift.client.example.net;user=phone>\nRecord-Route: "
              "<sip:UserB@example.com;maddr=ss1.example.com>\n"
              "To: sip:+16505552222@ss1.example.net;user=phone\nCall-ID: inv2543.1717@ift.client.example.com\nCSeq: 56 "
              "INVITE\n"
              "Content-Type: application/sdp\n\nv=0\n"),
         "INVITE", "400 close"},
    };
}

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        CAPTURE(row.section);
        CHECK(verdict(row.bytes, sip::Carrier::datagram) == row.datagram);
        CHECK(stream_verdict(row.bytes) == row.stream);
        // Whatever it is: cut anywhere it is never read beyond its end, and never taken for whole in a stream too
        // early.
        for (std::size_t cut = 0; cut < row.bytes.size(); ++cut)
            static_cast<void>(sip::Message().parse(std::string(row.bytes.substr(0, cut)), sip::Carrier::datagram));
    }
}

sip::Message parsed(const std::vector<Row>& rows, std::string_view name) {
    sip::Message message;
    for (const Row& row : rows)
        if (row.name == name) {
            static std::vector<std::string> kept; // views look into it
            kept.reserve(100);
            kept.push_back(row.bytes);
            REQUIRE(message.parse(kept.back(), sip::Carrier::datagram));
        }
    return message;
}

} // namespace

TEST_CASE("RFC 4475 3.1.1: valid messages") {
    check(valid());
}

TEST_CASE("RFC 4475 3.1.2: invalid messages") {
    check(invalid());
}

TEST_CASE("RFC 4475 3.2 to 3.4: transaction, application, RFC 2543") {
    check(layers());
}

TEST_CASE("RFC 4475: what is in the tortuous ones") {
    const auto rows = valid();
    const auto wsinv = parsed(rows, "wsinv");
    CHECK(wsinv.from().display_text() == "B Jansen \\\"");
    CHECK(wsinv.from().tag() == "98as");
    CHECK(wsinv.to().tag() == "1918a");
    CHECK(wsinv.cseq().number == 9);
    CHECK(wsinv.max_forwards() == 68);
    CHECK(wsinv.vias() == 3);
    CHECK(wsinv.via().sent_by.host == "192.0.2.2");
    CHECK_FALSE(wsinv.via().magic());
    CHECK(wsinv.contact()->parameters.value("newparam") == "new");
    CHECK(wsinv.contact()->parameters.value("Q") == "0.33");
    CHECK(wsinv.find(sip::Header::subject) == "");
    CHECK(wsinv.find("UNHEARD-of") == ";;,,;;,;");
    const auto intmeth = parsed(rows, "intmeth");
    CHECK(intmeth.to().display_text() == "BEL:\a NUL:\0 DEL:\x7f"sv);
    CHECK(intmeth.uri().user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    CHECK(intmeth.from().tag() == "_token~1'+`*%!-.");
    const auto esc01 = parsed(rows, "esc01");
    CHECK(esc01.uri().user_text() == "sips:user@example.com");
    CHECK(esc01.uri().host == "example.net");
    CHECK(parsed(rows, "escnull").contacts() == 3);
    CHECK(parsed(rows, "dblreq").body().empty());
    CHECK(parsed(rows, "semiuri").uri().user_text() == "user;par=u@example.net");
    CHECK(parsed(rows, "transports").vias() == 5);
    const auto mpart01 = parsed(rows, "mpart01");
    CHECK(mpart01.body().ends_with("--7a9cbec02ceef655--\r\n"));
    CHECK(mpart01.body().contains('\0'));
    CHECK(parsed(rows, "noreason").reason().empty());
    const auto more = layers();
    CHECK(parsed(more, "badbranch").via().branch().empty());
    CHECK(parsed(more, "bcast").vias() == 2);
    CHECK(parsed(more, "invut").content_type()->word == "application/unknownformat");
    CHECK_FALSE(parsed(more, "sdp01").accepts("application/sdp", true));
    CHECK(parsed(more, "inv2543").from().tag().empty());
    CHECK(parsed(more, "inv2543").body() == "v=0\n");
}

TEST_CASE("RFC 4475 3.3.12 to 3.3.14: parameters of the header, of the URI, and headers in it") {
    for (const Row& row : layers()) {
        const std::string_view name = row.name;
        if (name != "cparam01" && name != "cparam02" && name != "regescrt") continue;
        CAPTURE(name);
        sip::Message message;
        REQUIRE(message.parse(row.bytes, sip::Carrier::datagram));
        std::size_t index = 0;
        message.each_element(sip::Header::contact, [&](std::string_view element) {
            if (index++ == 0) return true; // the row's own comes second
            const auto contact = sip::parse_address(element);
            REQUIRE(contact);
            CHECK(contact->parameters.has("unknownparam") == (name == "cparam01"));
            CHECK(contact->uri.parameter("unknownparam").has_value() == (name == "cparam02"));
            CHECK(contact->uri.headers.starts_with("Route=") == (name == "regescrt"));
            return true;
        });
        CHECK(index == 2);
    }
}

TEST_CASE("RFC 5118: IPv6") {
    const std::string rest = "To: sip:user@example.com\nFrom: sip:user@example.com;tag=81x2\nCall-ID: v6.1@host\n"
                             "CSeq: 98176 REGISTER\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\n" +
                             tail;
    auto message = [&](std::string_view uri, std::string_view via) {
        return wire("REGISTER " + std::string(uri) + " SIP/2.0\nVia: SIP/2.0/UDP " + std::string(via) + "\n" + rest);
    };
    struct Case {
        const char* name;
        const char* uri;
        const char* via;
        const char* verdict;
        const char* host; // of the URI
        int port;
        const char* received;
    };
    // clang-format off
    const Case rows[] = {
        {"4.1 ipv6-good",           "sip:[2001:db8::10]",            "[2001:db8::9:1];branch=z9hG4bKa",  "REGISTER", "2001:db8::10", 0, ""},
        {"4.2 ipv6-bad",            "sip:2001:db8::10",              "[2001:db8::9:1];branch=z9hG4bKa",  "400 start line", "", 0, ""},
        {"4.3 port-ambiguous",      "sip:[2001:db8::10:5070]",       "[2001:db8::9:1];branch=z9hG4bKa",  "REGISTER", "2001:db8::10:5070", 0, ""},
        {"4.4 port-unambiguous",    "sip:[2001:db8::10]:5070",       "[2001:db8::9:1];branch=z9hG4bKa",  "REGISTER", "2001:db8::10", 5070, ""},
        {"4.5 received, delimited", "sip:[2001:db8::10]", "[2001:db8::9:1];received=[2001:db8:9::255];branch=z9hG4bKa", "REGISTER", "2001:db8::10", 0, "2001:db8:9::255"},
        {"4.5 received, bare",      "sip:[2001:db8::10]", "[2001:db8::9:1];received=2001:db8:9::255;branch=z9hG4bKa",   "REGISTER", "2001:db8::10", 0, "2001:db8:9::255"},
        {"4.7 several addresses",   "sip:user@host", "[2001:db8::9:1]:6050;branch=z9hG4bKa, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb",  "REGISTER", "host", 0, ""},
        {"4.9 IPv4-mapped",         "sip:[::ffff:192.0.2.10]:5070",  "[::ffff:192.0.2.2]:5060;branch=z9hG4bKa", "REGISTER", "::ffff:192.0.2.10", 5070, ""},
        {"4.10 three colons",       "sip:[2001:db8:::192.0.2.1]",    "[2001:db8::9:1];branch=z9hG4bKa",  "REGISTER", "2001:db8:::192.0.2.1", 0, ""},
        {"4.10 two colons",         "sip:[2001:db8::192.0.2.1]",     "[2001:db8::9:1];branch=z9hG4bKa",  "REGISTER", "2001:db8::192.0.2.1", 0, ""},
        {"no address in brackets",  "sip:[2001-db8]",                "[2001:db8::9:1];branch=z9hG4bKa",  "400 start line", "", 0, ""},
        {"open bracket in the Via", "sip:[2001:db8::10]",            "[2001:db8::9:1;branch=z9hG4bKa",   "400 Via", "2001:db8::10", 0, ""},
    };
    // clang-format on
    for (const Case& row : rows) {
        INFO(row.name);
        const auto bytes = message(row.uri, row.via);
        CHECK(verdict(bytes, sip::Carrier::datagram) == row.verdict);
        CHECK(stream_verdict(bytes) == row.verdict);
        sip::Message read;
        const bool whole = read.parse(bytes, sip::Carrier::datagram).has_value();
        CHECK(read.uri().host == row.host);
        CHECK(read.uri().port.value_or(0) == row.port);
        if (whole) CHECK(read.via().received() == row.received);
    }
    // 4.6 and 4.8: the addresses in a session description are no business of the parser; the body is bytes.
    const auto sdp =
        with_body("INVITE sip:user@[2001:db8::10] SIP/2.0\nVia: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKa\n"
                  "To: <sip:u@h>\nFrom: <sip:c@h>;tag=1\nCall-ID: v6.2\nCSeq: 1 INVITE\n",
                  "v=0\r\no=assistant 1 1 IN IP6 2001:db8::20\r\nc=IN IP4 192.0.2.1\r\n");
    CHECK(verdict(sdp, sip::Carrier::datagram) == "INVITE");
}
