// CalDAV: what servers answer, what is asked, when two hrefs mean the same. Texts as RFC 4791, RFC 6578 and Radicale
// 3.1.8 have them, and as others bend them.
#include <doctest/doctest.h>

#include "proto/caldav/href.hpp"
#include "proto/caldav/multistatus.hpp"
#include "proto/caldav/requests.hpp"
#include "proto/xml/tree.hpp"

using namespace lamp;
using namespace lamp::caldav;

namespace {

Multistatus parsed(std::string_view document) {
    auto made = parse_multistatus(document);
    REQUIRE_MESSAGE(made, made.error().text);
    return *std::move(made);
}

const Properties& only(const Multistatus& multistatus) {
    REQUIRE(multistatus.resources.size() == 1);
    return multistatus.resources.front().properties;
}

/// A multistatus with one response that holds this.
Multistatus one(const std::string& inside) {
    return parsed(R"(<d:multistatus xmlns:d="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" )"
                  R"(xmlns:CS="http://calendarserver.org/ns/" xmlns:x="urn:other"><d:response><d:href>/a/</d:href>)" +
                  inside + "</d:response></d:multistatus>");
}

std::string found(const std::string& props) {
    return "<d:propstat><d:prop>" + props + "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>";
}

constexpr std::string_view radicale_collection = R"(<?xml version='1.0' encoding='utf-8'?>
<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"
 xmlns:CS="http://calendarserver.org/ns/"><response><href>/anna/desk/</href><propstat><prop>
<resourcetype><C:calendar /><collection /></resourcetype><displayname>Desk</displayname>
<CS:getctag>"d41d8"</CS:getctag><sync-token>http://radicale.org/ns/sync/e3b0</sync-token>
<supported-report-set><supported-report><report><expand-property /></report></supported-report>
<supported-report><report><C:calendar-multiget /></report></supported-report>
<supported-report><report><C:calendar-query /></report></supported-report>
<supported-report><report><sync-collection /></report></supported-report></supported-report-set>
<C:supported-calendar-component-set><C:comp name="VEVENT" /><C:comp name="VTODO" />
</C:supported-calendar-component-set></prop><status>HTTP/1.1 200 OK</status></propstat>
<propstat><prop><C:calendar-home-set /></prop><status>HTTP/1.1 404 Not Found</status></propstat></response></multistatus>)";

} // namespace

TEST_CASE("a collection as Radicale shows it") {
    const auto multistatus = parsed(radicale_collection);
    const auto& properties = only(multistatus);
    CHECK(multistatus.resources.front().href == "/anna/desk/");
    CHECK(multistatus.resources.front().status == 0);
    CHECK(properties.collection);
    CHECK(properties.calendar);
    CHECK(properties.display_name == "Desk");
    CHECK(properties.ctag == "\"d41d8\"");
    CHECK(properties.sync_token == "http://radicale.org/ns/sync/e3b0");
    CHECK(properties.reports_told);
    CHECK(properties.sync_collection);
    CHECK(properties.calendar_query);
    CHECK(properties.calendar_multiget);
    CHECK(properties.components == std::vector<std::string>{"VEVENT", "VTODO"});
    CHECK(properties.homes.empty());
    CHECK(properties.holds_events());
    CHECK(multistatus.sync_token.empty());
}

TEST_CASE("properties count where they are found and where they belong") {
    CHECK(only(one("<d:propstat><d:prop><d:getetag>\"1\"</d:getetag></d:prop>"
                   "<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"))
              .etag.empty());
    // The status may stand before the properties, or be left out, and several propstats add up.
    const auto added = one("<d:propstat><d:status>HTTP/1.1 200 OK</d:status><d:prop><d:getetag>W/\"a b\"</d:getetag>"
                           "</d:prop></d:propstat><d:propstat><d:prop><CS:getctag>7</CS:getctag></d:prop>"
                           "</d:propstat>");
    CHECK(only(added).etag == "W/\"a b\"");
    CHECK(only(added).ctag == "7");
    // The same names in another namespace, or inside something unknown, are something else.
    CHECK(only(one(found("<x:getetag>\"1\"</x:getetag>"))).etag.empty());
    CHECK(only(one(found("<x:more><d:getetag>\"1\"</d:getetag></x:more>"))).etag.empty());
    CHECK_FALSE(only(one(found("<d:resourcetype><d:calendar/></d:resourcetype>"))).calendar);
    CHECK_FALSE(only(one(found("<C:calendar/>"))).calendar);
    CHECK(only(one(found("<d:getetag>\"&amp;<![CDATA[<x>]]>\"</d:getetag>"))).etag == "\"&<x>\"");
}

TEST_CASE("where to look on") {
    const auto multistatus =
        one(found("<d:current-user-principal><d:href>/p/anna/</d:href></d:current-user-principal>"
                  "<C:calendar-home-set><d:href>/c/anna/</d:href><d:href> /c/shared/ </d:href></C:calendar-home-set>"));
    CHECK(only(multistatus).principal == "/p/anna/");
    CHECK(only(multistatus).homes == std::vector<std::string>{"/c/anna/", "/c/shared/"});
    CHECK(multistatus.resources.front().href == "/a/");
    CHECK(only(one(found("<d:current-user-principal><d:unauthenticated/></d:current-user-principal>"))).principal ==
          "");
}

