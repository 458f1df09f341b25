// Series: rules, extra and excepted dates, what was moved, cancelled or changed from some day on (RFC 5545 3.8.4.4,
// 3.8.5). The rules themselves are compared with another implementation in oracle.py.
#include "here.hpp"

using namespace testing;

namespace {

constexpr std::string_view master = "UID:1\nDTSTART;TZID=Europe/Amsterdam:20260302T090000\n"
                                    "DTEND;TZID=Europe/Amsterdam:20260302T100000\nRRULE:FREQ=WEEKLY;COUNT=4\nSUMMARY:a";
// 2, 9, 16 and 23 March.

std::string with(std::string_view more) {
    return std::string(master) + std::string(more);
}
std::string change(std::string_view rest) {
    return std::string(master) + "\n\nUID:1\n" + std::string(rest);
}
std::string march(std::string_view events) {
    return told(calendar(events), question("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"));
}

constexpr std::string_view first = "2026-03-02T08:00Z +3600 a [20260302T080000Z]\n";
constexpr std::string_view second = "2026-03-09T08:00Z +3600 a [20260309T080000Z]\n";
constexpr std::string_view third = "2026-03-16T08:00Z +3600 a [20260316T080000Z]\n";
constexpr std::string_view fourth = "2026-03-23T08:00Z +3600 a [20260323T080000Z]\n";

std::string all(std::initializer_list<std::string_view> parts) {
    std::string made;
    for (auto part : parts)
        made += part;
    return made;
}

} // namespace

TEST_CASE("a series, and what is excepted from it, in every way to write it") {
    CHECK(march(master) == all({first, second, third, fourth}));
    CHECK(march(with("\nEXDATE;TZID=Europe/Amsterdam:20260309T090000")) == all({first, third, fourth}));
    CHECK(march(with("\nEXDATE:20260309T080000Z,20260316T080000Z")) == all({first, fourth}));
    CHECK(march(with("\nEXDATE:20260309T080000Z\nEXDATE:20260302T080000Z")) == all({third, fourth}));
    CHECK(march(with("\nEXDATE;TZID=Europe/London:20260309T080000")) == all({first, third, fourth}));
    CHECK(march(with("\nEXDATE:20260309T090000")) == all({first, third, fourth})); // floating
    CHECK(march(with("\nEXDATE:20260309T080001Z")) == all({first, second, third, fourth}));
    CHECK(march(with("\nEXDATE:nonsense")) ==
          all({first, second, third, fourth, "10 One of these dates cannot be used; it is left out.\n"}));
    CHECK(march(with("\nEXDATE;VALUE=DATE:20260309")) ==
          all({first, third, fourth,
               "10 EXDATE and DTSTART are not of the same kind; what begins on that day is left out.\n"}));
    CHECK(march(with("\nEXRULE:FREQ=WEEKLY;INTERVAL=2")) == all({second, fourth}));
    CHECK(march(with("\nEXRULE:FREQ=MONTHLY;BYDAY=3MO")) == all({first, second, fourth}));
}

TEST_CASE("a single event has no original, so that a move leaves it the same") {
    CHECK(march("UID:1\nDTSTART:20260310T090000Z\nSUMMARY:a") == "2026-03-10T09:00Z +0 a\n");
}

