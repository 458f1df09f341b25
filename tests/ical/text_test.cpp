// The text of calendars: lines, names, parameters, escapes, and what is no calendar (RFC 5545 3.1; cloud-apis.md G4).
#include "here.hpp"

using namespace testing;

namespace {

const Question day = question("2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z");
constexpr std::string_view start = "UID:1\nDTSTART:20260310T090000Z\n";

Occurrence only(std::string_view bytes, const Question& asked = day) {
    auto answer = expand(bytes, asked, zones());
    REQUIRE(answer);
    REQUIRE(answer->occurrences.size() == 1);
    return answer->occurrences[0];
}
std::string title(std::string_view property) {
    return only(calendar(std::string(start) + std::string(property))).title;
}
std::string bare(std::string text) {
    std::erase(text, '\r');
    return text;
}

} // namespace

TEST_CASE("titles as they are meant") {
    CHECK(title("SUMMARY:+31 20 123 45 67") == "+31 20 123 45 67");
    CHECK(title("summary:lower") == "lower");
    CHECK(title("Summary;LANGUAGE=nl:x") == "x");
    CHECK(title("SUMMARY;X-A=\"a:b;c\";X-B=d:x:y;z") == "x:y;z");
    CHECK(title("SUMMARY;X-A=\"unclosed:x") == "x");
    CHECK(title("SUMMARY:a\\, b\\; c\\\\ d\\ne\\Nf") == "a, b; c\\ d\ne\nf");
    CHECK(title("SUMMARY:a\\:b \\q \\") == "a:b \\q \\");
    CHECK(title("SUMMARY:") == "");
    CHECK(title("SUMMARY:first\nSUMMARY:second") == "first");
    CHECK(title("SUMMARY:+31 20\n  123 45\n\t67") == "+31 20 123 4567");
    CHECK(title("SUM\n MARY:x") == "x");
    CHECK(title("SUMMARY:caf\xc3\n \xa9") == "caf\xc3\xa9"); // a character cut in two
    CHECK(title("SUMMARY:caf\xe9") == "caf\xc3\xa9");        // Latin-1
    CHECK(title(std::string("SUMMARY:a\0b\x07"
                            "c",
                            13)) == "abc");
    CHECK(title("DESCRIPTION:x\nBEGIN:VALARM\nSUMMARY:alarm\nDESCRIPTION:ring\nDURATION:PT5M\nEND:VALARM") == "");
}

TEST_CASE("all that is told of an event") {
    auto asked = day;
    asked.owners = {"alice@example.net", "Alice.Jansen@example.net"};
    auto one =
        only(calendar(std::string(start) + "SUMMARY:a\nDESCRIPTION:line\\nline\nLOCATION:Room 1\nSTATUS:TENTATIVE\n"
                                           "TRANSP:TRANSPARENT\nCLASS:PRIVATE\nDURATION:PT1H\n"
                                           "ATTENDEE;CN=\"Bob: B\";PARTSTAT=ACCEPTED:mailto:bob@example.net\n"
                                           "ATTENDEE;PARTSTAT=DECLINED;CN=Alice:MAILTO:alice.jansen@EXAMPLE.net"),
             asked);
    CHECK(one == Occurrence{"1", "", "a", "line\nline", "Room 1", at("2026-03-10T09:00:00Z"),
                            at("2026-03-10T10:00:00Z"), false, false, true, true, true, true});
    // Somebody else has declined; the owner has accepted.
    CHECK_FALSE(only(calendar(std::string(start) + "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.net\n"
                                                   "ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@example.net"),
                     asked)
                    .declined);
    // As Apple writes it.
    CHECK(only(calendar(std::string(start) +
                        "ATTENDEE;PARTSTAT=DECLINED;EMAIL=alice@example.net:/principals/users/alice"),
               asked)
              .declined);
    CHECK_FALSE(only(calendar(std::string(start) + "ATTENDEE;PARTSTAT=DECLINED:mailto:alice@example.net")).declined);
    CHECK(only(calendar(std::string(start) + "X-MICROSOFT-CDO-BUSYSTATUS:FREE")).free);
    CHECK_FALSE(only(calendar(std::string(start) + "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nTRANSP:OPAQUE")).free);
    CHECK_FALSE(only(calendar(std::string(start) + "CLASS:PUBLIC")).private_event);
}

