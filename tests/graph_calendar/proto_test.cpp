// Outlook's JSON as values: what counts, what is passed over, what is refused.
#include "google/here.hpp"

#include "proto/graph/calendar.hpp"

using namespace testing;
using namespace lamp::graph;

namespace {

const std::string times =
    R"("start":{"dateTime":"2026-01-05T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-01-05T12:00:00","timeZone":"UTC"})";

CalendarPage page_of(const std::string& items) {
    auto read = read_appointments(R"({"value":[)" + items + "]}");
    REQUIRE_MESSAGE(read, read.error().text);
    return *std::move(read);
}
Appointment one(const std::string& members) {
    auto page = page_of(R"({"id":"a",)" + times + "," + members + "}");
    REQUIRE(page.appointments.size() == 1);
    return page.appointments.front();
}
std::string local(const Stamp& stamp) {
    return stamp.told ? rfc3339(Wall(stamp.local.time_since_epoch())).substr(0, 19) + " " + stamp.zone : "none";
}

} // namespace

TEST_CASE("an appointment, whole") {
    auto found = one(R"("type":"occurrence","seriesMasterId":"m","subject":"2001","isAllDay":true,"isCancelled":true,
        "showAs":"free","sensitivity":"private","responseStatus":{"response":"declined","time":"0001-01-01T00:00:00Z"},
        "location":{"displayName":"Room 3"},"bodyPreview":"fwd","body":{"contentType":"text","content":"fwd: 2002"},
        "organizer":{"emailAddress":{"name":"Anna","address":"anna@example.net"}},"attendees":[{"type":"required"}])");
    CHECK(found.kind == Appointment::Kind::occurrence);
    CHECK(found.series == "m");
    CHECK(found.words == Words{.told = true,
                               .subject = "2001",
                               .body = "fwd: 2002",
                               .location = "Room 3",
                               .all_day = true,
                               .free = true,
                               .restricted = true,
                               .cancelled = true,
                               .declined = true});
    CHECK(local(found.start) == "2026-01-05T09:00:00 UTC");
    CHECK(local(found.end) == "2026-01-05T12:00:00 UTC");
    CHECK(!found.removed);
}

TEST_CASE("words of Outlook, one by one") {
    struct Row {
        const char* members;
        Words words;
    };
    const Row rows[] = {
        {R"("type":"singleInstance")", {}},
        {R"("subject":null)", {.told = true}},
        {R"("subject":"")", {.told = true}},
        {R"("subject":7)", {}},
        {R"("bodyPreview":"seen")", {.body = "seen"}},
        {R"("bodyPreview":"seen","body":{"content":""})", {.body = "seen"}},
        {R"("showAs":"Free")", {.free = true}},
        {R"("showAs":"workingElsewhere")", {}},
        {R"("sensitivity":"personal")", {}},
        {R"("sensitivity":"confidential")", {.restricted = true}},
        {R"("responseStatus":{"response":"tentativelyAccepted"})", {}},
        {R"("attendees":[{"status":{"response":"declined"}}])", {}},
        {R"("attendees":[{"id":"x","subject":"y"}])", {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.members);
        CHECK(one(row.members).words == row.words);
    }
}

TEST_CASE("times with any number of decimals, and those that are none") {
    struct Row {
        const char* written;
        const char* read;
    };
    const Row rows[] = {
        {"2026-01-05T09:00:00.0000000", "2026-01-05T09:00:00 UTC"},
        {"2026-01-05T09:00:00", "2026-01-05T09:00:00 UTC"},
        {"2026-01-05T09:00:00.9999999", "2026-01-05T09:00:00 UTC"},
        {"2026-01-05T09:00:00.000000000000", "2026-01-05T09:00:00 UTC"},
        {"2026-01-05T09:00:00Z", "2026-01-05T09:00:00 UTC"},
        {"2026-01-05T09:00:00.0000000Z", "2026-01-05T09:00:00 UTC"},
        {"2026-01-05T09:00:00.12x", nullptr},
        {"2026-01-05T09:00:00+01:00", nullptr},
        {"2026-02-30T09:00:00", nullptr},
        {"2026-01-05", nullptr},
        {"", nullptr},
    };
    for (const Row& row : rows) {
        CAPTURE(row.written);
        auto page = page_of(R"({"id":"a","start":{"dateTime":")" + std::string(row.written) +
                            R"(","timeZone":"UTC"},"end":{"dateTime":"2026-01-06T00:00:00","timeZone":"UTC"}})");
        CHECK(page.unreadable == (row.read ? 0 : 1));
        REQUIRE(page.appointments.size() == (row.read ? 1 : 0));
        if (row.read) CHECK(local(page.appointments.front().start) == row.read);
    }
}

TEST_CASE("what is removed needs no times, nor do masters; what has no id is passed over") {
    auto page = page_of(R"({"id":"gone","@removed":{"reason":"deleted"}},{"id":"m","type":"seriesMaster"},
        {"id":"timeless"},{"subject":"nobody's"},7,{"id":"a",)" +
                        times + "}");
    REQUIRE(page.appointments.size() == 3);
    CHECK(page.appointments[0].removed);
    CHECK(page.appointments[1].kind == Appointment::Kind::master);
    CHECK(page.appointments[2].id == "a");
    CHECK(page.unreadable == 2);
}

TEST_CASE("a page's links; one event alone; what is none of both") {
    auto page = read_appointments(R"({"@odata.nextLink":"https://g/n","value":[]})");
    REQUIRE(page);
    CHECK(page->next_link == "https://g/n");
    CHECK(page->delta_link.empty());
    auto last = read_appointments(R"({"value":[],"@odata.deltaLink":"https://g/d"})");
    REQUIRE(last);
    CHECK(last->delta_link == "https://g/d");
    auto master = read_appointments(R"({"id":"m","type":"seriesMaster","subject":"2001"})");
    REQUIRE(master);
    REQUIRE(master->appointments.size() == 1);
    CHECK(master->appointments.front().words.subject == "2001");
    for (const char* body :
         {"", "[]", "{}", R"({"id":"a"})", R"({"value":7})", R"({"error":{"code":"x"}})", "<html>", R"({"value":[)"}) {
        CAPTURE(body);
        auto refused = read_appointments(body);
        REQUIRE(!refused);
        CHECK(refused.error().category == Category::protocol);
    }
    std::string many;
    for (std::size_t i = 0; i <= appointments_max; ++i)
        many += std::string(i ? "," : "") + R"({"id":"a","type":"seriesMaster"})";
    auto refused = read_appointments(R"({"value":[)" + many + "]}");
    REQUIRE(!refused);
    CHECK(refused.error().category == Category::limit);
}

TEST_CASE("what is asked for") {
    CHECK(calendar_delta_target("anna b@example.net", at("2026-01-05T00:00:00Z"), at("2026-01-06T00:00:00Z")) ==
          "/v1.0/users/anna%20b@example.net/calendarView/delta?startDateTime=2026-01-05T00:00:00.000Z"
          "&endDateTime=2026-01-06T00:00:00.000Z");
    CHECK(event_target("a/b", "AAMk+/=") == "/v1.0/users/a%2Fb/events/AAMk%2B%2F%3D");
}