TEST_CASE("extra dates: times, periods, in other zones, beside the rule's and the same as the rule's") {
    CHECK(march(with("\nRDATE:20260310T120000Z,20260309T080000Z")) ==
          all({first, second, "2026-03-10T12:00Z +3600 a [20260310T120000Z]\n", third, fourth}));
    CHECK(march(with("\nRDATE;VALUE=PERIOD:20260310T120000Z/PT3H,20260311T120000Z/20260311T123000Z")) ==
          all({first, second, "2026-03-10T12:00Z +10800 a [20260310T120000Z]\n",
               "2026-03-11T12:00Z +1800 a [20260311T120000Z]\n", third, fourth}));
    CHECK(march(with("\nRDATE;TZID=America/New_York:20260310T120000")) ==
          all({first, second, "2026-03-10T16:00Z +3600 a [20260310T160000Z]\n", third, fourth}));
    CHECK(march(with("\nRDATE:20260310T120000Z\nEXDATE:20260310T120000Z")) == all({first, second, third, fourth}));
    CHECK(march(with("\nRDATE;VALUE=DATE:20260310")) ==
          all({first, second, "2026-03-10T08:00Z +3600 a [20260310T080000Z]\n", third, fourth,
               "10 RDATE and DTSTART are not of the same kind; its date is taken.\n"}));
    CHECK(march("UID:1\nDTSTART;VALUE=DATE:20260310\nRDATE;VALUE=DATE:20260312\nSUMMARY:a") ==
          "2026-03-09T23:00Z +86400 a [20260310] all-day\n2026-03-11T23:00Z +86400 a [20260312] all-day\n");
    // A long extra one that began before the window.
    CHECK(told(calendar(with("\nRDATE;VALUE=PERIOD:20260310T120000Z/P3D")),
               question("2026-03-13T00:00:00Z", "2026-03-14T00:00:00Z")) ==
          "2026-03-10T12:00Z +259200 a [20260310T120000Z]\n");
}

TEST_CASE("what was moved stands where it is, and its old place is empty") {
    constexpr std::string_view moved = "RECURRENCE-ID;TZID=Europe/Amsterdam:20260309T090000\nDTSTART:20260311T120000Z\n"
                                       "DURATION:PT15M\nSUMMARY:b";
    CHECK(march(change(moved)) == all({first, "2026-03-11T12:00Z +900 b [20260309T080000Z]\n", third, fourth}));
    // Its parts in the other order, and the id as UTC and floating.
    CHECK(march("UID:1\nRECURRENCE-ID:20260309T080000Z\nDTSTART:20260311T120000Z\nSUMMARY:b\n\n" +
                std::string(master)) == all({first, "2026-03-11T12:00Z +0 b [20260309T080000Z]\n", third, fourth}));
    CHECK(march(change("RECURRENCE-ID:20260309T090000\nDTSTART:20260311T120000Z\nSUMMARY:b")) ==
          all({first, "2026-03-11T12:00Z +0 b [20260309T080000Z]\n", third, fourth}));
    // The id as a date.
    CHECK(march(change("RECURRENCE-ID;VALUE=DATE:20260309\nDTSTART:20260311T120000Z\nSUMMARY:b")) ==
          all({first, "2026-03-11T12:00Z +0 b [20260309T080000Z]\n", third, fourth}));
    // Out of the window, and into it.
    auto at_day = [&](std::string_view events, const char* from, const char* until) {
        return told(calendar(events), question(from, until));
    };
    const auto far = change("RECURRENCE-ID:20260309T080000Z\nDTSTART:20260601T120000Z\nSUMMARY:b");
    CHECK(at_day(far, "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z").empty());
    CHECK(at_day(far, "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z") == "2026-06-01T12:00Z +0 b [20260309T080000Z]\n");
    // Excepted and changed at once: the change is the later word.
    CHECK(march(std::string(master) + "\nEXDATE:20260309T080000Z\n\nUID:1\n" + std::string(moved)) ==
          all({first, "2026-03-11T12:00Z +900 b [20260309T080000Z]\n", third, fourth}));
    // Alone, as for somebody who is invited once.
    CHECK(march("UID:1\nRECURRENCE-ID:20260309T080000Z\nDTSTART:20260311T120000Z\nSUMMARY:b") ==
          "2026-03-11T12:00Z +0 b [20260309T080000Z]\n");
    // Not one of the series: told, nothing else vanishes.
    CHECK(march(change("RECURRENCE-ID:20260310T080000Z\nDTSTART:20260311T120000Z\nSUMMARY:b")) ==
          all({first, second, "2026-03-11T12:00Z +0 b [20260310T080000Z]\n", third, fourth}));
}

