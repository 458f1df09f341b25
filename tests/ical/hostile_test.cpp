// Calendars that were made to hurt: anybody may send an invitation. Work, places and depth end at their limits, the
// others' events are there, and what was cut is said.
#include "here.hpp"

using namespace testing;

namespace {

const Question day = question("2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z");
constexpr std::string_view good = "UID:good\nDTSTART:20250310T090000Z\nRRULE:FREQ=DAILY\nSUMMARY:good";
constexpr std::string_view good_told = "2026-03-10T09:00Z +0 good [20260310T090000Z]\n";

Answer answer(std::string_view events, const Question& asked = day) {
    auto made = expand(calendar(events), asked, zones());
    REQUIRE(made);
    return std::move(*made);
}

} // namespace

TEST_CASE("rules that never end, never match, or are older than calendars") {
    struct Row {
        const char* start;
        const char* rule;
        std::size_t steps_max;
    };
    // Which of these are out of reach of any patience: SECONDLY without the means to skip what does not match.
    const Row rows[] = {
        {"20260101T000000Z", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", 1'000},
        {"19000101T000000Z", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000000", 200'000},
        {"19000101T000000Z", "FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;BYMINUTE=5;BYDAY=MO", 30'000},
        {"19000101T000000Z", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", 1'000},
        {"19000101T000000Z", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 1'000},
        {"19000101T000000Z", "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=200;BYSETPOS=366", 3'000},
        {"20250228T000000Z", "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3", 1'000},
        {"00010101T000000Z", "FREQ=DAILY;INTERVAL=100000000", 1'000},
        {"00010101T000000Z", "FREQ=YEARLY;INTERVAL=100000000", 1'000},
        {"00010101T000000Z", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", 1'000},
        {"19000101T000000Z", "FREQ=DAILY;COUNT=1000000000;BYMONTH=3", 200'000},
        {"99991231T235959Z", "FREQ=SECONDLY", 100},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.rule));
        auto made = answer(std::string(good) + "\n\nUID:1\nDTSTART:" + row.start + "\nSUMMARY:x\nRRULE:" + row.rule);
        CHECK(shown(made.occurrences).find(good_told) != std::string::npos);
        CHECK(made.steps <= row.steps_max);
    }
}

TEST_CASE("a rule with more work than its share is told in part, and said so") {
    auto asked = day;
    asked.limits.series_steps = 50'000;
    auto made = answer(std::string(good) + "\n\nUID:1\nDTSTART:19000101T000000Z\nSUMMARY:x\n"
                                           "RRULE:FREQ=MINUTELY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;COUNT=4000000000",
                       asked);
    CHECK(shown(made.occurrences) == good_told);
    CHECK(shown(made.warnings) == "10 The series asks for too much work; it is told in part.\n");
    CHECK(made.steps <= 50'000 + 20'000 + 1'000);
}

TEST_CASE("many hostile series together end at one limit, and take nothing from the others") {
    std::string events(good);
    for (int i = 0; i < 300; ++i)
        events += "\n\nUID:" + std::to_string(i) + "\nDTSTART:19000101T000000Z\nSUMMARY:x\n" +
                  "RRULE:FREQ=SECONDLY;BYSECOND=0,1,2,3,4;COUNT=4000000000";
    events += "\n\nUID:last\nDTSTART:20200310T100000Z\nRRULE:FREQ=YEARLY;COUNT=20\nSUMMARY:last";
    auto asked = day;
    asked.limits.all_steps = 1'000'000;
    auto made = answer(events, asked);
    CHECK(shown(made.occurrences) == std::string(good_told) + "2026-03-10T10:00Z +0 last [20260310T100000Z]\n");
    CHECK(made.warned == 300);
    CHECK(made.warnings.size() == 100);
    CHECK(made.steps <= 1'000'000);
}

TEST_CASE("more occurrences than anybody has") {
    auto made = answer(std::string(good) + "\n\nUID:1\nDTSTART:20200101T000000Z\nSUMMARY:x\nRRULE:FREQ=SECONDLY");
    CHECK(made.occurrences.size() == 401);
    CHECK(shown(made.warnings) ==
          "10 The series asks for too much work; it is told in part.\n"
          "10 The series takes place more than 400 times in the window; the rest is left out.\n");
    CHECK(shown(made.occurrences).find(good_told) != std::string::npos);
    CHECK(made.occurrences[0].from == at("2026-03-10T00:00:00Z"));

    // Too many series of that kind: the most frequent ones are left out, nobody else.
    std::string events(good);
    for (int i = 0; i < 150; ++i)
        events += "\n\nUID:" + std::to_string(i) + "\nDTSTART:20200101T000000Z\nRRULE:FREQ=MINUTELY;INTERVAL=5";
    made = answer(events);
    CHECK(made.occurrences.size() == 69 * 288 + 1);
    CHECK(shown(made.occurrences).find(good_told) != std::string::npos);
    CHECK(made.warned == 81);
    CHECK(made.warnings[0].text == "There is no room for so many; the series is left out.");
}

TEST_CASE("size, depth and number") {
    auto asked = day;
    asked.limits.bytes = 1'000;
    CHECK(told(calendar("UID:1\nSUMMARY:" + std::string(1'000, 'x')), asked) ==
          "error: The calendar is larger than 1000 bytes.");
    asked = day;
    asked.limits.events = 2;
    CHECK(told(calendar("UID:1\n\nUID:2\n\nUID:3"), asked) == "error: The calendar has more than 2 events.");
    std::string deep;
    for (int i = 0; i < 100'000; ++i)
        deep += "BEGIN:VTODO\n";
    CHECK(told(calendar(deep), day) == "error: The calendar is nested deeper than 16 (line 19).");
    asked = day;
    asked.limits.text_bytes = 5;
    CHECK(answer("UID:1\nDTSTART:20260310T090000Z\nSUMMARY:abcd\xc3\xa9\nLOCATION:abcde", asked).occurrences[0] ==
          Occurrence{.uid = "1",
                     .title = "abcd",
                     .location = "abcde",
                     .from = at("2026-03-10T09:00:00Z"),
                     .until = at("2026-03-10T09:00:00Z")});
}

TEST_CASE("numbers that overflow whoever multiplies them") {
    for (std::string_view length : {"P9999999999D", "PT9999999999H", "P999999W", "-P999999W", "P99999999999999999999D",
                                    "PT366000S", "P1000DT9999999999S"}) {
        CAPTURE(std::string(length));
        auto made = answer(std::string(good) + "\n\nUID:1\nDTSTART:99991231T235959Z\nDURATION:" + std::string(length) +
                           "\nRRULE:FREQ=YEARLY\n\nUID:2\nDTSTART:00010101T000000Z\nDURATION:" + std::string(length) +
                           "\nRDATE;VALUE=PERIOD:20260310T120000Z/" + std::string(length));
        CHECK(shown(made.occurrences).find(good_told) != std::string::npos);
    }
    for (auto [from, until] : {std::pair(Wall::min(), Wall::max()), std::pair(Wall::max(), Wall::min())}) {
        auto asked = day;
        asked.from = from;
        asked.until = until;
        CHECK(expand(calendar(good), asked, zones()));
    }
}

TEST_CASE("many of everything is read once, not once for each other") {
    // With work that grows as the square these would take minutes.
    std::string dates, changes, masters;
    for (int i = 0; i < 20'000; ++i) {
        const auto second = std::to_string(100'000 + i % 100'000).substr(1);
        dates += ",20260310T" + second + "0Z";
        changes += "\n\nUID:good\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240310T" + second + "0Z\nSUMMARY:c";
        masters += "\n\nUID:many\nDTSTART:20250310T" + second + "0Z\nRRULE:FREQ=DAILY";
    }
    CHECK(answer(std::string(good) + "\nEXDATE:" + dates.substr(1)).steps < 1'000);
    CHECK(answer(std::string(good) + "\nRDATE:" + dates.substr(1)).steps < 1'000);
    CHECK(expand(calendar(std::string(good) + changes), day, zones()));
    CHECK(expand(calendar(std::string(good) + masters), day, zones()));
    CHECK(expand(calendar(std::string(good) + "\nX-A" + std::string(300'000, ';') + ":x"), day, zones()));
    CHECK(expand(calendar(std::string(good) + "\nX-A;" + std::string(300'001, '"') + ":x"), day, zones()));
    std::string folded = "\nDESCRIPTION:x";
    for (int i = 0; i < 300'000; ++i)
        folded += "\n y";
    CHECK(answer(std::string(good) + folded).occurrences[0].description.size() == 8 << 10);
}
