// What is asked of Outlook, page by page, and what is known after it: days, series, things outside the window.
#include "google/here.hpp"

#include "adapters/calendars/graph_mirror.hpp"

using namespace testing;
using calendars::GraphMirror;
using calendars::Occurrence;
using calendars::Window;
using graph::Appointment;
using graph::CalendarPage;
using graph::Stamp;
using graph::Words;

namespace {

const Window week{at("2026-01-05T00:00:00Z"), at("2026-01-12T00:00:00Z")};
const Wall monday = at("2026-01-05T08:00:00Z");

GraphMirror mirror_of(const char* mailbox = "anna@example.net") {
    return {mailbox, *Zones().find("Europe/Amsterdam")};
}

Stamp stamp(std::string_view text, std::string zone = "UTC") {
    auto since = at(std::string(text) + "Z").time_since_epoch();
    return {.told = true, .local = std::chrono::local_time<seconds>(std::chrono::floor<seconds>(since)), .zone = zone};
}

Appointment appointment(std::string id, std::string_view from, std::string_view until, std::string subject = "2001") {
    Appointment made;
    made.id = std::move(id);
    made.words.told = true;
    made.words.subject = std::move(subject);
    made.start = stamp(from);
    made.end = stamp(until);
    return made;
}
Appointment bare(std::string id, std::string master, std::string_view from, std::string_view until) {
    auto made = appointment(std::move(id), from, until, "");
    made.words = {};
    made.kind = Appointment::Kind::occurrence;
    made.series = std::move(master);
    return made;
}
Appointment master(std::string id, std::string subject) {
    Appointment made;
    made.id = std::move(id);
    made.kind = Appointment::Kind::master;
    made.words.told = true;
    made.words.subject = std::move(subject);
    return made;
}
Appointment removed(std::string id) {
    Appointment made;
    made.id = std::move(id);
    made.removed = true;
    return made;
}
CalendarPage page_of(std::vector<Appointment> all, std::string next, std::string delta) {
    CalendarPage page;
    page.appointments = std::move(all);
    page.next_link = std::move(next);
    page.delta_link = std::move(delta);
    return page;
}

/// Reads this one page as a whole reading.
void read(GraphMirror& mirror, std::vector<Appointment> all, std::string delta = "https://g/d", Wall now = monday) {
    mirror.begin(week, now);
    REQUIRE(*mirror.take(page_of(std::move(all), "", std::move(delta))));
    mirror.finish();
}

std::string told(GraphMirror& mirror) {
    auto all = mirror.tell(week);
    if (!all) return "as before";
    std::string text;
    for (const auto& one : *all)
        text +=
            (text.empty() ? "" : " ") + one.key + (one.title.empty() ? "" : "=" + one.title) + (one.hidden ? "?" : "");
    return text;
}

} // namespace

TEST_CASE("the window at first, then the links as they come") {
    auto mirror = mirror_of();
    mirror.begin(week, monday);
    CHECK(mirror.target() == "/v1.0/users/anna@example.net/calendarView/delta?startDateTime=2026-01-03T16:00:00.000Z"
                             "&endDateTime=2026-01-14T06:00:00.000Z");
    CHECK(!*mirror.take(page_of({appointment("a", "2026-01-05T08:00:00", "2026-01-05T09:00:00")}, "https://g/n", "")));
    CHECK(mirror.target() == "https://g/n");
    CHECK(*mirror.take(page_of({}, "", "https://g/d")));
    mirror.finish();
    CHECK(told(mirror) == "a=2001");
    mirror.begin(week, monday + 1min);
    CHECK(mirror.target() == "https://g/d");
    mirror.begin(week, monday + 24h); // once a day the window is another one
    CHECK(has(mirror.target(), "startDateTime="));
    mirror.begin({week.from, week.until + 24h}, monday + 1min);
    CHECK(mirror.target() == "https://g/d");
    mirror.begin({week.from, week.until + 25h}, monday + 1min);
    CHECK(has(mirror.target(), "startDateTime="));
}

