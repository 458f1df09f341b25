// When an event is: kinds of times, lengths, zones and the nights on which clocks jump (RFC 5545 3.6.1, 3.8.2;
// cloud-apis.md G2).
#include "here.hpp"

#include "proto/ical/windows_zones.hpp"

using namespace testing;

TEST_CASE("the kinds of times, and ends that are missing") {
    check({
        {"a zone of the machine",
         "UID:1\nDTSTART;TZID=Europe/Amsterdam:20260310T090000\n"
         "DTEND;TZID=Europe/Amsterdam:20260310T100000\nSUMMARY:a",
         "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-10T08:00Z +3600 a\n"},
        {"UTC", "UID:1\nDTSTART:20260310T090000Z\nDTEND:20260310T100000Z\nSUMMARY:a", "2026-03-10T00:00:00Z",
         "2026-03-11T00:00:00Z", "2026-03-10T09:00Z +3600 a\n"},
        {"floating: the line's zone", "UID:1\nDTSTART:20260310T090000\nDTEND:20260310T100000\nSUMMARY:a",
         "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-10T08:00Z +3600 a\n"},
        {"two zones",
         "UID:1\nDTSTART;TZID=Europe/London:20260310T090000\n"
         "DTEND;TZID=Europe/Amsterdam:20260310T100000\nSUMMARY:a",
         "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-10T09:00Z +0 a\n"},
        {"a time without an end has no length", "UID:1\nDTSTART:20260310T090000Z\nSUMMARY:a", "2026-03-10T00:00:00Z",
         "2026-03-11T00:00:00Z", "2026-03-10T09:00Z +0 a\n"},
        {"a date without an end is a day", "UID:1\nDTSTART;VALUE=DATE:20260310\nSUMMARY:a", "2026-03-10T12:00:00Z",
         "2026-03-10T13:00:00Z", "2026-03-09T23:00Z +86400 a all-day\n"},
        {"three days, the end is exclusive", "UID:1\nDTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260313\nSUMMARY:a",
         "2026-03-12T22:59:59Z", "2026-03-20T00:00:00Z", "2026-03-09T23:00Z +259200 a all-day\n"},
        {"and over", "UID:1\nDTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260313\nSUMMARY:a", "2026-03-12T23:00:00Z",
         "2026-03-20T00:00:00Z", ""},
        {"an end on the same day is a day", "UID:1\nDTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260310\nSUMMARY:a",
         "2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z", "2026-03-09T23:00Z +86400 a all-day\n"},
        {"DURATION", "UID:1\nDTSTART:20260310T090000Z\nDURATION:PT1H30M\nSUMMARY:a", "2026-03-10T00:00:00Z",
         "2026-03-11T00:00:00Z", "2026-03-10T09:00Z +5400 a\n"},
        {"DURATION of a date", "UID:1\nDTSTART;VALUE=DATE:20260310\nDURATION:P2D\nSUMMARY:a", "2026-03-10T00:00:00Z",
         "2026-03-11T00:00:00Z", "2026-03-09T23:00Z +172800 a all-day\n"},
        {"an end before the start", "UID:1\nDTSTART:20260310T090000Z\nDTEND:20260310T080000Z\nSUMMARY:a",
         "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z",
         "2026-03-10T09:00Z +0 a\n4 The event ends before it begins; it is taken to have no length.\n"},
        {"a date that ends with a time", "UID:1\nDTSTART;VALUE=DATE:20260310\nDTEND:20260311T120000\nSUMMARY:a",
         "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z",
         "2026-03-09T23:00Z +172800 a all-day\n7 DTEND and DTSTART are not of the same kind.\n"},
        {"a time announced as a date", "UID:1\nDTSTART;VALUE=DATE:20260310T000000\nSUMMARY:a", "2026-03-10T00:00:00Z",
         "2026-03-11T00:00:00Z",
         "2026-03-09T23:00Z +86400 a all-day\n6 A time stands where a date is announced; its date is taken.\n"},
        {"no such day", "UID:1\nDTSTART:20260230T090000\nSUMMARY:a", "2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z",
         "6 The event's DTSTART is no date or time; the event is left out.\n"},
        {"no start at all", "UID:1\nSUMMARY:a\n\nUID:2\nDTSTART:20260310T090000Z\nSUMMARY:b", "2026-03-10T00:00:00Z",
         "2026-03-11T00:00:00Z", "2026-03-10T09:00Z +0 b\n4 The event has no DTSTART; it is left out.\n"},
    });
}