TEST_CASE("what was cancelled is told as such, without a DTSTART too") {
    CHECK(march(change("RECURRENCE-ID:20260309T080000Z\nDTSTART:20260309T080000Z\nSTATUS:CANCELLED\nSUMMARY:a")) ==
          all({first, "2026-03-09T08:00Z +0 a [20260309T080000Z] cancelled\n", third, fourth}));
    CHECK(march(change("RECURRENCE-ID:20260309T080000Z\nSTATUS:cancelled")) ==
          all({first, "2026-03-09T08:00Z +0  [20260309T080000Z] cancelled\n", third, fourth}));
    CHECK(march(with("\nSTATUS:CANCELLED")).find("cancelled\n2026-03-09T08:00Z") != std::string::npos);
    CHECK(told(calendar("UID:1\nDTSTART:20260310T090000Z\nSUMMARY:a", "METHOD:CANCEL\n"),
               question("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")) == "2026-03-10T09:00Z +0 a cancelled\n");
}

TEST_CASE("THISANDFUTURE moves and renames what follows") {
    constexpr std::string_view later = "RECURRENCE-ID;RANGE=THISANDFUTURE:20260316T080000Z\n"
                                       "DTSTART;TZID=Europe/Amsterdam:20260317T140000\nDURATION:PT30M\nSUMMARY:b";
    CHECK(march(change(later)) == all({first, second, "2026-03-17T13:00Z +1800 b [20260316T080000Z]\n",
                                       "2026-03-24T13:00Z +1800 b [20260323T080000Z]\n"}));
    // One of them has its own change, and a second one takes over from the first.
    CHECK(march(change(later) + "\n\nUID:1\nRECURRENCE-ID:20260323T080000Z\nDTSTART:20260325T100000Z\nSUMMARY:c") ==
          all({first, second, "2026-03-17T13:00Z +1800 b [20260316T080000Z]\n",
               "2026-03-25T10:00Z +0 c [20260323T080000Z]\n"}));
    CHECK(march(change("RECURRENCE-ID;RANGE=THISANDFUTURE:20260309T080000Z\nDTSTART:20260309T080000Z\nSUMMARY:b") +
                "\n\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260323T080000Z\nDTSTART:20260323T090000Z\nSUMMARY:c") ==
          all({first, "2026-03-09T08:00Z +0 b [20260309T080000Z]\n", "2026-03-16T08:00Z +0 b [20260316T080000Z]\n",
               "2026-03-23T09:00Z +0 c [20260323T080000Z]\n"}));
    // Cancelled from then on.
    CHECK(march(change("RECURRENCE-ID;RANGE=THISANDFUTURE:20260316T080000Z\nSTATUS:CANCELLED\nSUMMARY:a")) ==
          all({first, second, "2026-03-16T08:00Z +0 a [20260316T080000Z] cancelled\n",
               "2026-03-23T08:00Z +0 a [20260323T080000Z] cancelled\n"}));
    // Moved by two weeks: what is in the window began outside it.
    CHECK(told(calendar(change("RECURRENCE-ID;RANGE=THISANDFUTURE:20260309T080000Z\nDTSTART:20260323T080000Z\n"
                               "DURATION:PT1H\nSUMMARY:b")),
               question("2026-04-06T00:00:00Z", "2026-04-07T00:00:00Z")) ==
          "2026-04-06T08:00Z +3600 b [20260323T080000Z]\n");
}