TEST_CASE("a token that is lost, and a page's") {
    auto mirror = mirror_of();
    mirror.begin(week, monday);
    CHECK(!mirror.token_lost()); // none was sent
    CHECK(!*mirror.take(page_of({appointment("a", "2026-01-05T08:00:00", "2026-01-05T09:00:00")}, "https://g/n", "")));
    CHECK(mirror.token_lost());
    CHECK(has(mirror.target(), "startDateTime="));
    CHECK(!*mirror.take(page_of({}, "https://g/n", "")));
    CHECK(!mirror.token_lost()); // twice is no accident
    read(mirror, {appointment("b", "2026-01-05T08:00:00", "2026-01-05T09:00:00")});
    mirror.begin(week, monday + 1min);
    CHECK(mirror.token_lost());
    CHECK(*mirror.take(page_of({appointment("c", "2026-01-05T08:00:00", "2026-01-05T09:00:00")}, "", "https://g/d")));
    mirror.finish();
    CHECK(told(mirror) == "c=2001");
}

TEST_CASE("changed, removed, unknown, moved out of the window and in again") {
    auto mirror = mirror_of();
    read(mirror, {appointment("a", "2026-01-05T08:00:00", "2026-01-05T09:00:00"),
                  appointment("b", "2026-01-06T08:00:00", "2026-01-06T09:00:00")});
    CHECK(told(mirror) == "a=2001 b=2001");
    read(mirror, {removed("outside"), appointment("b", "2026-01-06T08:00:00", "2026-01-06T09:00:00")});
    CHECK(told(mirror) == "as before");
    read(mirror, {appointment("a", "2026-01-07T08:00:00", "2026-01-07T09:00:00", "2002")});
    CHECK(told(mirror) == "b=2001 a=2002");
    read(mirror, {removed("a")});
    CHECK(told(mirror) == "b=2001");
    read(mirror, {appointment("b", "2026-03-06T08:00:00", "2026-03-06T09:00:00")});
    CHECK(told(mirror).empty());
    read(mirror, {removed("b"), appointment("b", "2026-01-06T08:00:00", "2026-01-06T09:00:00")});
    CHECK(told(mirror) == "b=2001");
}

TEST_CASE("occurrences without words take the master's, whenever they come") {
    auto mirror = mirror_of();
    read(mirror, {bare("m1", "m", "2026-01-05T08:00:00", "2026-01-05T09:00:00"), master("m", "2001"),
                  bare("m2", "m", "2026-01-06T08:00:00", "2026-01-06T09:00:00")});
    CHECK(mirror.missing().empty());
    CHECK(told(mirror) == "m1=2001 m2=2001");
    read(mirror, {master("m", "2002")}); // the occurrences are not told again
    CHECK(told(mirror) == "m1=2002 m2=2002");
    auto exception = appointment("m2", "2026-01-06T10:00:00", "2026-01-06T11:00:00", "2003");
    exception.kind = Appointment::Kind::exception;
    exception.series = "m";
    read(mirror, {exception});
    CHECK(told(mirror) == "m1=2002 m2=2003");
    read(mirror, {master("m", "2004"), removed("m1")});
    CHECK(told(mirror) == "m2=2003");
}

TEST_CASE("a master that nobody told is asked for, and hidden until then") {
    auto mirror = mirror_of();
    mirror.begin(week, monday);
    auto occurrence = bare("m1", "m", "2026-01-05T08:00:00", "2026-01-05T09:00:00");
    CHECK(*mirror.take(page_of({occurrence}, "", "https://g/d")));
    CHECK(mirror.missing() == std::vector<std::string>{"m"});
    mirror.finish();
    CHECK(told(mirror) == "m1?");
    mirror.begin(week, monday);
    CHECK(*mirror.take(page_of({}, "", "https://g/d")));
    CHECK(mirror.missing() == std::vector<std::string>{"m"});
    mirror.learn("m", {.told = true, .subject = "2001", .free = true});
    mirror.finish();
    CHECK(mirror.missing().empty());
    CHECK(told(mirror) == "m1=2001");
    read(mirror, {removed("m")}); // and what of m1? The whole window tells
    mirror.begin(week, monday);
    CHECK(has(mirror.target(), "startDateTime="));
}

