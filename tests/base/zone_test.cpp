// Zones: what the wall shows, both nights on which it jumps, years beyond the table, and names that lead nowhere.
#include <doctest/doctest.h>

#include "base/zones.hpp"

using namespace lamp;
using namespace std::chrono;

namespace {

Wall at(std::string_view text) {
    return parse_rfc3339(text).value();
}
Local wall(int y, unsigned m, unsigned d, int h = 0, int min = 0, int s = 0) {
    return Local(local_days{year(y) / m / d}) + hours(h) + minutes(min) + seconds(s);
}

} // namespace

TEST_CASE("a local time is one instant: gaps forward, overlaps first, midnight where it is skipped") {
    Zones zones;
    struct Row {
        const char* zone;
        Local local;
        const char* instant;
    };
    const Row rows[] = {
        {"Europe/Amsterdam", wall(2026, 1, 15, 9), "2026-01-15T08:00:00Z"},
        {"Europe/Amsterdam", wall(2026, 7, 15, 9), "2026-07-15T07:00:00Z"},
        // The night of 29 March: 02:00 to 03:00 is skipped.
        {"Europe/Amsterdam", wall(2026, 3, 29, 1, 59, 59), "2026-03-29T00:59:59Z"},
        {"Europe/Amsterdam", wall(2026, 3, 29, 2), "2026-03-29T01:00:00Z"},
        {"Europe/Amsterdam", wall(2026, 3, 29, 2, 30), "2026-03-29T01:30:00Z"},
        {"Europe/Amsterdam", wall(2026, 3, 29, 3), "2026-03-29T01:00:00Z"},
        // 25 October: 02:00 to 03:00 is shown twice.
        {"Europe/Amsterdam", wall(2026, 10, 25, 1, 59, 59), "2026-10-24T23:59:59Z"},
        {"Europe/Amsterdam", wall(2026, 10, 25, 2, 30), "2026-10-25T00:30:00Z"},
        {"Europe/Amsterdam", wall(2026, 10, 25, 3), "2026-10-25T02:00:00Z"},
        // Ten years back and on, and beyond the table.
        {"Europe/Amsterdam", wall(2016, 3, 27, 2, 30), "2016-03-27T01:30:00Z"},
        {"Europe/Amsterdam", wall(2016, 10, 30, 2, 30), "2016-10-30T00:30:00Z"},
        {"Europe/Amsterdam", wall(2036, 3, 30, 2, 30), "2036-03-30T01:30:00Z"},
        {"Europe/Amsterdam", wall(2036, 10, 26, 2, 30), "2036-10-26T00:30:00Z"},
        {"Europe/Amsterdam", wall(2050, 7, 1, 12), "2050-07-01T10:00:00Z"},
        {"Europe/Amsterdam", wall(2050, 12, 1, 12), "2050-12-01T11:00:00Z"},
        {"Europe/Amsterdam", wall(2050, 3, 27, 2, 30), "2050-03-27T01:30:00Z"},
        {"Europe/Amsterdam", wall(2050, 10, 30, 2, 30), "2050-10-30T00:30:00Z"},
        {"America/New_York", wall(2026, 3, 8, 2, 30), "2026-03-08T07:30:00Z"},
        {"America/New_York", wall(2026, 11, 1, 1, 30), "2026-11-01T05:30:00Z"},
        {"Australia/Lord_Howe", wall(2026, 10, 4, 2, 15), "2026-10-03T15:45:00Z"}, // half an hour, southern summer
        {"Australia/Sydney", wall(2050, 1, 1), "2049-12-31T13:00:00Z"},
        {"Asia/Kolkata", wall(2026, 5, 1, 9), "2026-05-01T03:30:00Z"},
        {"America/Sao_Paulo", wall(2018, 11, 4), "2018-11-04T03:00:00Z"}, // 00:00 is 01:00
        {"America/Sao_Paulo", wall(2018, 2, 18), "2018-02-18T03:00:00Z"}, // 24:00 was 23:00
        {"America/Havana", wall(2026, 11, 1), "2026-11-01T04:00:00Z"},    // midnight twice
        {"Pacific/Apia", wall(2011, 12, 30, 12), "2011-12-30T22:00:00Z"}, // a day that was not
        {"UTC", wall(2026, 3, 29, 2, 30), "2026-03-29T02:30:00Z"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.zone);
        CAPTURE(row.instant);
        auto zone = zones.find(row.zone);
        REQUIRE(zone);
        CHECK(rfc3339(zone->instant(row.local)) == rfc3339(at(row.instant)));
    }
}

TEST_CASE("days on which the clocks jump have 23 and 25 hours") {
    auto zone = Zones().find("Europe/Amsterdam").value();
    auto length = [&](unsigned m, unsigned d) {
        Day day = local_days{year(2026) / m / d};
        return zone.midnight(day + days(1)) - zone.midnight(day);
    };
    CHECK(length(3, 28) == hours(24));
    CHECK(length(3, 29) == hours(23));
    CHECK(length(10, 25) == hours(25));
}