TEST_CASE("what touches the window's ends is not in it; what has no length is at its start") {
    constexpr std::string_view hour = "UID:1\nDTSTART:20260310T090000Z\nDTEND:20260310T100000Z\nSUMMARY:a";
    constexpr std::string_view point = "UID:1\nDTSTART:20260310T090000Z\nSUMMARY:a";
    check({
        {"ends as it begins", hour, "2026-03-10T10:00:00Z", "2026-03-10T11:00:00Z", ""},
        {"begins as it ends", hour, "2026-03-10T08:00:00Z", "2026-03-10T09:00:00Z", ""},
        {"a last second", hour, "2026-03-10T09:59:59Z", "2026-03-10T11:00:00Z", "2026-03-10T09:00Z +3600 a\n"},
        {"around it", hour, "2026-03-10T09:20:00Z", "2026-03-10T09:40:00Z", "2026-03-10T09:00Z +3600 a\n"},
        {"a point at the start", point, "2026-03-10T09:00:00Z", "2026-03-10T10:00:00Z", "2026-03-10T09:00Z +0 a\n"},
        {"a point at the end", point, "2026-03-10T08:00:00Z", "2026-03-10T09:00:00Z", ""},
        {"no window", hour, "2026-03-10T09:30:00Z", "2026-03-10T09:30:00Z", ""},
    });
}

TEST_CASE("the nights on which the clocks jump") {
    check({
        {"a skipped time is later", "UID:1\nDTSTART;TZID=Europe/Amsterdam:20260329T023000\nDURATION:PT1H\nSUMMARY:a",
         "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z", "2026-03-29T01:30Z +3600 a\n"},
        {"of two the first", "UID:1\nDTSTART;TZID=Europe/Amsterdam:20261025T023000\nDURATION:PT1H\nSUMMARY:a",
         "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z", "2026-10-25T00:30Z +3600 a\n"},
        {"a day of 23 hours", "UID:1\nDTSTART;VALUE=DATE:20260329\nSUMMARY:a", "2026-03-29T00:00:00Z",
         "2026-03-29T01:00:00Z", "2026-03-28T23:00Z +82800 a all-day\n"},
        {"a day of 25 hours", "UID:1\nDTSTART;VALUE=DATE:20261025\nSUMMARY:a", "2026-10-25T00:00:00Z",
         "2026-10-25T01:00:00Z", "2026-10-24T22:00Z +90000 a all-day\n"},
        {"P1D is a day on the wall, PT24H is by the clock",
         "UID:1\nDTSTART;TZID=Europe/Amsterdam:20260328T120000\nDURATION:P1D\nSUMMARY:a\n\n"
         "UID:2\nDTSTART;TZID=Europe/Amsterdam:20260328T120000\nDURATION:PT24H\nSUMMARY:b",
         "2026-03-28T00:00:00Z", "2026-03-29T00:00:00Z", "2026-03-28T11:00Z +82800 a\n2026-03-28T11:00Z +86400 b\n"},
        {"09:00 stays 09:00; nights keep their hours by the clock",
         "UID:1\nDTSTART;TZID=Europe/Amsterdam:20260301T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nSUMMARY:a",
         "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z",
         "2026-03-28T08:00Z +3600 a [20260328T080000Z]\n2026-03-29T07:00Z +3600 a [20260329T070000Z]\n"},
        {"daily at a time that is skipped once",
         "UID:1\nDTSTART;TZID=Europe/Amsterdam:20260301T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nSUMMARY:a",
         "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z",
         "2026-03-28T01:30Z +3600 a [20260328T013000Z]\n2026-03-29T01:30Z +3600 a [20260329T013000Z]\n"
         "2026-03-30T00:30Z +3600 a [20260330T003000Z]\n"},
        {"ten years back and on",
         "UID:1\nDTSTART;TZID=Europe/Amsterdam:20160327T023000\nSUMMARY:a\n\n"
         "UID:2\nDTSTART;TZID=Europe/Amsterdam:20361026T023000\nSUMMARY:b",
         "2016-01-01T00:00:00Z", "2037-01-01T00:00:00Z", "2016-03-27T01:30Z +0 a\n2036-10-26T00:30Z +0 b\n"},
    });
}

TEST_CASE("all-day events are the day of the line, wherever it is") {
    constexpr std::string_view day = "UID:1\nDTSTART;VALUE=DATE:20260310\nSUMMARY:a";
    check({{"", day, "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-10T07:00Z +86400 a all-day\n"}},
          "America/Los_Angeles");
    check({{"", day, "2026-03-09T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-09T11:00Z +86400 a all-day\n"}},
          "Pacific/Auckland");
}

