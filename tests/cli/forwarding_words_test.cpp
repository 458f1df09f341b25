// Why did my phone not ring: the words of `forwarding ID` and `why ID`, and times as people type them.
#include <boost/json.hpp>
#include <cstdlib>
#include <ctime>
#include <doctest/doctest.h>

#include "cli/forwarding_words.hpp"

using namespace lamp;
namespace json = boost::json;

namespace {

/// Everything here is in Amsterdam, an hour ahead of UTC in winter.
const bool zoned = [] {
    ::setenv("TZ", "Europe/Amsterdam", 1);
    ::tzset();
    return true;
}();
const Wall now = parse_rfc3339("2026-11-26T10:30:00Z").value();

std::vector<std::string> explained(std::string_view line) {
    return cli::explain_forwarding(json::value{{"lines", json::array{json::parse(line)}}}, now);
}

} // namespace

TEST_CASE("words: times that are over") {
    struct Row {
        std::string_view typed;
        std::string_view meant; // empty: none
    };
    // It is 11:30 in Amsterdam.
    for (const Row& row : {Row{"11:00", "2026-11-26T10:00:00.000Z"}, Row{"10:00", "2026-11-26T09:00:00.000Z"},
                           Row{"11:30", "2026-11-26T10:30:00.000Z"}, Row{"12:00", "2026-11-25T11:00:00.000Z"},
                           Row{"2026-11-20", "2026-11-19T23:00:00.000Z"}, Row{"2026-07-01", "2026-06-30T22:00:00.000Z"},
                           Row{"2026-11-20 08:15", "2026-11-20T07:15:00.000Z"},
                           Row{"2026-11-20T08:15:00Z", "2026-11-20T08:15:00Z"}, Row{"2026-13-40", ""}, Row{"soon", ""}})
        CHECK_MESSAGE(cli::past_time_typed(row.typed, now).value_or("") == row.meant, row.typed);
}

TEST_CASE("words: where calls go, because of whom, until when, what comes after, and what does not count") {
    auto rows = explained(R"({"line":"2000","baseline":{"active":true,"to":"+31201230002"},"claims":[
        {"source":"smartbusy","name":"zoom alice@example.net","to":"1233","from":"2026-11-26T09:00:00.000Z","until":null,
         "state":"in_force","reason":null},
        {"source":"calendar","name":"reception/7f3a","to":"2002","from":"2026-11-26T10:00:00.000Z",
         "until":"2026-11-26T11:00:00.000Z","state":"waiting","reason":"smartbusy zoom comes first"},
        {"source":"calendar","name":"board/1","to":"2003","from":"2026-11-26T08:00:00.000Z",
         "until":"2026-11-27T08:00:00.000Z","state":"resting","reason":"the user has changed the forwarding"},
        {"source":"operator","name":"","to":"112","from":"2026-11-26T10:00:00.000Z","until":null,
         "state":"refused","reason":"112 is an emergency number."}],
        "actual":{"active":true,"to":"1233"},"last_write":{"at":"2026-11-26T09:00:01.000Z","result":"ok"},
        "trouble":null})");
    CHECK(rows == std::vector<std::string>{
                      "2000: calls go to 1233 because of SmartBusy (Zoom), 10:00 until the meeting ends.",
                      "  when that ends: what waits below, else what the user has set: → +31201230002",
                      "  waiting: the calendar reception → 2002, 11:00 to 12:00: smartbusy zoom comes first",
                      "  resting: the calendar board → 2003, 09:00 to Fri 27 Nov 09:00: the user has changed the "
                      "forwarding",
                      "  refused: an operator → 112, 11:00 until it is ended: 112 is an emergency number.",
                      "  last written 10:00: ok"});
}

TEST_CASE("words: lines that nobody diverts, of which nothing is known, that are in trouble") {
    struct Row {
        std::string_view line;
        std::vector<std::string> said;
    };
    const Row table[] = {
        {R"({"line":"2000","baseline":null,"claims":[],"actual":null,"last_write":null,"trouble":null})",
         {"2000: what its calls do is not known yet."}},
        {R"({"line":"2000","baseline":{"active":false,"to":null},"claims":[],"actual":{"active":false,"to":null}})",
         {"2000: calls are not forwarded."}},
        {R"({"line":"2000","baseline":{"active":true,"to":"1"},"claims":[],"actual":{"active":true,"to":"1"}})",
         {"2000: calls go to 1 because the user has set it so."}},
        {R"({"line":"2000","baseline":{"active":false,"to":"1"},"claims":[],"actual":{"active":true,"to":"1"},
             "trouble":"the platform does not answer"})",
         {"2000: calls still go to 1; that is being changed.", "  trouble: the platform does not answer"}},
    };
    for (const Row& row : table)
        CHECK(explained(row.line) == row.said);
    CHECK(cli::explain_forwarding(json::parse(R"({"lines":[],"smartbusy":"excepted"})"), now) ==
          std::vector<std::string>{"SmartBusy: excepted"});
    CHECK(cli::explain_forwarding(json::value(), now).empty());
}