TEST_CASE("every instant is shown, and what is shown is an instant at which it is shown") {
    Zones zones;
    for (const char* name : {"Europe/Amsterdam", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe",
                             "Europe/Dublin", "America/Havana", "Asia/Tehran", "Pacific/Chatham"}) {
        CAPTURE(name);
        auto zone = zones.find(name).value();
        for (Wall time = at("2016-01-01T00:07:00Z"); time < at("2046-01-01T00:00:00Z"); time += minutes(487)) {
            Local shown = zone.local(time);
            Wall back = zone.instant(shown);
            REQUIRE(zone.local(back) == shown);
            REQUIRE(back <= time); // the first of two
            REQUIRE(time - back <= hours(1));
        }
    }
}

TEST_CASE("the minute of the week begins on Monday, local") {
    auto zone = Zones().find("Europe/Amsterdam").value();
    CHECK(zone.minute_of_week(at("2026-11-22T22:59:59.999Z")) == 10'079);
    CHECK(zone.minute_of_week(at("2026-11-22T23:00:00Z")) == 0);
    CHECK(zone.minute_of_week(at("2026-11-26T18:27:00Z")) == 3 * 1440 + 19 * 60 + 27);
    CHECK(zone.minute_of_week(at("1969-12-31T23:30:00Z")) == 3 * 1440 + 30); // Amsterdam was at +1 then
    CHECK(Zone().minute_of_week(at("2026-07-01T00:00:00Z")) == 2 * 1440);
}

TEST_CASE("a zone is found by its name in any case, and by nothing that leads elsewhere") {
    Zones zones;
    CHECK(zones.find("europe/AMSTERDAM")->name() == "Europe/Amsterdam");
    CHECK(zones.find("America/Argentina/Buenos_Aires"));
    CHECK(zones.find("Etc/GMT+12")->offset(at("2026-01-01T00:00:00Z")) == -hours(12));
    for (const char* name : {"", "Europe", "Europe/", "/Europe/Amsterdam", "../zoneinfo/UTC", "Europe/../UTC",
                             "Europe/Atlantis", "posix/UTC", "right/UTC", "tzdata.zi", "iso3166.tab", "W. Europe"}) {
        CAPTURE(name);
        CHECK_FALSE(zones.find(name));
    }
    CHECK_FALSE(Zones("/nowhere/at/all").find("UTC"));
}

TEST_CASE("a list of changes is a zone") {
    auto zone = Zone::of("X", hours(1),
                         {{sys_days{2026y / 10 / 25} + hours(1), hours(1)},
                          {sys_days{2026y / 3 / 29} + hours(1), hours(5)},
                          {sys_days{2026y / 3 / 29} + hours(1), hours(2)}});
    CHECK(zone.offset(at("2026-03-29T00:59:59.999Z")) == hours(1));
    CHECK(zone.offset(at("2026-03-29T01:00:00Z")) == hours(2));
    CHECK(zone.offset(at("2026-10-25T01:00:00Z")) == hours(1));
    CHECK(zone.offset(at("2030-07-01T00:00:00Z")) == hours(1));
    CHECK(Zone::fixed(-minutes(210), "N").offset(at("2026-01-01T00:00:00Z")) == -minutes(210));
}

TEST_CASE("what was made of descriptions is remembered, the latest 256 and no long ones") {
    Zones zones;
    CHECK_FALSE(zones.described("0"));
    for (int i = 0; i < 257; ++i)
        zones.remember(std::to_string(i), Zone::fixed(seconds(i), "X"));
    CHECK_FALSE(zones.described("0"));
    CHECK(zones.described("1")->offset(at("2026-01-01T00:00:00Z")) == seconds(1));
    zones.remember("1", Zone::fixed(seconds(7), "X"));
    CHECK(zones.described("1")->offset(at("2026-01-01T00:00:00Z")) == seconds(7));
    CHECK(zones.described("2"));
    zones.remember(std::string(20'000, 'x'), Zone());
    CHECK_FALSE(zones.described(std::string(20'000, 'x')));
}

TEST_CASE("what is no zone file is refused") {
    CHECK_FALSE(Zone::parse("", "x"));
    CHECK_FALSE(Zone::parse("TZif2", "x"));
    CHECK_FALSE(Zone::parse("<html>" + std::string(100, 'x'), "x"));
    std::string head = "TZif2" + std::string(15, '\0') + std::string(24, '\xff');
    CHECK_FALSE(Zone::parse(head, "x"));
    // Cut short, and with a type that does not exist.
    std::string one("TZif\0", 5);
    one += std::string(15, '\0');
    auto put = [&](unsigned value) { one += std::string{'\0', '\0', '\0', static_cast<char>(value)}; };
    for (unsigned count : {0U, 0U, 0U, 1U, 1U, 4U})
        put(count);
    put(100); // the change
    one += '\1';
    put(60);
    one += std::string("\0\0ABC\0", 6);
    auto refused = Zone::parse(one, "x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text == "The time zone x is damaged.");
    one[48] = '\0';
    REQUIRE(Zone::parse(one, "x"));
    CHECK(Zone::parse(one, "x")->offset(at("2026-01-01T00:00:00Z")) == seconds(60));
    for (std::size_t cut = 0; cut < one.size(); ++cut)
        CHECK_FALSE(Zone::parse(one.substr(0, cut), "x"));
}
