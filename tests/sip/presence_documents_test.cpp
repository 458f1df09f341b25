// PIDF for each of the thirteen rules; resource lists and their multipart bodies.
#include "here.hpp"
#include "proto/pidf/document.hpp"
#include "proto/rlmi/list.hpp"

using namespace testing;

TEST_CASE("every rule of interface 6 has its look") {
    struct Row {
        int rule;
        const char* status;
        const char* basic;
        const char* activities;
        const char* note;
    };
    // clang-format off
    const Row rows[] = {
        {1,  "ringing",        "open",   "busy",         "Ringing"},
        {2,  "held",           "open",   "on-the-phone", "On the phone, on hold"},
        {3,  "do_not_disturb", "open",   "busy",         "Do not disturb"},
        {4,  "do_not_disturb", "open",   "busy",         "Do not disturb"},
        {5,  "do_not_disturb", "open",   "busy",         "Do not disturb"},
        {6,  "do_not_disturb", "open",   "busy",         "Do not disturb"},
        {7,  "on_call",        "open",   "on-the-phone", "On the phone"},
        {8,  "in_meeting",     "open",   "busy meeting", "In a meeting"},
        {9,  "busy",           "open",   "busy",         "Busy"},
        {10, "away",           "open",   "away",         "Away"},
        {11, "available",      "open",   "",             "Available"},
        {12, "offline",        "closed", "",             "Offline"},
        {13, "unknown",        "closed", "unknown",      "Unknown"},
    };
    // clang-format on
    for (const Row& row : rows) {
        INFO(row.rule);
        CHECK(pidf::look_of(row.status).word == row.status);
        const auto read =
            pidf::read(pidf::write(pidf::of_word(row.status, "sip:ada@pbx.example", "2026-11-22T10:00:00.123Z")));
        REQUIRE(read);
        CHECK(read->entity == "sip:ada@pbx.example");
        REQUIRE(read->tuples.size() == 1);
        CHECK((read->tuples[0].basic == pidf::Basic::open ? "open"sv : "closed"sv) == row.basic);
        CHECK(read->tuples[0].contact == "sip:ada@pbx.example");
        CHECK(read->tuples[0].note == row.note);
        std::string activities;
        for (const auto& activity : read->activities)
            activities += (activities.empty() ? "" : " ") + activity;
        CHECK(activities == row.activities);
        CHECK(read->note == row.note);
        CHECK(read->timestamp == "2026-11-22T10:00:00.123Z");
    }
    CHECK(pidf::look_of("no such word").word == "unknown");
    CHECK(pidf::looks().size() == 10);
}

TEST_CASE("a presence document, byte by byte") {
    CHECK(pidf::write(pidf::of_word("on_call", "sip:a&b@h")) ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" "
          "xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"sip:a&amp;b@h\"><tuple "
          "id=\"line\"><status><basic>open"
          "</basic></status><contact priority=\"0.8\">sip:a&amp;b@h</contact><note>On the phone</note></tuple>"
          "<dm:person id=\"person\"><rpid:activities><rpid:on-the-phone/></rpid:activities><dm:note>On the "
          "phone</dm:note>"
          "</dm:person></presence>");
    const auto empty = pidf::write({"sip:a@h", {}, {}, "", ""});
    CHECK(empty.contains("<basic>closed</basic>"));
    CHECK_FALSE(empty.contains("dm:person"));
    // An activity that is no name never becomes an element.
    CHECK_FALSE(pidf::write({"sip:a@h", {}, {"x/><evil"}, "", ""}).contains("evil"));
}

TEST_CASE("presence documents of strangers") {
    const auto read =
        pidf::read(R"(<p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" entity="pres:a@h"><p:tuple id="t1"><p:status>
        <p:basic> open </p:basic></p:status><r:activities xmlns:r="r"><r:note>x</r:note><r:away/><r:away/></r:activities></p:tuple>
        <p:tuple id="t2"><p:status/></p:tuple></p:presence>)");
    REQUIRE(read);
    CHECK(read->tuples.size() == 2);
    CHECK(read->tuples[0].basic == pidf::Basic::open);
    CHECK(read->tuples[1].basic == pidf::Basic::closed);
    CHECK(read->activities == std::vector<std::string>{"away"});
    for (std::string_view bad :
         {"", "<dialog-info/>", "<presence/>", "<presence entity=\"sip:a@h\"><tuple/></presence>"}) {
        INFO(bad);
        CHECK_FALSE(pidf::read(bad));
    }
}