TEST_CASE("words: several claims in force are all told") {
    auto rows = explained(R"({"line":"2000","baseline":{"active":false,"to":null},"claims":[
        {"source":"calendar","name":"a/1","to":"2001","from":"2026-11-26T10:00:00Z","until":"2026-11-26T11:00:00Z",
         "state":"in_force","reason":null},
        {"source":"calendar","name":"b/1","to":"2002","from":"2026-11-26T10:00:00Z","until":"2026-11-26T12:00:00Z",
         "state":"in_force","reason":null}],
        "actual":{"active":true,"to":"2001, 2002"},"last_write":null,"trouble":null})");
    CHECK(rows == std::vector<std::string>{
                      "2000: calls go to 2001, 2002 because of the calendar a and the calendar b.",
                      "  when that ends: what the user has set: no forwarding",
                      "  in force: the calendar a → 2001, 11:00 to 12:00",
                      "  in force: the calendar b → 2002, 11:00 to 13:00",
                  });
}

TEST_CASE("words: do not disturb and the user's own settings keep a phone silent, too") {
    auto why = json::parse(R"({"inputs":[
        {"source":"telephony","value":"idle","line":"2000","dnd":true},
        {"source":"telephony","value":"idle","line":"2001","dnd":false},
        {"source":"commpilot_express","value":"busy → +31201234567","line":"2001"},
        {"source":"forwarding_always","value":"on → 1233","line":"2001"},
        {"source":"forwarding_busy","value":"off","line":"2001"},
        {"source":"forwarding_no_answer","value":"unknown","line":"2001"},
        {"source":"teams","value":"Busy/InACall"}]})");
    CHECK(cli::explain_silence(why) ==
          std::vector<std::string>{"2000: do not disturb is on: its phones do not ring.",
                                   "2001: the user's CommPilot Express: busy → +31201234567."});
}

TEST_CASE("words: the table has a row for each line") {
    auto rows = cli::forwarding_rows(json::parse(R"([{"id":"alice@example.net","lines":[
        {"line":"2000","baseline":{"active":false,"to":null},"claims":[
          {"source":"smartbusy","name":"goto alice@example.net","to":"1233","from":"2026-11-26T09:00:00.000Z","until":null,
           "state":"in_force"},
          {"source":"operator","name":"","to":"112","from":"2026-11-26T09:00:00.000Z","until":null,
           "state":"refused"}],
         "actual":{"active":true,"to":"1233"},"last_write":{"at":"2026-11-26T09:00:01.000Z","result":"ok"}},
        {"line":"2001","baseline":null,"claims":[],"actual":null,"last_write":null}]}])")
                                         .as_array());
    CHECK(cli::print_list(rows, cli::forwarding_columns(), cli::Format::csv) ==
          "PERSON,LINE,NOW,BECAUSE OF,UNTIL,OWN,NOT IN FORCE,WRITTEN,TROUBLE\r\n"
          "alice@example.net,2000,→ 1233,SmartBusy (GoTo),,no forwarding,1,ok,\r\n"
          "alice@example.net,2001,not known yet,,,not known yet,0,,\r\n");
}

TEST_CASE("words: times as people type them, summer and winter") {
    struct Row {
        std::string_view typed;
        std::string_view meant; // empty: it is none
    };
    const Row table[] = {
        {"2026-11-26T17:30:00+01:00", "2026-11-26T17:30:00+01:00"},
        {"17:30", "2026-11-26T16:30:00.000Z"},
        {"11:29", "2026-11-27T10:29:00.000Z"}, // it is 11:30 here
        {"9:00", "2026-11-27T08:00:00.000Z"},
        {"2027-07-01 09:00", "2027-07-01T07:00:00.000Z"},
        {"2027-07-01T09:00", "2027-07-01T07:00:00.000Z"},
        {"24:00", ""},
        {"17:60", ""},
        {"17:30h", ""},
        {"17", ""},
        {"tomorrow", ""},
        {"2026-13-01 09:00", ""},
        {"2026-02-30 09:00", ""},
        {"2026-11-26 17:30 or so", ""},
        {"", ""},
    };
    for (const Row& row : table) {
        CAPTURE(row.typed);
        CHECK(cli::time_typed(row.typed, now).value_or("") == row.meant);
    }
}
