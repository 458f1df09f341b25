// The table by itself: what a report changes, what readers see, since and version, rules exchanged while it runs.
#include "here.hpp"

using namespace testing;

TEST_CASE("a report gives a change only when what is shown has moved") {
    struct Row {
        Source source;
        Cell cell;
        bool change;
        std::string_view status;
        int rule;
    };
    LineReport two_calls;
    two_calls.state = LineState::active;
    two_calls.calls = 2;
    two_calls.at = noon;
    // clang-format off
    const Row rows[] = {
        {Source::telephony,  line_cell(LineState::idle),                    true,  "available",      11},
        {Source::telephony,  line_cell(LineState::idle, false, at_ms(9)),   false, "available",      11}, // later only
        {Source::teams,      teams_cell(TeamsState::available),             true,  "available",      11}, // Teams shows
        {Source::teams,      teams_cell(TeamsState::available, at_ms(10)),  false, "available",      11},
        {Source::telephony,  line_cell(LineState::ringing),                 true,  "ringing",         1},
        {Source::teams,      teams_cell(TeamsState::presenting),            true,  "ringing",         1},
        {Source::telephony,  line_cell(LineState::active),                  true,  "do_not_disturb",  3},
        {Source::teams,      teams_cell(TeamsState::available),             true,  "on_call",         7},
        {Source::telephony,  two_calls.pack(),                              true,  "on_call",         7}, // calls: 2
        {Source::telephony,  line_cell(LineState::idle, true),              true,  "do_not_disturb",  5},
        {Source::telephony,  line_cell(LineState::unknown),                 true,  "available",      11}, // by Teams
        {Source::teams,      teams_cell(TeamsState::offline),               true,  "offline",        12},
        {Source::teams,      teams_cell(TeamsState::unknown),               true,  "unknown",        13},
    };
    // clang-format on
    Table table(4);
    std::uint32_t version = 0;
    long ms = 0;
    for (const Row& row : rows) {
        CAPTURE(row.status);
        CAPTURE(row.rule);
        auto before = table.verdict(2).conclusion.status;
        auto change = table.report(2, row.source, row.cell, at_ms(ms += 1000));
        CHECK(change.has_value() == row.change);
        auto verdict = table.verdict(2);
        CHECK(verdict.version > version); // grows with every report, so with every visible change
        version = verdict.version;
        CHECK(name(verdict.conclusion.status) == row.status);
        CHECK(verdict.conclusion.rule == row.rule);
        CHECK(table.cell(2, row.source) == row.cell);
        if (change) {
            CHECK(change->slot == 2);
            CHECK(change->version == version);
            CHECK(change->before == before);
            CHECK(change->after == verdict.conclusion.status);
        }
    }
    CHECK(table.verdict(1).version == 0); // neighbours are not touched
    CHECK(table.verdict(3).version == 0);
}

TEST_CASE("a slot of which nobody has said anything is unknown by rule 13") {
    Table table(2);
    auto snapshot = table.read(1);
    CHECK(snapshot.verdict.conclusion == Conclusion{Status::unknown, 13, Source::telephony});
    CHECK(snapshot.verdict.version == 0);
    CHECK_FALSE(snapshot.said(Source::telephony));
}

TEST_CASE("a snapshot's verdict belongs to its cells") {
    Table table(2);
    table.report(0, Source::telephony, line_cell(LineState::active), at_ms(0));
    table.report(0, Source::teams, teams_cell(TeamsState::do_not_disturb), at_ms(1));
    auto snapshot = table.read(0);
    CHECK(snapshot.verdict.conclusion == Rules().conclude(snapshot.cells));
    CHECK(snapshot.line().state == LineState::active);
    CHECK(snapshot.teams().state == TeamsState::do_not_disturb);
    CHECK(snapshot.verdict.conclusion.rule == 6);
}

