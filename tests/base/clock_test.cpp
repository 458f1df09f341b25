// RFC 3339 in both directions: what is written, what is read with any offset, and what is refused.
#include <doctest/doctest.h>

#include "base/clock.hpp"

using namespace lamp;

namespace {

Wall at(long long ms) {
    return Wall(milliseconds(ms));
}

} // namespace

TEST_CASE("times are written in UTC with three decimals") {
    struct Row {
        long long ms;
        std::string_view text;
    };
    const Row rows[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1, "1970-01-01T00:00:00.001Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {951'782'399'999, "2000-02-28T23:59:59.999Z"},
        {951'782'400'000, "2000-02-29T00:00:00.000Z"},
        {1'795'341'600'123, "2026-11-22T10:00:00.123Z"}, // the sample of interface 5
        {4'107'542'400'000, "2100-03-01T00:00:00.000Z"},
        {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
    };
    for (const Row& row : rows) {
        CHECK(rfc3339(at(row.ms)) == row.text);
        auto back = parse_rfc3339(row.text);
        REQUIRE(back.has_value());
        CHECK(*back == at(row.ms));
        char text[32] = {};
        CHECK(write_rfc3339(text, at(row.ms)) == text + 24);
    }
}

TEST_CASE("times are read with any offset and zero to nine decimals") {
    struct Row {
        std::string_view text;
        std::string_view same_as;
    };
    const Row rows[] = {
        {"2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z"},
        {"2026-11-22t10:00:00z", "2026-11-22T10:00:00.000Z"},
        {"2026-11-22 10:00:00Z", "2026-11-22T10:00:00.000Z"},
        {"2026-11-22T11:00:00+01:00", "2026-11-22T10:00:00.000Z"},
        {"2026-01-02T10:00:00.000+01:00", "2026-01-02T09:00:00.000Z"}, // as BroadWorks' call logs write it
        {"2026-11-22T00:30:00+05:45", "2026-11-21T18:45:00.000Z"},
        {"2026-12-31T23:00:00-08:00", "2027-01-01T07:00:00.000Z"},
        {"2026-11-22T10:00:00-00:00", "2026-11-22T10:00:00.000Z"},
        {"2026-11-22T10:00:00.1Z", "2026-11-22T10:00:00.100Z"},
        {"2026-11-22T10:00:00.12Z", "2026-11-22T10:00:00.120Z"},
        {"2026-11-22T10:00:00.1239Z", "2026-11-22T10:00:00.123Z"},
        {"2026-11-22T10:00:00.123456789Z", "2026-11-22T10:00:00.123Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"}, // a leap second
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        auto time = parse_rfc3339(row.text);
        REQUIRE(time.has_value());
        CHECK(rfc3339(*time) == row.same_as);
    }
}

TEST_CASE("what is no RFC 3339 time is refused") {
    for (std::string_view text : {"",
                                  "now",
                                  "2026-11-22",
                                  "10:00:00Z",
                                  "2026-11-22T10:00Z",
                                  "2026-11-22T10:00:00", // no zone
                                  "2026-11-22T10:00:00+0100",
                                  "2026-11-22T10:00:00+01",
                                  "2026-11-22T10:00:00.Z",
                                  "2026-11-22T10:00:00,5Z",
                                  "2026-11-22T10:00:00.1234567890Z",
                                  "2026-13-01T10:00:00Z",
                                  "2026-00-01T10:00:00Z",
                                  "2026-02-29T10:00:00Z",
                                  "2026-11-31T10:00:00Z",
                                  "2026-11-22T24:00:00Z",
                                  "2026-11-22T10:60:00Z",
                                  "2026-11-22T10:00:61Z",
                                  "26-11-22T10:00:00Z",
                                  "02026-11-22T10:00:00Z",
                                  "2026-1-22T10:00:00Z",
                                  "-026-11-22T10:00:00Z",
                                  "2026--1-22T10:00:00Z",
                                  "2026-11-22T10:00:00Z ",
                                  " 2026-11-22T10:00:00Z",
                                  "2026-11-22T10:00:00ZZ",
                                  "2026-11-22T10:00:00+24:00",
                                  "2026-11-22T10:00:00+01:60",
                                  "2026-11-22T10:00:00+99:99",
                                  "2026/11/22T10:00:00Z",
                                  "2026-11-22T+1:00:00Z",
                                  "2026-11-22T10:00:00.5"}) {
        CAPTURE(text);
        auto time = parse_rfc3339(text);
        REQUIRE_FALSE(time.has_value());
        CHECK(time.error().category == Category::invalid);
    }
}