TEST_CASE("a resource list, byte by byte and back") {
    const rlmi::List list{
        "sip:blf-2150@pbx.example",
        0,
        true,
        {{"sip:2101@pbx.example", "Ada & Co", {{"i2101", rlmi::State::active, "", "d2101.0@pbx.example"}}},
         {"sip:2102@pbx.example", "", {{"i2102", rlmi::State::terminated, "rejected", ""}}},
         {"sip:2103@pbx.example", "Cy", {}}}};
    const auto text = rlmi::write(list);
    CHECK(text ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:blf-2150@pbx.example\" version=\"0\" "
          "fullState=\"true\"><resource uri=\"sip:2101@pbx.example\"><name>Ada &amp; Co</name><instance id=\"i2101\" "
          "state=\"active\" cid=\"d2101.0@pbx.example\"/></resource><resource uri=\"sip:2102@pbx.example\"><instance "
          "id=\"i2102\" state=\"terminated\" reason=\"rejected\"/></resource><resource "
          "uri=\"sip:2103@pbx.example\"><name>Cy</name></resource></list>");
    const auto read = rlmi::read(text);
    REQUIRE(read);
    CHECK(*read == list);
    for (
        std::string_view bad :
        {"<x/>", "<list/>", R"(<list uri="a" version="0"/>)", R"(<list uri="a" version="0" fullState="maybe"/>)",
         R"(<list uri="a" version="0" fullState="1"><resource/></list>)",
         R"(<list uri="a" version="0" fullState="1"><resource uri="b"><instance id="c"/></resource></list>)",
         R"(<list uri="a" version="0" fullState="1"><resource uri="b"><instance id="c" state="x"/></resource></list>)"}) {
        INFO(bad);
        CHECK_FALSE(rlmi::read(bad));
    }
}

TEST_CASE("multipart bodies: parts with any bytes, a boundary that is in none of them") {
    const std::string nasty = "a\r\n--b7\r\n\r\n--b7x--\0"s + "\r\n";
    const rlmi::Part parts[] = {{R"(application/rlmi+xml;charset="UTF-8")", "r1@pbx.example", "<list/>"},
                                {"application/dialog-info+xml", "d1@pbx.example", nasty},
                                {"application/dialog-info+xml", "d2@pbx.example", ""}};
    const auto written = rlmi::write_multipart(parts, "b7");
    REQUIRE(written);
    CHECK(written->content_type ==
          R"(multipart/related;type="application/rlmi+xml";start="<r1@pbx.example>";boundary="b7xx")");
    CHECK(written->body.starts_with(
        "--b7xx\r\nContent-Type: application/rlmi+xml;charset=\"UTF-8\"\r\nContent-ID: "
        "<r1@pbx.example>\r\nContent-Transfer-Encoding: binary\r\n\r\n<list/>\r\n--b7xx\r\n"));
    const auto read = rlmi::read_multipart(written->content_type, written->body);
    REQUIRE(read);
    REQUIRE(read->size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK((*read)[i].content_type == parts[i].content_type);
        CHECK((*read)[i].content_id == parts[i].content_id);
        CHECK((*read)[i].body == parts[i].body);
    }
}

TEST_CASE("multipart bodies of strangers, and what is refused") {
    const auto read =
        rlmi::read_multipart("multipart/mixed; x=\"boundary=no\"; Boundary=b",
                             "preamble\r\n--b  \r\nX: y\r\n\r\none\r\n--b\r\ncontent-id: c\r\n\r\n\r\n--b--\r\nend");
    REQUIRE(read);
    REQUIRE(read->size() == 2);
    CHECK((*read)[0].body == "one");
    CHECK((*read)[1].content_id == "c");
    CHECK((*read)[1].body.empty());
    CHECK_FALSE(rlmi::read_multipart("multipart/mixed", "--b--"));
    CHECK_FALSE(rlmi::read_multipart("multipart/mixed;boundary=b", ""));
    CHECK_FALSE(rlmi::read_multipart("multipart/mixed;boundary=b", "--b\r\n\r\nx\r\n--c--"));
    CHECK_FALSE(rlmi::read_multipart("multipart/mixed;boundary=b", "--b"));
    CHECK_FALSE(rlmi::read_multipart("multipart/mixed;boundary=\"\"", "----"));
    const auto refused = [](rlmi::Part part, std::string_view boundary) {
        return !rlmi::write_multipart({&part, 1}, boundary);
    };
    CHECK(refused({"a/b\r\nX: y", "c", ""}, "b"));
    CHECK(refused({"a/b", "c>\r\n", ""}, "b"));
    CHECK(refused({"a/b", "c", ""}, "b\""));
    CHECK(refused({"a/b", "c", ""}, ""));
    CHECK(refused({"a\"/b", "c", ""}, "b"));
    CHECK_FALSE(refused({"a/b", "c", ""}, "b"));
}
