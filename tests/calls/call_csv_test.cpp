// Call records as CSV: columns, quoting, and nothing that a spreadsheet would run.
#include <doctest/doctest.h>

#include "calls/call_csv.hpp"

using namespace lamp;
using namespace lamp::calls;
using namespace std::chrono_literals;

namespace {

const Wall nine = parse_rfc3339("2026-11-26T09:00:00.000Z").value();

} // namespace

TEST_CASE("columns") {
    calls::CallRecord record;
    record.id = "00ff";
    record.person = "alice";
    record.line = "alice@x";
    record.incoming = true;
    record.remote_number = "+31612345678";
    record.remote_name = "Zoë \"Z\"; Dijk";
    record.started = nine;
    record.answered = nine + 1500ms;
    record.ended = nine + 61'500ms;
    record.rang = 1500ms;
    record.held = 2s;
    record.result = calls::CallResult::answered;
    record.moved_to = "2002";
    std::string text(csv_head());
    append_csv(text, record, nine);
    CHECK(text ==
          "call_id;start_utc;direction;user;line;remote;remote_name;ddi;queue;result;ring_s;talk_s;hold_s;"
          "transferred_from;transferred_to;source\r\n"
          "00ff;2026-11-26T09:00:00.000Z;in;alice;alice@x;+31612345678;\"Zoë \"\"Z\"\"; Dijk\";;;answered;1.500;60.000;"
          "2.000;;2002;event\r\n");
}

TEST_CASE("what looks like a formula is text") {
    struct Row {
        const char* name;
        const char* field;
    };
    for (const auto& row : {Row{"=1+1", ";'=1+1;"}, Row{"+31x", ";'+31x;"}, Row{"-1+x", ";'-1+x;"}, Row{"-1", ";-1;"},
                            Row{"@SUM(A1)", ";'@SUM(A1);"}, Row{"\t=1", ";'\t=1;"}, Row{"+31201", ";+31201;"},
                            Row{"a=1", ";a=1;"}, Row{"two\nlines", ";\"two\nlines\";"}}) {
        calls::CallRecord record;
        record.remote_name = row.name;
        std::string text;
        append_csv(text, record, nine);
        CAPTURE(text);
        CHECK(text.find(row.field) != std::string::npos);
    }
}
