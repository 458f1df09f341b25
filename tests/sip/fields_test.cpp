// Values of header fields: addresses, Vias, CSeq, Event, media types, lists.
#include "here.hpp"
#include "proto/sip/fields.hpp"

using namespace testing;

namespace {

template <class T>
std::string refused(const sip::Parsed<T>& parsed) {
    return "refused at " + std::to_string(parsed.error().at);
}

std::string address(std::string_view text) {
    const auto parsed = sip::parse_address(text);
    if (!parsed) return refused(parsed);
    return parsed->display_text() + "|" + std::string(parsed->uri.text) + "|" + std::string(parsed->tag());
}

std::string via(std::string_view text) {
    const auto parsed = sip::parse_via(text);
    if (!parsed) return refused(parsed);
    std::string out(name(parsed->transport));
    out += "|" + std::string(parsed->sent_by.host) + "|";
    if (parsed->sent_by.port) out += std::to_string(*parsed->sent_by.port);
    out += "|" + std::string(parsed->branch()) + "|" + (parsed->wants_rport() ? "rport" : "");
    if (parsed->rport()) out += std::to_string(*parsed->rport());
    return out;
}

std::string worded(const sip::Parsed<sip::Worded>& parsed) {
    return parsed ? std::string(parsed->word) + "|" + std::string(parsed->parameters.value("id")) : refused(parsed);
}

std::string elements(std::string_view list) {
    std::string out;
    while (const auto element = sip::next_element(list))
        out += "[" + std::string(*element) + "]";
    return out;
}

} // namespace

TEST_CASE("addresses") {
    struct Row {
        const char* text;
        const char* meaning; // display | URI | tag
    };
    // clang-format off
    const Row rows[] = {
        {"<sip:a@h>;tag=1",                                 "|sip:a@h|1"},
        {"sip:a@h;tag=1",                                   "|sip:a@h|1"},
        {"sip:a@h",                                         "|sip:a@h|"},
        {"<sip:a@h;tag=1>",                                 "|sip:a@h;tag=1|"},
        {"\"Alice Jansen\" <sip:a@h>;tag=1",                "Alice Jansen|sip:a@h|1"},
        {"\"A \\\"B\\\" \\\\C\"<sip:a@h>",                  "A \"B\" \\C|sip:a@h|"},
        {"Alice Jansen <sip:a@h> ; tag = 1",                "Alice Jansen|sip:a@h|1"},
        {"Zo\xc3\xab <sip:a@h>;tag=1",                      "Zo\xc3\xab|sip:a@h|1"}, // unquoted UTF-8, as telephones write it
        {"\"a, <b>\" <sip:a@h>;tag=1",                      "a, <b>|sip:a@h|1"},
        {"<sip:a@h>;x=\"a;tag=2\";tag=1",                   "|sip:a@h|1"},
        {"<sip:a@h>;tag=aGk=/@x",                           "|sip:a@h|aGk=/@x"}, // no token, and in use
        {"<sip:a@h>;TAG=1",                                 "|sip:a@h|1"},
        {"<tel:+15550100>",                                 "|tel:+15550100|"},
        {"\r\n \"a\"\r\n\t<sip:a@h>\r\n ;\r\n tag\r\n = 1", "a|sip:a@h|1"},
        {"",                                                "refused at 0"},
        {"Alice",                                           "refused at 0"},
        {"\"Alice <sip:a@h>",                               "refused at 0"},
        {"\"Alice\" sip:a@h",                               "refused at 8"},
        {"<sip:a@h",                                        "refused at 1"},
        {"< sip:a@h>",                                      "refused at 1"},
        {"<sip:a@h>x",                                      "refused at 9"},
        {"<sip:a@h>;",                                      "refused at 10"},
        {"<sip:a@h>;tag=",                                  "refused at 14"},
        {"<sip:a@h>;tag=\"1",                               "refused at 14"},
        {"sip:a@h?x=y",                                     "refused at 0"},
        {"A@B <sip:a@h>",                                   "refused at 0"},
    };
    // clang-format on
    for (const Row& row : rows) {
        INFO(row.text);
        CHECK(address(row.text) == row.meaning);
    }
}

