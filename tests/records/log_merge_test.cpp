// Call logs beside what was heard: who is who, what is new, what is settled by it.
#include "here.hpp"
#include "records/log_merge.hpp"

using namespace testing;
using calls::CallRecord;
using calls::CallResult;

namespace {

const LogSpan span{nine, nine + 1h};

LogEntry entry(LogKind kind, std::string number, milliseconds after, std::string country = {}) {
    return {.kind = kind, .number = std::move(number), .country_code = std::move(country), .time = nine + after};
}
CallRecord heard(std::string number, milliseconds after, bool incoming = true) {
    CallRecord record;
    record.id = "1";
    record.person = "alice";
    record.line = "alice@x";
    record.incoming = incoming;
    record.remote_number = std::move(number);
    record.started = nine + after;
    record.ended = nine + after + 5s;
    record.result = CallResult::missed;
    record.why = calls::End::not_answered;
    return record;
}
Merged merge_of(const LineLogs& logs, const std::vector<CallRecord>& known) {
    return merge(logs, known, span, "alice@x", {"alice"});
}

} // namespace

TEST_CASE("which entries are calls that were heard") {
    struct Row {
        const char* what;
        LogEntry entry;
        bool known;
    };
    std::vector<CallRecord> known{heard("+31612345678", 10min), heard("2002", 20min), heard("", 30min),
                                  heard("+31612345678", 40min, false)};
    for (const auto& row : {
             Row{"the same", entry(LogKind::missed, "+31612345678", 10min), true},
             Row{"90 seconds before", entry(LogKind::missed, "+31612345678", 10min - 90s), true},
             Row{"more", entry(LogKind::missed, "+31612345678", 10min - 90s - 1ms), false},
             Row{"90 seconds after", entry(LogKind::missed, "+31612345678", 10min + 90s), true},
             Row{"written nationally", entry(LogKind::missed, "0612345678", 10min), true},
             Row{"with its country", entry(LogKind::missed, "612345678", 10min, "31"), true},
             Row{"another number", entry(LogKind::missed, "+31612345679", 10min), false},
             Row{"an extension", entry(LogKind::received, "2002", 20min), true},
             Row{"a longer one", entry(LogKind::received, "12002", 20min), false},
             Row{"withheld", entry(LogKind::missed, "", 30min), true},
             Row{"withheld, and none was", entry(LogKind::missed, "", 10min), false},
             Row{"the other direction", entry(LogKind::placed, "+31612345678", 10min), false},
             Row{"placed", entry(LogKind::placed, "+31612345678", 40min), true},
         }) {
        CAPTURE(row.what);
        auto merged = merge_of({row.entry}, known);
        CHECK(merged.added.size() == (row.known ? 0 : 1));
        CHECK(merged.settled.empty());
    }
}

TEST_CASE("what is new, and how much a log tells") {
    auto merged = merge_of({entry(LogKind::missed, "612345678", 10min, "31"), entry(LogKind::received, "2002", 11min),
                            entry(LogKind::placed, "+31201230000", 12min)},
                           {});
    REQUIRE(merged.added.size() == 3);
    CHECK(merged.added[0].remote_number == "+31612345678");
    CHECK(merged.added[0].result == CallResult::missed);
    CHECK(merged.added[0].source == calls::RecordSource::call_log);
    CHECK(merged.added[0].uncertain);
    CHECK(merged.added[0].person == "alice");
    CHECK(merged.added[1].result == CallResult::answered);
    CHECK(merged.added[1].remote_number == "2002");
    CHECK_FALSE(merged.added[2].incoming);
    CHECK_FALSE(merged.added[2].result); // placed: nobody tells whether anybody answered
    // What is before and after is not the gap's.
    CHECK(merge_of({entry(LogKind::missed, "2002", -1ms), entry(LogKind::missed, "2002", 1h + 1ms)}, {}).added.empty());
    // Read again, nothing is new.
    CHECK(merge_of({entry(LogKind::missed, "612345678", 10min, "31")}, merged.added).added.empty());
    // A shared line's people each have it, and a line of nobody has it, too.
    CHECK(merge({entry(LogKind::missed, "2002", 1min)}, {}, span, "desk@x", {"dave", "erin"}).added.size() == 2);
    CHECK(merge({entry(LogKind::missed, "2002", 1min)}, {}, span, "desk@x", {}).added.size() == 1);
}

TEST_CASE("one entry is one call") {
    auto two = LineLogs{entry(LogKind::missed, "2002", 10min), entry(LogKind::missed, "2002", 10min + 30s)};
    CHECK(merge_of(two, {heard("2002", 10min)}).added.size() == 1);
    CHECK(merge_of(two, {heard("2002", 10min), heard("2002", 10min + 30s)}).added.empty());
}

TEST_CASE("a call that vanished is settled by the log, once") {
    auto vanished = heard("2002", 10min);
    vanished.uncertain = true;
    vanished.why = calls::End::unknown;
    auto merged = merge_of({entry(LogKind::received, "2002", 10min)}, {vanished});
    REQUIRE(merged.settled.size() == 1);
    CHECK(merged.settled[0].result == CallResult::answered);
    merged = merge_of({entry(LogKind::missed, "2002", 10min)}, {vanished});
    REQUIRE(merged.settled.size() == 1);
    CHECK(merged.settled[0].result == CallResult::missed);
    CHECK(merge_of({entry(LogKind::missed, "2002", 10min)}, merged.settled).settled.empty());
}

TEST_CASE("where less of numbers is kept, less is compared") {
    for (auto numbers : {Numbers::masked, Numbers::none}) {
        std::vector<CallRecord> known{heard(kept_number("+31612345678", numbers), 10min)};
        auto log = LineLogs{entry(LogKind::missed, "612345678", 10min, "31")};
        CHECK(merge(log, known, span, "alice@x", {"alice"}, numbers).added.empty());
        log = {entry(LogKind::missed, "698765432", 20min, "31")};
        CHECK(merge(log, known, span, "alice@x", {"alice"}, numbers).added.size() == 1);
    }
}
