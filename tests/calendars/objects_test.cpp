// What is held of a calendar: ETags, limits, what is told again and what is not.
#include "adapters/calendars/objects.hpp"

#include "here.hpp"

using namespace testing;
using calendars::Objects;
using calendars::Rules;

namespace {

std::string text_of(const std::string& title) {
    return one_event({title, title});
}

} // namespace

TEST_CASE("ETags are compared as they are") {
    Objects objects{Rules{}};
    CHECK_FALSE(objects.holds("/a", "\"1\""));
    CHECK(objects.put("/a", "\"1\"", "x"));
    CHECK(objects.holds("/a", "\"1\""));
    CHECK_FALSE(objects.holds("/a", "W/\"1\""));
    CHECK_FALSE(objects.holds("/b", "\"1\""));
    CHECK(objects.put("/a", "", "x"));
    CHECK_FALSE(objects.holds("/a", ""));
}

TEST_CASE("limits refuse and change nothing") {
    Objects objects(Rules{}, 2, 60);
    CHECK(objects.put("/a", "1", std::string(20, 'a')));
    CHECK(objects.put("/b", "1", std::string(20, 'b')));
    CHECK(objects.bytes() == 46);
    CHECK_FALSE(objects.put("/c", "1", "c"));
    CHECK(objects.put("/a", "2", std::string(30, 'a')));
    CHECK_FALSE(objects.put("/a", "3", std::string(40, 'a')));
    CHECK(objects.holds("/a", "2"));
    objects.drop("/b");
    objects.drop("/b");
    CHECK(objects.put("/a", "3", std::string(40, 'a')));
    CHECK(objects.bytes() == 43);
    objects.keep_only({"/z"});
    CHECK(objects.size() == 0);
    CHECK(objects.bytes() == 0);
}

TEST_CASE("the same is not told twice") {
    Objects objects{Rules{}};
    CHECK(titles(objects.tell(march)) == "");
    CHECK(titles(objects.tell(march)) == "same");
    CHECK(objects.put("/a", "1", text_of("2001")));
    CHECK(titles(objects.tell(march)) == "2001");
    CHECK(objects.put("/a", "2", text_of("2001"))); // another ETag, the same text
    CHECK(titles(objects.tell(march)) == "same");
    CHECK(objects.put("/a", "3", text_of("2002")));
    CHECK(titles(objects.tell(march)) == "2002");
    objects.drop("/b");
    CHECK(titles(objects.tell(march)) == "same");
    objects.drop("/a");
    CHECK(titles(objects.tell(march)) == "");
    CHECK(titles(objects.tell({march.from, march.until + 1h})) == "");
    CHECK(titles(objects.tell(march)) == "");
}

TEST_CASE("hostile appointments share one measure of work, and take nothing from the others") {
    Objects objects{Rules{}};
    CHECK(objects.put("/z", "1", text_of("2001")));
    const std::string hostile = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nDTSTART:19000101T000000Z\n"
                                "RRULE:FREQ=SECONDLY;BYSECOND=0,1,2,3,4;COUNT=4000000000\n"
                                "END:VEVENT\nEND:VCALENDAR\n";
    for (int i = 0; i < 200; ++i)
        CHECK(objects.put("/h" + std::to_string(i), "1", hostile));
    CHECK(titles(objects.tell(march)) == "2001");
    CHECK(objects.steps() > 200 * 20'000);
    CHECK(objects.steps() < 25'000'000); // each on its own would take 44 million
}