TEST_CASE("since is when the status last changed") {
    struct Row {
        long ms;
        Source source;
        Cell cell;
        long since_ms;
    };
    // clang-format off
    const Row rows[] = {
        {1000, Source::telephony, line_cell(LineState::unknown),            1000}, // the first word, though no change
        {1500, Source::telephony, line_cell(LineState::unknown, true),      1500}, // do not disturb
        {2000, Source::telephony, line_cell(LineState::idle),               2000},
        {3000, Source::telephony, line_cell(LineState::idle),               2000},
        {4000, Source::teams,     teams_cell(TeamsState::available),        2000}, // available all along
        {5000, Source::telephony, line_cell(LineState::ringing),            5000},
        {6000, Source::teams,     teams_cell(TeamsState::presenting),       5000},
        {7000, Source::telephony, line_cell(LineState::active),             7000}, // rule 3
        {8000, Source::teams,     teams_cell(TeamsState::do_not_disturb),   7000}, // rule 6: the same status
        {9000, Source::telephony, line_cell(LineState::idle),               7000}, // rule 4: the same status
    };
    // clang-format on
    Table table(1);
    for (const Row& row : rows) {
        CAPTURE(row.ms);
        table.report(0, row.source, row.cell, at_ms(row.ms));
        CHECK(table.read(0).since == at_ms(row.since_ms));
    }
}

TEST_CASE("since survives more changes than its epoch counts") {
    Table table(1);
    for (long i = 0; i < long{Verdict::epochs} + 600; ++i) {
        table.report(0, Source::telephony, line_cell(i % 2 == 0 ? LineState::active : LineState::idle), at_ms(i));
        REQUIRE(table.read(0).since == at_ms(i));
    }
}

TEST_CASE("a writer that stood still for thousands of changes does not look newer than the newest") {
    constexpr auto last = Verdict::epochs - 1;
    CHECK(Verdict::next_epoch(last) == 0);
    for (std::uint32_t passed : {1U, 127U, 128U, 200U, 255U, 256U, 13'333U, Verdict::epochs / 2 - 1})
        for (std::uint32_t stood_at : {0U, 1U, 255U, last - 5}) {
            CAPTURE(passed);
            CAPTURE(stood_at);
            auto newest = (stood_at + passed) % Verdict::epochs;
            CHECK(Verdict::later(newest, stood_at));
            CHECK_FALSE(Verdict::later(stood_at, newest));
        }
    CHECK_FALSE(Verdict::later(7, 7));
}

TEST_CASE("since stays put where nothing ever changes: two readings agree") {
    Table table(1);
    table.report(0, Source::telephony, line_cell(LineState::unknown), at_ms(5));
    CHECK(table.read(0).since == at_ms(5));
    CHECK(table.read(0).since == at_ms(5));
}

TEST_CASE("replacing the rules settles every slot and tells of those that moved") {
    Table table(8);
    table.report(0, Source::telephony, line_cell(LineState::idle), at_ms(0));
    table.report(1, Source::telephony, line_cell(LineState::ringing), at_ms(0));
    table.report(2, Source::telephony, line_cell(LineState::active), at_ms(0));
    auto rules =
        Rules::parse({"busy when line is active", "available when line is known", "offline when line is unknown"});
    REQUIRE(rules.has_value());
    std::vector<Change> changes;
    table.replace_rules(*rules, 4, at_ms(100), [&](const Change& change) { changes.push_back(change); });
    struct Row {
        Slot slot;
        std::string_view status;
        int rule;
        long since_ms;
    };
    const Row rows[] = {
        {0, "available", 2, 0},   // another rule, the same status: since stays
        {1, "available", 2, 100}, //
        {2, "busy", 1, 100},      //
        {3, "offline", 3, 100},   // nothing was ever said of it
    };
    REQUIRE(changes.size() == 4);
    for (const Row& row : rows) {
        CAPTURE(row.slot);
        auto snapshot = table.read(row.slot);
        CHECK(name(snapshot.verdict.conclusion.status) == row.status);
        CHECK(snapshot.verdict.conclusion.rule == row.rule);
        CHECK(snapshot.since == at_ms(row.since_ms));
        CHECK(changes[row.slot].slot == row.slot);
        CHECK(changes[row.slot].version == snapshot.verdict.version);
    }
    table.replace_rules(*rules, 4, at_ms(200), [](const Change&) { FAIL("the same rules change nothing"); });
    table.report(1, Source::telephony, line_cell(LineState::active), at_ms(300));
    CHECK(table.verdict(1).conclusion.rule == 1); // and the next report goes by the new rules
    CHECK(table.rules()->rows().size() == 3);
}

TEST_CASE("with rules of one's own, a slot without a word is what those rules say") {
    Table table(1, *Rules::parse({"offline when line is unknown"}));
    CHECK(table.read(0).verdict.conclusion == Conclusion{Status::offline, 1, Source::telephony});
}