TEST_CASE("which zone a TZID means") {
    struct Row {
        const char* tzid; // with quotes where it needs them
        const char* from; // of 10 March 2026, 09:00
        const char* warned;
    };
    const Row rows[] = {
        {"Europe/Amsterdam", "2026-03-10T08:00Z", ""},
        {"europe/amsterdam", "2026-03-10T08:00Z", ""},
        {"\"Europe/London\"", "2026-03-10T09:00Z", ""},
        {"/mozilla.org/20050126_1/Europe/London", "2026-03-10T09:00Z", ""},
        {"/freeassociation.sourceforge.net/Tzfile/America/New_York", "2026-03-10T13:00Z", ""},
        {"/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires", "2026-03-10T12:00Z", ""},
        {"\"tzone://Microsoft/Utc\"", "2026-03-10T09:00Z", ""},
        {"UTC", "2026-03-10T09:00Z", ""},
        {"W. Europe Standard Time", "2026-03-10T08:00Z", ""},
        {"w. europe standard time", "2026-03-10T08:00Z", ""},
        {"GMT Standard Time", "2026-03-10T09:00Z", ""},
        {"Eastern Standard Time", "2026-03-10T13:00Z", ""},
        {"AUS Eastern Standard Time", "2026-03-09T22:00Z", ""},
        {"Central Standard Time (Mexico)", "2026-03-10T15:00Z", ""},
        {"UTC-11", "2026-03-10T20:00Z", ""},
        {"\"(UTC+01:00) Amsterdam; Berlin: Bern\"", "2026-03-10T08:00Z",
         "6 The time zone \"(UTC+01:00) Amsterdam; Berlin: Bern\" is not known; its times are taken as "
         "Europe/Amsterdam's.\n"},
        {"tzone://Microsoft/Utc", "2026-03-10T09:00Z", ""}, // the quotes forgotten
        {"../../etc/passwd", "2026-03-10T08:00Z",
         "6 The time zone \"../../etc/passwd\" is not known; its times are taken as Europe/Amsterdam's.\n"},
        {"Mars/Olympus", "2026-03-10T08:00Z",
         "6 The time zone \"Mars/Olympus\" is not known; its times are taken as Europe/Amsterdam's.\n"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.tzid));
        // Told of once, however often it is written.
        auto text = calendar("UID:1\nDTSTART;TZID=" + std::string(row.tzid) +
                             ":20260310T090000\nDTEND;TZID=" + row.tzid + ":20260310T093000\nSUMMARY:a");
        CHECK(told(text, question("2026-03-09T00:00:00Z", "2026-03-12T00:00:00Z")) ==
              std::string(row.from) + " +1800 a\n" + row.warned);
    }
}

TEST_CASE("every zone that Windows names is one of this machine") {
    CHECK(iana_of_windows("W. Europe Standard Time") == "Europe/Berlin");
    for (auto [windows, iana] : windows_zones()) {
        CAPTURE(windows);
        CHECK(zones().find(iana));
    }
    CHECK(windows_zones().size() >= 139);
}

namespace {

constexpr std::string_view outlook_zone = "BEGIN:VTIMEZONE\n"
                                          "TZID:Custom\n"
                                          "BEGIN:STANDARD\n"
                                          "DTSTART:16010101T030000\n"
                                          "TZOFFSETFROM:+0200\n"
                                          "TZOFFSETTO:+0100\n"
                                          "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\n"
                                          "END:STANDARD\n"
                                          "BEGIN:DAYLIGHT\n"
                                          "DTSTART:16010101T020000\n"
                                          "TZOFFSETFROM:+0100\n"
                                          "TZOFFSETTO:+0200\n"
                                          "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\n"
                                          "END:DAYLIGHT\n"
                                          "END:VTIMEZONE\n";

} // namespace