TEST_CASE("of several versions the latest one counts") {
    constexpr std::string_view old = "UID:1\nSEQUENCE:1\nDTSTART:20260310T090000Z\nSUMMARY:old";
    constexpr std::string_view renewed = "UID:1\nSEQUENCE:2\nDTSTART:20260311T090000Z\nSUMMARY:new";
    CHECK(march(std::string(old) + "\n\n" + std::string(renewed)) == "2026-03-11T09:00Z +0 new\n");
    CHECK(march(std::string(renewed) + "\n\n" + std::string(old)) == "2026-03-11T09:00Z +0 new\n");
    CHECK(march("UID:1\nDTSTAMP:20260102T000000Z\nDTSTART:20260310T090000Z\nSUMMARY:new\n\n"
                "UID:1\nDTSTAMP:20260101T000000Z\nDTSTART:20260310T090000Z\nSUMMARY:old") ==
          "2026-03-10T09:00Z +0 new\n");
    CHECK(march(change("RECURRENCE-ID:20260309T080000Z\nSEQUENCE:3\nDTSTART:20260311T120000Z\nSUMMARY:c\n\n"
                       "UID:1\nRECURRENCE-ID:20260309T080000Z\nSEQUENCE:2\nDTSTART:20260311T130000Z\nSUMMARY:b")) ==
          all({first, "2026-03-11T12:00Z +0 c [20260309T080000Z]\n", third, fourth}));
    // A producer that gives everybody the same UID loses nothing.
    CHECK(march("UID:1\nDTSTART:20260310T090000Z\nSUMMARY:a\n\nUID:1\nDTSTART:20260311T090000Z\nSUMMARY:b") ==
          "2026-03-10T09:00Z +0 a [20260310T090000Z]\n2026-03-11T09:00Z +0 b [20260311T090000Z]\n"
          "9 Several events have this UID; all are taken.\n");
    auto answer = expand(calendar("DTSTART:20260310T090000Z\nSUMMARY:a\n\nDTSTART:20260310T090000Z\nSUMMARY:b"),
                         question("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"), zones());
    REQUIRE(answer);
    REQUIRE(answer->occurrences.size() == 2);
    CHECK(answer->occurrences[0].uid != answer->occurrences[1].uid);
    CHECK(answer->warned == 2);
}