TEST_CASE("whole days are days of the line's zone, however they are written") {
    struct Row {
        const char* start;
        const char* end;
        const char* zone;
        const char* from;
        const char* until;
    };
    const Row rows[] = {
        {"2026-01-06T00:00:00", "2026-01-07T00:00:00", "UTC", "2026-01-05T23:00:00Z", "2026-01-06T23:00:00Z"},
        {"2026-01-05T23:00:00", "2026-01-06T23:00:00", "UTC", "2026-01-05T23:00:00Z", "2026-01-06T23:00:00Z"},
        {"2026-01-06T08:00:00", "2026-01-07T08:00:00", "UTC", "2026-01-05T23:00:00Z", "2026-01-06T23:00:00Z"},
        {"2026-01-05T15:00:00", "2026-01-06T15:00:00", "UTC", "2026-01-05T23:00:00Z", "2026-01-06T23:00:00Z"},
        {"2026-01-06T00:00:00", "2026-01-07T00:00:00", "Pacific Standard Time", "2026-01-05T23:00:00Z",
         "2026-01-06T23:00:00Z"},
        {"2026-03-29T00:00:00", "2026-03-30T00:00:00", "UTC", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.start);
        auto mirror = mirror_of();
        auto day = appointment("a", "2026-01-01T00:00:00", "2026-01-01T00:00:00");
        day.words.all_day = true;
        day.start = stamp(row.start, row.zone);
        day.end = stamp(row.end, row.zone);
        Window wide{at("2026-01-01T00:00:00Z"), at("2026-05-01T00:00:00Z")};
        mirror.begin(wide, monday);
        REQUIRE(*mirror.take(page_of({day}, "", "https://g/d")));
        mirror.finish();
        auto all = *mirror.tell(wide);
        REQUIRE(all.size() == 1);
        CHECK(all.front().all_day);
        CHECK(rfc3339(all.front().from) == rfc3339(at(row.from)));
        CHECK(rfc3339(all.front().until) == rfc3339(at(row.until)));
    }
}

TEST_CASE("times in the zone that is named, by Windows or IANA; of a zone that nobody knows, in the line's") {
    struct Row {
        const char* zone;
        const char* from;
    };
    const Row rows[] = {
        {"UTC", "2026-01-06T09:00:00Z"},
        {"", "2026-01-06T09:00:00Z"},
        {"W. Europe Standard Time", "2026-01-06T08:00:00Z"},
        {"America/New_York", "2026-01-06T14:00:00Z"},
        {"Customized Time Zone", "2026-01-06T08:00:00Z"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.zone);
        auto mirror = mirror_of();
        auto one = appointment("a", "2026-01-06T09:00:00", "2026-01-06T10:00:00");
        one.start.zone = one.end.zone = row.zone;
        read(mirror, {one});
        auto all = *mirror.tell(week);
        REQUIRE(all.size() == 1);
        CHECK(rfc3339(all.front().from) == rfc3339(at(row.from)));
    }
}

TEST_CASE("what is hidden: private without a subject") {
    struct Row {
        const char* subject;
        bool restricted;
        bool hidden;
    };
    for (const Row& row : {Row{"2001", true, false}, Row{"", true, true}, Row{"", false, false}}) {
        auto mirror = mirror_of();
        auto one = appointment("a", "2026-01-06T09:00:00", "2026-01-06T10:00:00", row.subject);
        one.words.restricted = row.restricted;
        read(mirror, {one});
        CHECK((*mirror.tell(week)).front().hidden == row.hidden);
    }
}