TEST_CASE("a VTIMEZONE is what its own TZID means, every night as Amsterdam's") {
    constexpr std::string_view daily = "UID:1\nDTSTART;TZID=Custom:20160101T023000\nRRULE:FREQ=DAILY\nSUMMARY:a";
    constexpr std::string_view same =
        "UID:1\nDTSTART;TZID=Europe/Amsterdam:20160101T023000\nRRULE:FREQ=DAILY\nSUMMARY:a";
    auto asked = question("2016-01-01T00:00:00Z", "2036-12-31T00:00:00Z", "UTC");
    asked.limits.per_series = 10'000;
    const auto want = told(calendar(same), asked);
    CHECK(want.size() > 7'000 * 30);
    CHECK(told(calendar(daily, outlook_zone), asked) == want);
    // A misleading name does not matter: the calendar says what it means.
    std::string misnamed(outlook_zone);
    misnamed.replace(misnamed.find("Custom"), 6, "Asia/Tokyo");
    CHECK(told(calendar("UID:1\nDTSTART;TZID=Asia/Tokyo:20160101T023000\nRRULE:FREQ=DAILY\nSUMMARY:a", misnamed),
               asked) == want);
}

TEST_CASE("VTIMEZONEs with dates, ends and holes") {
    constexpr std::string_view odd = "BEGIN:VTIMEZONE\nTZID:Odd\n"
                                     "BEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\n"
                                     "END:STANDARD\n"
                                     "BEGIN:DAYLIGHT\nDTSTART:20260301T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0330\n"
                                     "RDATE:20260401T000000,20260501T000000\nEND:DAYLIGHT\n"
                                     "BEGIN:STANDARD\nDTSTART:20260315T000000\nTZOFFSETFROM:+0330\nTZOFFSETTO:+0100\n"
                                     "RRULE:FREQ=MONTHLY;UNTIL=20260414T203000Z\nEND:STANDARD\n"
                                     "BEGIN:STANDARD\nDTSTART:20270101T000000\nTZOFFSETFROM:+0100\nEND:STANDARD\n"
                                     "END:VTIMEZONE\n";
    const auto text = calendar("UID:1\nDTSTART;TZID=Odd:20190110T120000\nRRULE:FREQ=MONTHLY\nSUMMARY:a\n\n"
                               "UID:2\nDTSTART;TZID=Odd:20190120T120000\nRRULE:FREQ=MONTHLY\nSUMMARY:b",
                               odd);
    CHECK(told(text, question("2019-12-15T00:00:00Z", "2020-01-15T00:00:00Z")) ==
          "2019-12-20T12:00Z +0 b [20191220T120000Z]\n2020-01-10T11:00Z +0 a [20200110T110000Z]\n");
    CHECK(told(text, question("2026-03-01T00:00:00Z", "2026-06-01T00:00:00Z")) ==
          "2026-03-10T08:30Z +0 a [20260310T083000Z]\n2026-03-20T11:00Z +0 b [20260320T110000Z]\n"
          "2026-04-10T08:30Z +0 a [20260410T083000Z]\n2026-04-20T11:00Z +0 b [20260420T110000Z]\n"
          "2026-05-10T08:30Z +0 a [20260510T083000Z]\n2026-05-20T08:30Z +0 b [20260520T083000Z]\n");
    // Nothing in it: its name may still say something.
    const auto empty = calendar("UID:1\nDTSTART;TZID=Eastern Standard Time:20260110T120000\nSUMMARY:a",
                                "BEGIN:VTIMEZONE\nTZID:Eastern Standard Time\nEND:VTIMEZONE\n");
    CHECK(told(empty, question("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")) ==
          "2026-01-10T17:00Z +0 a\n9 The VTIMEZONE of line 4 cannot be used.\n");
}

TEST_CASE("a VTIMEZONE by a name that needs quotes or escapes, with and without them") {
    const std::string zone = "BEGIN:VTIMEZONE\nTZID:(UTC-05:00) Here\\, There\nBEGIN:STANDARD\n"
                             "DTSTART:19700101T000000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0500\nEND:STANDARD\n"
                             "END:VTIMEZONE\n";
    for (const char* name : {"\"(UTC-05:00) Here, There\"", "(UTC-05:00) Here, There", "(UTC-05:00) Here\\, There"}) {
        CAPTURE(std::string(name));
        const auto text = calendar("UID:1\nDTSTART;TZID=" + std::string(name) + ":20260110T120000\nSUMMARY:a", zone);
        CHECK(told(text, question("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")) == "2026-01-10T17:00Z +0 a\n");
    }
}

TEST_CASE("each VCALENDAR has its own zones") {
    auto zone = [](std::string offset) {
        return "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:" + offset +
               "\nTZOFFSETTO:" + offset + "\nEND:STANDARD\nEND:VTIMEZONE\n";
    };
    const auto text = calendar("UID:1\nDTSTART;TZID=Mine:20260110T120000\nSUMMARY:a", zone("+0500")) +
                      calendar("UID:2\nDTSTART;TZID=Mine:20260110T120000\nSUMMARY:b", zone("-0330"));
    CHECK(told(text, question("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")) ==
          "2026-01-10T07:00Z +0 a\n2026-01-10T15:30Z +0 b\n");
}