TEST_CASE("rules: how they end, where they begin") {
    struct Row {
        const char* what;
        const char* start;
        const char* rule;
        const char* from;
        const char* days; // of the window, and of all that is told
    };
    const Row rows[] = {
        {"UNTIL in UTC is the last one", ";TZID=Europe/Amsterdam:20260302T090000", "FREQ=DAILY;UNTIL=20260304T080000Z",
         "2026-03-01", "02 03 04"},
        {"a second before it", ";TZID=Europe/Amsterdam:20260302T090000", "FREQ=DAILY;UNTIL=20260304T075959Z",
         "2026-03-01", "02 03"},
        {"UNTIL as a local time", ";TZID=Europe/Amsterdam:20260302T090000", "FREQ=DAILY;UNTIL=20260304T090000",
         "2026-03-01", "02 03 04"},
        {"UNTIL as a date is that whole day", ";TZID=Europe/Amsterdam:20260302T090000", "FREQ=DAILY;UNTIL=20260304",
         "2026-03-01", "02 03 04"},
        {"of days, a date", ";VALUE=DATE:20260302", "FREQ=DAILY;UNTIL=20260304", "2026-03-01", "02 03 04"},
        {"of days, a time", ";VALUE=DATE:20260302", "FREQ=DAILY;UNTIL=20260304T000000Z", "2026-03-01", "02 03 04"},
        {"COUNT and UNTIL, the smaller", ":20260302T090000Z", "FREQ=DAILY;COUNT=9;UNTIL=20260304T090000Z", "2026-03-01",
         "02 03 04"},
        {"a start that its rule does not make counts", ":20260303T090000Z", "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
         "2026-03-01", "03 09 16"},
        {"COUNT long ago", ":19000101T090000Z", "FREQ=DAILY;COUNT=46082", "2026-03-01", "01 02"},
        {"COUNT 10^18", ":19000101T090000Z", "FREQ=WEEKLY;COUNT=1000000000000000000", "2026-03-01", "02 09 16 23 30"},
        {"29 February of leap years only", ":20240229T090000Z", "FREQ=YEARLY", "2028-02-20", "29"},
        {"not of others", ":20240229T090000Z", "FREQ=YEARLY", "2026-02-20", ""},
        {"the 31st is not in every month", ":20260131T090000Z", "FREQ=MONTHLY", "2026-04-10", ""},
        {"the last day is", ":20260131T090000Z", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-04-10", "30"},
        {"the last working day", ":20260130T090000Z", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-05-10",
         "29"},
        {"the second Tuesday", ":20260113T090000Z", "FREQ=MONTHLY;BYDAY=2TU", "2026-03-01", "10"},
        {"lower case, odd order, own parts", ":20260302T090000Z", "byday=mo,we;x-own=1;freq=weekly;count=3",
         "2026-03-01", "02 04 09"},
        {"week 53", ":20201228T090000Z", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2026-12-20", "28"},
        {"the week begins on Sunday", ":20260301T090000Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", "2026-03-01",
         "01 02 15 16 29 30"},
        {"the week begins on Monday", ":20260301T090000Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO", "2026-03-01",
         "01 09 15 23 29"},
        {"positions of a week are those of the whole week", ":20260304T090000Z",
         "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;BYSETPOS=2,-1;COUNT=4", "2026-03-01", "04 05 10 12"},
        {"weeks from the end: the last one reaches into January", ":20201228T090000Z",
         "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR", "2020-12-25", "28 01"},
        {"with and without numbers", ":20260302T090000Z", "FREQ=MONTHLY;BYDAY=1MO,FR", "2026-03-01", "02 06 13 20 27"},
        {"a week's weekday is the start's", ":20260310T090000Z", "FREQ=YEARLY;BYWEEKNO=11,12", "2026-03-01", "10 17"},
        {"BYHOUR has no meaning for days", ";VALUE=DATE:20260302", "FREQ=DAILY;COUNT=2;BYHOUR=9,12", "2026-03-01",
         "02 03"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        auto asked = question(std::string(row.from) + "T00:00:00Z", std::string(row.from) + "T00:00:00Z");
        asked.until += std::chrono::days(31);
        auto answer =
            expand(calendar("UID:1\nDTSTART" + std::string(row.start) + "\nRRULE:" + row.rule), asked, zones());
        REQUIRE(answer);
        std::string days;
        for (const auto& one : answer->occurrences)
            days += (days.empty() ? "" : " ") + one.original.substr(6, 2);
        CHECK(days == row.days);
        CHECK(answer->warned == 0);
    }
}

TEST_CASE("a rule that cannot be used leaves the event where it begins") {
    struct Row {
        const char* rule;
        const char* why;
    };
    const Row rows[] = {
        {"FREQ=FORTNIGHTLY", "has a FREQ that cannot be used"},
        {"INTERVAL=2", "has no FREQ"},
        {"FREQ=DAILY;INTERVAL=0", "has a INTERVAL that cannot be used"},
        {"FREQ=DAILY;COUNT=0", "has a COUNT that cannot be used"},
        {"FREQ=DAILY;COUNT=99999999999999999999", "has a COUNT that cannot be used"},
        {"FREQ=DAILY;UNTIL=soon", "has a UNTIL that cannot be used"},
        {"FREQ=DAILY;BYHOUR=24", "has a BYHOUR that cannot be used"},
        {"FREQ=MONTHLY;BYMONTHDAY=0", "has a BYMONTHDAY that cannot be used"},
        {"FREQ=MONTHLY;BYDAY=0MO", "has a BYDAY that cannot be used"},
        {"FREQ=MONTHLY;BYDAY=54MO", "has a BYDAY that cannot be used"},
        {"FREQ=YEARLY;RSCALE=CHINESE", "has a RSCALE that cannot be used"},
        {"FREQ=YEARLY;BYEASTER=0", "has a part that is not known"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.rule));
        CHECK(march("UID:1\nDTSTART:20260310T090000Z\nSUMMARY:a\nRRULE:" + std::string(row.rule)) ==
              "2026-03-10T09:00Z +0 a\n8 The rule " + std::string(row.why) + "; it is left out.\n");
    }
    CHECK(march("UID:1\nDTSTART;VALUE=DATE:20260310\nSUMMARY:a\nRRULE:FREQ=HOURLY") ==
          "2026-03-09T23:00Z +86400 a all-day\n8 The rule repeats a day within the day; it is left out.\n");
}