TEST_CASE("changes, one gone, more to come") {
    const auto multistatus = parsed(R"(<multistatus xmlns="DAV:"><sync-token>urn:t:2</sync-token>
<response><href>/c/a%20b.ics</href><propstat><prop><getetag>"2"</getetag></prop><status>HTTP/1.1 200 OK</status>
</propstat></response><response><href>/c/gone.ics</href><href>/c/too.ics</href><status>HTTP/1.1 404 Not Found</status>
</response><response><href>/c/</href><status>HTTP/1.1 507 Insufficient Storage</status>
<error><number-of-matches-within-limits/></error></response></multistatus>)");
    CHECK(multistatus.sync_token == "urn:t:2");
    REQUIRE(multistatus.resources.size() == 4);
    CHECK(multistatus.resources[0].href == "/c/a%20b.ics");
    CHECK(multistatus.resources[0].properties.etag == "\"2\"");
    CHECK(multistatus.resources[1] == Resource{.href = "/c/gone.ics", .status = 404});
    CHECK(multistatus.resources[2] == Resource{.href = "/c/too.ics", .status = 404});
    CHECK(multistatus.resources[3].status == 507);
    CHECK(multistatus.resources[3].properties.sync_token.empty());
}

TEST_CASE("calendar-data is kept as it is") {
    CHECK(only(one(found("<C:calendar-data>BEGIN:VCALENDAR&#13;\n X:&lt;a&gt;\n</C:calendar-data>"))).calendar_data ==
          "BEGIN:VCALENDAR\r\n X:<a>\n");
    CHECK(only(one(found("<C:calendar-data><![CDATA[A&B]]></C:calendar-data>"))).calendar_data == "A&B");
    CHECK(only(one(found("<C:calendar-data/>"))).calendar_data == "");
    CHECK_FALSE(only(one(found("<d:getetag>1</d:getetag>"))).calendar_data.has_value());
}

TEST_CASE("calendars for tasks are none for us") {
    auto holds = [](const std::string& components) {
        return only(one(found("<d:resourcetype><d:collection/><C:calendar/></d:resourcetype>" + components)))
            .holds_events();
    };
    CHECK(holds(""));
    CHECK(holds("<C:supported-calendar-component-set><C:comp name='vevent'/></C:supported-calendar-component-set>"));
    CHECK_FALSE(
        holds("<C:supported-calendar-component-set><C:comp name='VTODO'/></C:supported-calendar-component-set>"));
}

TEST_CASE("what is no multistatus") {
    struct Line {
        std::string_view document;
        Category category;
    };
    for (const Line& line : {Line{"", Category::protocol},
                             {"<html><body>Log in</body></html>", Category::protocol},
                             {R"(<multistatus xmlns="urn:x"/>)", Category::protocol},
                             {R"(<response xmlns="DAV:"><href>/a</href></response>)", Category::protocol},
                             {R"(<multistatus xmlns="DAV:"><response><href>/a</href>)", Category::protocol},
                             {R"(<!DOCTYPE x><multistatus xmlns="DAV:"/>)", Category::protocol}}) {
        const auto made = parse_multistatus(line.document);
        CAPTURE(line.document);
        REQUIRE_FALSE(made);
        CHECK(made.error().category == line.category);
        CHECK_FALSE(made.error().text.empty());
    }
    CHECK(parsed(R"(<multistatus xmlns="DAV:"/>)").resources.empty());
    CHECK(parsed(R"(<multistatus xmlns="DAV:"><response><status>HTTP/1.1 404 x</status></response></multistatus>)")
              .resources.empty());
}

TEST_CASE("too many responses are refused") {
    std::string document = R"(<multistatus xmlns="DAV:">)";
    for (std::size_t i = 0; i <= resources_max; ++i)
        document += "<response><href>/</href></response>";
    const auto made = parse_multistatus(document + "</multistatus>");
    REQUIRE_FALSE(made);
    CHECK(made.error().category == Category::limit);
}

TEST_CASE("hrefs mean the same or not") {
    CHECK(path_of("/a%20b/c.ics") == "/a b/c.ics");
    CHECK(path_of("https://cal.example.net:8443/a%20b/c.ics?x#y") == "/a b/c.ics");
    CHECK(path_of("HTTP://cal.example.net") == "/");
    CHECK(path_of(" /a%C3%A9 ") == "/a\xC3\xA9");
    CHECK(path_of("/%41%62") == path_of("/Ab"));
    CHECK_FALSE(path_of("a/b"));
    CHECK_FALSE(path_of(""));
    CHECK_FALSE(path_of("/a%2"));
    CHECK_FALSE(path_of("mailto:anna@example.net"));
    CHECK(same_collection("/anna/desk", "https://x.example.net/anna/desk/"));
    CHECK(same_collection("/", "https://x.example.net"));
    CHECK_FALSE(same_collection("/anna/desk", "/anna/desk2"));
    CHECK_FALSE(same_collection("a", "a"));
}

TEST_CASE("what is asked") {
    const auto query = write_query(*parse_rfc3339("2026-03-01T09:05:07.999Z"), *parse_rfc3339("2027-04-01T00:00:00Z"));
    CHECK(query.find(R"(<C:time-range start="20260301T090507Z" end="20270401T000000Z"/>)") != std::string::npos);
    const auto sync = xml::parse_tree(write_sync("urn:a&b"));
    REQUIRE(sync);
    CHECK(sync->text_of("sync-token") == "urn:a&b");
    CHECK(sync->text_of("sync-level") == "1");
    const std::vector<std::string> hrefs{"/c/a%20b.ics", "/c/<x>&.ics"};
    const auto multiget = xml::parse_tree(write_multiget(hrefs));
    REQUIRE(multiget);
    REQUIRE(multiget->children.size() == 3);
    CHECK(multiget->children[1].text == hrefs[0]);
    CHECK(multiget->children[2].text == hrefs[1]);
    for (const auto& body : {write_discovery(), write_ctag(), write_listing()})
        CHECK(xml::parse_tree(body));
}