TEST_CASE("line ends of every kind, a byte order mark, no last line end, any case") {
    const auto text = calendar(std::string(start) + "SUMMARY:a\n b");
    auto again = [&](std::string bytes) { return told(bytes, day); };
    CHECK(again(text) == "2026-03-10T09:00Z +0 ab\n");
    CHECK(again(bare(text)) == again(text));
    std::string carriage = text;
    std::erase(carriage, '\n');
    CHECK(again(carriage) == again(text));
    CHECK(again("\xef\xbb\xbf" + text) == again(text));
    CHECK(again("\r\n\r\n" + text + "\r\n\r\n") == again(text));
    CHECK(again(text.substr(0, text.size() - 2)) == again(text));
    std::string low = text;
    for (std::string_view word : {"BEGIN", "END", "VCALENDAR", "VEVENT", "DTSTART", "SUMMARY", "UID"})
        for (auto found = low.find(word); found != low.npos; found = low.find(word))
            for (std::size_t i = 0; i < word.size(); ++i)
                low[found + i] = static_cast<char>(low[found + i] + 32);
    CHECK(again(low) == again(text));
    CHECK(again(text + text) == again(text)); // twice the same event is the same event
}

TEST_CASE("what is no calendar, or not all of one") {
    CHECK(told("", day) == "error: This is no iCalendar: it is empty.");
    CHECK(told(" \r\n\r\n", day) == "error: This is no iCalendar: it is empty.");
    for (std::string_view other : {"<!DOCTYPE html><html></html>", "BEGIN:VCARD\r\nEND:VCARD\r\n", "{}",
                                   "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "B\0E\0G\0I\0N\0:\0"})
        CHECK(told(other, day) == "error: This is no iCalendar: it does not begin with BEGIN:VCALENDAR.");
    const auto text = calendar(std::string(start) + "SUMMARY:a");
    CHECK(told(text.substr(0, text.find("SUMMARY")), day) ==
          "error: The calendar ends within a vevent: it was cut off.");
    CHECK(told(text.substr(0, text.rfind("END:")), day) ==
          "error: The calendar ends within a vcalendar: it was cut off.");
    // Any cut is an error, except those of the last line's end.
    for (std::size_t cut = 0; cut < text.size() - 2; ++cut)
        REQUIRE_FALSE(expand(text.substr(0, cut), day, zones()));
    CHECK(told("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", day).empty());
    CHECK(told("BEGIN:VCALENDAR\nBEGIN:VTODO\nDTSTART:20260310T090000Z\nEND:VTODO\nEND:VCALENDAR", day).empty());
}

TEST_CASE("broken lines cost nothing but themselves") {
    CHECK(told(calendar(std::string(start) + "SUMMARY:a\nhalf a line\n: nothing\n;:\nEND:VALARM\n\xff\xfe:x"), day) ==
          "2026-03-10T09:00Z +0 a\n"
          "8 This line is no property; it is ignored.\n9 This line is no property; it is ignored.\n"
          "10 This line is no property; it is ignored.\n11 This END has no BEGIN; it is ignored.\n"
          "12 This line is no property; it is ignored.\n");
    // Ends that were forgotten.
    CHECK(told(calendar("UID:1\nDTSTART:20260310T090000Z\nSUMMARY:a\nBEGIN:VALARM\nBEGIN:VEVENT\nUID:9\nEND:VEVENT"),
               day) == "2026-03-10T09:00Z +0 a\n"
                       "12 What was begun before this line has no END; it is taken to end here.\n");
    CHECK(told("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260310T090000Z\nSUMMARY:a\n"
               "BEGIN:VEVENT\nUID:2\nDTSTART:20260310T100000Z\nSUMMARY:b\nEND:VCALENDAR\n",
               day) == "2026-03-10T09:00Z +0 a\n2026-03-10T10:00Z +0 b\n"
                       "6 What was begun before this line has no END; it is taken to end here.\n"
                       "10 What was begun before this line has no END; it is taken to end here.\n");
}

TEST_CASE("how often the feed wants to be read") {
    auto refresh = [&](std::string_view line) {
        auto answer = expand(calendar("", line), day, zones());
        REQUIRE(answer);
        return answer->refresh;
    };
    CHECK(refresh("REFRESH-INTERVAL;VALUE=DURATION:PT12H\n") == milliseconds(43'200'000));
    CHECK(refresh("X-PUBLISHED-TTL:PT15M\n") == milliseconds(900'000));
    CHECK(refresh("X-PUBLISHED-TTL:often\n") == std::nullopt);
    CHECK(refresh("") == std::nullopt);
}
