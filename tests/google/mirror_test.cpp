// What is asked of a Google calendar, page by page, and what is known after it.
#include "here.hpp"

#include "adapters/calendars/google_mirror.hpp"

using namespace testing;
using calendars::GoogleMirror;
using calendars::Window;
using google::Event;
using google::Moment;
using google::Page;

namespace {

const Window week{at("2026-01-05T00:00:00Z"), at("2026-01-12T00:00:00Z")};
const Wall monday = at("2026-01-05T08:00:00Z");

Zone amsterdam() {
    return *Zones().find("Europe/Amsterdam");
}

Event event(std::string id, std::string_view from, std::string_view until, std::string title = "2001") {
    Event made;
    made.id = std::move(id);
    made.titled = !title.empty();
    made.summary = std::move(title);
    made.start = {.kind = Moment::Kind::instant, .at = at(from)};
    made.end = {.kind = Moment::Kind::instant, .at = at(until)};
    return made;
}

Event whole_day(std::string id, std::string_view day) {
    Event made = event(std::move(id), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
    auto midnight = at(std::string(day) + "T00:00:00Z").time_since_epoch();
    made.start = {.kind = Moment::Kind::date, .local = google::LocalTime(std::chrono::floor<seconds>(midnight))};
    made.end = {};
    return made;
}

Event gone(std::string id) {
    Event made;
    made.id = std::move(id);
    made.cancelled = true;
    return made;
}

Page page_of(std::vector<Event> events, std::string next_page, std::string next_sync) {
    Page page;
    page.events = std::move(events);
    page.next_page = std::move(next_page);
    page.next_sync = std::move(next_sync);
    return page;
}

/// Reads this one page as a whole reading.
void read(GoogleMirror& mirror, std::vector<Event> events, std::string sync = "s", Wall now = monday) {
    mirror.begin(week, now);
    REQUIRE(*mirror.take(page_of(std::move(events), "", std::move(sync))));
}

std::string keys(GoogleMirror& mirror, Window window = week) {
    auto told = mirror.tell(window);
    if (!told) return "as before";
    std::string all;
    for (const auto& one : *told)
        all += (all.empty() ? "" : " ") + one.key;
    return all;
}

} // namespace

TEST_CASE("a listing is asked for with a window, its changes without") {
    GoogleMirror mirror("anna@example.net", amsterdam());
    mirror.begin(week, monday);
    CHECK(mirror.target() == "/calendars/anna%40example.net/events?singleEvents=true&showDeleted=true&maxResults=250"
                             "&timeMin=2026-01-03T16%3A00%3A00.000Z&timeMax=2026-01-14T06%3A00%3A00.000Z");
    CHECK(*mirror.take(page_of({}, "p/1", "")) == false);
    CHECK(has(mirror.target(), "&timeMax=2026-01-14T06%3A00%3A00.000Z&pageToken=p%2F1"));
    CHECK(*mirror.take(page_of({}, "", "s=1")) == true);
    mirror.begin(week, monday);
    CHECK(mirror.target() == "/calendars/anna%40example.net/events?singleEvents=true&showDeleted=true&maxResults=250"
                             "&syncToken=s%3D1");
    CHECK(*mirror.take(page_of({}, "p2", "")) == false);
    CHECK(has(mirror.target(), "&syncToken=s%3D1&pageToken=p2"));
}

TEST_CASE("changes are put in place, whole readings only") {
    GoogleMirror mirror("primary", amsterdam());
    read(mirror, {event("b", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z"),
                  event("a", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z"),
                  event("early", "2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z"), gone("x")});
    CHECK(keys(mirror) == "early a b");
    CHECK(keys(mirror) == "as before");
    CHECK(keys(mirror, {week.from, at("2026-01-06T00:00:00Z")}) == "early");
    CHECK(keys(mirror) == "early a b"); // another window than the last

    mirror.begin(week, monday);
    CHECK(*mirror.take(page_of({gone("a"), event("c", "2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z")}, "p2", "")) ==
          false);
    CHECK(keys(mirror) == "as before"); // the second page never came
    read(mirror, {});
    CHECK(keys(mirror) == "as before");
    read(mirror, {gone("a"), event("early", "2026-01-08T09:00:00Z", "2026-01-08T10:00:00Z"), gone("never heard of")});
    CHECK(keys(mirror) == "b early");
    read(mirror, {event("b", "2026-03-06T09:00:00Z", "2026-03-06T10:00:00Z")}); // moved away
    CHECK(keys(mirror) == "early");
    CHECK(mirror.known() == 1);
    read(mirror, {event("early", "2026-01-08T09:00:00Z", "2026-01-08T10:00:00Z", "2002")});
    auto told = mirror.tell(week);
    REQUIRE(told);
    CHECK(told->front().title == "2002");
    CHECK(mirror.listings() == 1);
}

TEST_CASE("of one event told twice in a reading the last word counts") {
    GoogleMirror mirror("primary", amsterdam());
    read(mirror, {event("a", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z"), gone("a"), gone("b"),
                  event("b", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z")});
    CHECK(keys(mirror) == "b");
    read(mirror, {gone("b"), event("b", "2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z"),
                  event("c", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z"), gone("c")});
    CHECK(keys(mirror) == "b");
}

TEST_CASE("it is listed again when the token, the window or a day is lost") {
    GoogleMirror mirror("primary", amsterdam());
    auto listing = [&] { return has(mirror.target(), "timeMin="); };
    read(mirror, {event("a", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z")});
    mirror.begin(week, monday);
    CHECK(!listing());
    CHECK(mirror.token_lost());
    CHECK(listing());
    CHECK(!mirror.token_lost()); // a listing has none
    CHECK(*mirror.take(page_of({event("b", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z")}, "", "s2")));
    CHECK(keys(mirror) == "b"); // what the listing does not name is gone

    struct Row {
        const char* what;
        Window window;
        Wall now;
        bool listed;
    };
    const Row rows[] = {
        {"an hour on", {week.from + 1h, week.until + 1h}, monday + 1h, false},
        {"nearly a day on", {week.from + 23h, week.until + 23h}, monday + 23h, false},
        {"more than is held", {week.from, week.until + 25h}, monday, true},
        {"before what is held", {week.from - 3h, week.until}, monday, true},
        {"a day later", week, monday + 24h, true},
        {"the clock was put back", week, monday - 1h, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        mirror.begin(row.window, row.now);
        CHECK(listing() == row.listed);
    }
    read(mirror, {}, ""); // no token came
    mirror.begin(week, monday);
    CHECK(listing());
    read(mirror, {event("a", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z")});
    mirror.forget();
    CHECK(keys(mirror).empty());
    mirror.begin(week, monday);
    CHECK(listing());
}

TEST_CASE("whole days are the line's, on the nights of summer and winter time too") {
    struct Row {
        const char* day;
        const char* from;
        const char* until;
    };
    const Row rows[] = {
        {"2026-01-06", "2026-01-05T23:00:00Z", "2026-01-06T23:00:00Z"},
        {"2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"}, // 23 hours
        {"2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
    };
    for (const Row& row : rows) {
        CAPTURE(row.day);
        GoogleMirror mirror("primary", amsterdam());
        Window window{at(row.from) - 48h, at(row.until) + 48h};
        mirror.begin(window, window.from);
        REQUIRE(*mirror.take(page_of({whole_day("d", row.day)}, "", "s")));
        auto told = mirror.tell(window);
        REQUIRE(told->size() == 1);
        CHECK(told->front().all_day);
        CHECK(rfc3339(told->front().from) == rfc3339(at(row.from)));
        CHECK(rfc3339(told->front().until) == rfc3339(at(row.until)));
    }
}

TEST_CASE("times without an offset belong to the event's zone, else to the line's") {
    GoogleMirror mirror("primary", amsterdam());
    auto nine = google::LocalTime(std::chrono::floor<seconds>(at("2026-01-06T09:00:00Z").time_since_epoch()));
    auto tokyo = event("tokyo", "2026-01-06T00:00:00Z", "2026-01-06T00:00:00Z");
    tokyo.start = {.kind = Moment::Kind::floating, .local = nine, .zone = "Asia/Tokyo"};
    tokyo.end = {};
    auto here = tokyo;
    here.id = "here";
    here.start.zone.clear();
    read(mirror, {tokyo, here});
    auto told = mirror.tell(week);
    REQUIRE(told->size() == 2);
    CHECK((*told)[0].from == at("2026-01-06T00:00:00Z"));
    CHECK((*told)[1].from == at("2026-01-06T08:00:00Z"));
}

TEST_CASE("what an appointment is: declined, free, hidden, no appointment at all") {
    GoogleMirror mirror("primary", amsterdam());
    auto declined = event("declined", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z");
    declined.declined = true;
    auto free = event("free", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z");
    free.transparent = true;
    auto hidden = event("hidden", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z", "");
    hidden.restricted = true;
    auto own = event("own", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z"); // private, but we may read it
    own.restricted = true;
    auto untitled = event("untitled", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z", "");
    auto office = event("office", "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z");
    office.appointment = false;
    read(mirror, {declined, free, hidden, own, untitled, office});
    auto told = mirror.tell(week);
    REQUIRE(told->size() == 5);
    for (const auto& one : *told) {
        CAPTURE(one.key);
        CHECK(one.declined == (one.key == "declined"));
        CHECK(one.free == (one.key == "free"));
        CHECK(one.hidden == (one.key == "hidden"));
    }
    auto page = page_of({untitled}, "", "s");
    page.busy_only = true;
    mirror.begin(week, monday);
    REQUIRE(*mirror.take(std::move(page)));
    auto busy = mirror.tell(week);
    REQUIRE(busy);
    CHECK(std::ranges::count_if(*busy, &calendars::Occurrence::hidden) == 2);
}

TEST_CASE("lists without an end are refused") {
    GoogleMirror mirror("primary", amsterdam());
    mirror.begin(week, monday);
    CHECK(*mirror.take(page_of({}, "same", "")) == false);
    auto again = mirror.take(page_of({}, "same", ""));
    REQUIRE(!again);
    CHECK(again.error().category == Category::limit);
    mirror.begin(week, monday);
    Result<bool> last = false;
    for (std::size_t i = 0; i <= GoogleMirror::pages_max && last && !*last; ++i)
        last = mirror.take(page_of({}, std::to_string(i), ""));
    REQUIRE(!last);
    mirror.begin(week, monday);
    std::vector<Event> many;
    for (std::size_t i = 0; i <= GoogleMirror::known_max; ++i)
        many.push_back(event(std::to_string(i), "2026-01-06T09:00:00Z", "2026-01-06T10:00:00Z"));
    auto much = mirror.take(page_of(std::move(many), "", "s"));
    REQUIRE(!much);
    CHECK(much.error().category == Category::limit);
    CHECK(mirror.known() == 0);
}
