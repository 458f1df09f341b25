// URIs: what is read, what is refused, which are the same (RFC 3261 19.1.4, RFC 3966 5).
#include "here.hpp"
#include "proto/sip/uri.hpp"

using namespace testing;
using sip::parse_uri;

namespace {

std::string meaning(std::string_view text) {
    const auto uri = parse_uri(text);
    if (!uri) return "refused at " + std::to_string(uri.error().at);
    std::string out = uri->user_text() + "|" + std::string(uri->host) + "|";
    if (uri->port) out += std::to_string(*uri->port);
    return out + "|" + std::string(uri->parameters) + "|" + std::string(uri->headers);
}

} // namespace

TEST_CASE("URIs, whole") {
    struct Row {
        const char* text;
        const char* meaning; // user | host | port | parameters | headers
    };
    // clang-format off
    const Row rows[] = {
        {"sip:2101@pbx.example",                       "2101|pbx.example|||"},
        {"SIP:2101@pbx.example",                       "2101|pbx.example|||"},
        {"sips:alice@pbx.example:5061",                "alice|pbx.example|5061||"},
        {"sip:pbx.example",                            "|pbx.example|||"},
        {"sip:alice:secret@pbx.example",               "alice|pbx.example|||"},
        {"sip:%61lice@pbx.example",                    "alice|pbx.example|||"},
        {"sip:a%40b@pbx.example",                      "a@b|pbx.example|||"},
        {"sip:*97#@pbx.example",                       "*97#|pbx.example|||"},
        {"sip:+15550100;ext=2@pbx.example;user=phone", "+15550100;ext=2|pbx.example||;user=phone|"},
        {"sip:a@h;transport=tls;lr;x=%41",             "a|h||;transport=tls;lr;x=%41|"},
        {"sip:a@h;lr=on?Subject=hi&x=",                "a|h||;lr=on|Subject=hi&x="},
        {"sip:a@[::1]:5060",                           "a|::1|5060||"},
        {"sip:a@my_host",                              "a|my_host|||"},
        {"tel:+1-555-0100",                            "+1-555-0100||||"},
        {"tel:2101;phone-context=pbx.example",         "2101|||;phone-context=pbx.example|"},
        {"urn:service:sos",                            "||||"},
        {"",                                           "refused at 0"},
        {"sip",                                        "refused at 0"},
        {":a@h",                                       "refused at 0"},
        {"sip:",                                       "refused at 4"},
        {"sip:@h",                                     "refused at 4"},
        {"sip:a@",                                     "refused at 6"},
        {"sip:a@b@h",                                  "refused at 7"},
        {"sip:a b@h",                                  "refused at 4"},
        {"sip:a%4@h",                                  "refused at 4"},
        {"sip:a%zz@h",                                 "refused at 4"},
        {"sip:a<b@h",                                  "refused at 4"},
        {"sip:a@h:",                                   "refused at 8"},
        {"sip:a@h:0",                                  "refused at 9"},
        {"sip:a@h:65536",                              "refused at 13"},
        {"sip:a@h;",                                   "refused at 7"},
        {"sip:a@h;;x",                                 "refused at 7"},
        {"sip:a@h;=x",                                 "refused at 7"},
        {"sip:a@h?",                                   "refused at 8"},
        {"sip:a@h?x",                                  "refused at 8"},
        {"sip:a@[::1",                                 "refused at 7"},
        {"sip:a@h\"",                                  "refused at 7"},
        {"tel:",                                       "refused at 4"},
        {"tel:alice",                                  "refused at 4"},
    };
    // clang-format on
    for (const Row& row : rows) {
        INFO(row.text);
        CHECK(meaning(row.text) == row.meaning);
    }
    CHECK(meaning("sip:" + std::string(3000, 'a') + "@h") == "refused at 0");
}

TEST_CASE("URIs, compared") {
    struct Row {
        const char* left;
        const char* right;
        bool same;
    };
    // clang-format off
    const Row rows[] = {
        {"sip:%61lice@atlanta.example;transport=TCP", "sip:alice@AtLanTa.ExAmPle;Transport=tcp", true},
        {"sip:carol@chicago.example", "sip:carol@chicago.example;newparam=5", true},
        {"sip:carol@chicago.example;newparam=5", "sip:carol@chicago.example;security=on", true},
        {"sip:carol@chicago.example;security=on", "sip:carol@chicago.example;security=off", false},
        {"sip:biloxi.example;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.example", "sip:biloxi.example;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.example", true},
        {"sip:alice@atlanta.example?subject=x&priority=urgent", "sip:alice@atlanta.example?priority=urgent&subject=x", true},
        {"SIP:ALICE@atlanta.example", "sip:alice@atlanta.example", false},
        {"sip:bob@biloxi.example", "sip:bob@biloxi.example:5060", false},
        {"sip:bob@biloxi.example", "sip:bob@biloxi.example;transport=udp", false},
        {"sip:bob@biloxi.example", "sip:bob@biloxi.example;user=phone", false},
        {"sip:bob@biloxi.example", "sips:bob@biloxi.example", false},
        {"sip:carol@chicago.example", "sip:carol@chicago.example?Subject=next", false},
        {"sip:bob@biloxi.example", "sip:biloxi.example", false},
        {"tel:+1-555-0100", "tel:+15550100", true},
        {"tel:+15550100", "tel:+15550101", false},
        {"urn:a:b", "urn:a:b", true},
        {"urn:a:b", "urn:a:c", false},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.left);
        CAPTURE(row.right);
        CHECK(same_uri(*parse_uri(row.left), *parse_uri(row.right)) == row.same);
        CHECK(same_uri(*parse_uri(row.right), *parse_uri(row.left)) == row.same);
    }
}

TEST_CASE("a user part of any bytes is escaped so that it is read as itself") {
    for (std::string_view user : {"alice"sv, "*97#"sv, "a@b"sv, "a b<>\"\r\n"sv, "%41"sv, "\0x"sv, "\xc3\xa9"sv}) {
        std::string text = "sip:";
        sip::append_user(text, user);
        text += '@';
        sip::append_host(text, "::1");
        const auto uri = parse_uri(text);
        REQUIRE(uri);
        CHECK(uri->user_text() == user);
        CHECK(uri->host == "::1");
    }
}