TEST_CASE("Vias") {
    struct Row {
        const char* text;
        const char* meaning; // transport | host | port | branch | rport
    };
    // clang-format off
    const Row rows[] = {
        {"SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-b1;rport",      "UDP|10.4.0.17|5060|z9hG4bK-b1|rport"},
        {"SIP/2.0/tls pbx.example;branch=z9hG4bK1",                 "TLS|pbx.example||z9hG4bK1|"},
        {"SIP / 2.0 / TCP h : 5060 ; branch = x",                   "TCP|h|5060|x|"},
        {"sip/2.0/WSS [2001:db8::1]:443;rport=99;branch=x",         "WSS|2001:db8::1|443|x|rport99"},
        {"SIP/2.0/SCTP h",                                          "|h|||"},
        {"SIP/2.0/UDP h;branch=z9hG4bK",                            "UDP|h|||"},
        {"SIP/2.0/UDP h;hidden;x=\"a;b\";branch=z9hG4bK-2",         "UDP|h||z9hG4bK-2|"},
        {"SIP/3.0/UDP h",                                           "refused at 7"},
        {"HTTP/2.0/UDP h",                                          "refused at 4"},
        {"SIP/2.0/UDP",                                             "refused at 11"},
        {"SIP/2.0/ h",                                              "refused at 10"},
        {"SIP/2.0/UDP h:99999",                                     "refused at 19"},
        {"SIP/2.0/UDP h;",                                          "refused at 14"},
        {"SIP/2.0/UDP h x",                                         "refused at 14"},
    };
    // clang-format on
    for (const Row& row : rows) {
        INFO(row.text);
        CHECK(via(row.text) == row.meaning);
    }
}

TEST_CASE("CSeq, Event, Subscription-State, media types, seconds") {
    CHECK(sip::parse_cseq("1 NOTIFY")->method == sip::Method::notify);
    CHECK(sip::parse_cseq(" 0041\r\n  X-Y ")->method_text == "X-Y");
    CHECK(sip::parse_cseq("2147483647 BYE")->number == 2147483647);
    for (std::string_view bad :
         {"", "1", "1NOTIFY", "-1 NOTIFY", "2147483648 BYE", "99999999999 BYE", "1 BYE x", "x BYE"}) {
        CAPTURE(bad);
        CHECK_FALSE(sip::parse_cseq(bad));
    }
    CHECK_FALSE(sip::parse_cseq("1 " + std::string(65, 'M')));
    CHECK(worded(sip::parse_event("dialog;id=7")) == "dialog|7");
    CHECK(worded(sip::parse_event("presence.winfo ; id = x")) == "presence.winfo|x");
    CHECK(worded(sip::parse_event(";id=7")) == "refused at 0");
    CHECK(worded(sip::parse_event("dialog, presence")) == "refused at 6");
    CHECK(sip::parse_subscription_state("active;expires=600")->parameters.value("expires") == "600");
    CHECK(worded(sip::parse_media_type("application/sdp;id=1")) == "application/sdp|1");
    CHECK(worded(sip::parse_media_type("*/*")) == "*/*|");
    CHECK(worded(sip::parse_media_type("multipart/related;type=\"application/rlmi+xml\";id=b")) ==
          "multipart/related|b");
    CHECK(worded(sip::parse_media_type("text")) == "refused at 4");
    CHECK(worded(sip::parse_media_type("text/")) == "refused at 5");
    CHECK(sip::parse_seconds("3600") == 3600);
    CHECK(sip::parse_seconds(" 99999999999999999999 ") == 0xffffffffU);
    CHECK_FALSE(sip::parse_seconds("-1"));
    CHECK_FALSE(sip::parse_seconds(""));
    CHECK_FALSE(sip::parse_seconds("1.5"));
    CHECK(sip::parse_retry_after("18000;duration=3600") == 18000);
    CHECK(sip::parse_retry_after(" 120 (I'm in a meeting)") == 120);
    CHECK(sip::parse_retry_after("5") == 5);
    CHECK_FALSE(sip::parse_retry_after("5x"));
    CHECK_FALSE(sip::parse_retry_after("(soon)"));
}

TEST_CASE("comma lists") {
    CHECK(elements("a, b ,c") == "[a][b][c]");
    CHECK(elements("\"a,b\" <sip:c,d@h>, <sip:e@h>;x=\"\\\",\"") == "[\"a,b\" <sip:c,d@h>][<sip:e@h>;x=\"\\\",\"]");
    CHECK(elements("<sip:\"@h>,x") == "[<sip:\"@h>][x]");
    CHECK(elements("") == "[]");
    CHECK(elements("a,,b,") == "[a][][b][]");
}

TEST_CASE("quoted strings") {
    for (std::string_view text : {"plain"sv, "a \"b\" \\ c"sv, ""sv, "\xc3\xa9"sv}) {
        std::string out;
        sip::append_quoted(out, text);
        CHECK(sip::unquoted(out) == text);
    }
    std::string out;
    sip::append_quoted(out, "a\r\nTo: b");
    CHECK(out == "\"aTo: b\"");
    CHECK(sip::unquoted("\"a\r\n  b\"") == "a b");
}
