// What people publish of themselves (decision 012): how it stands in for the line and for Teams, and that nothing
// changes for those who publish nothing.
#include "here.hpp"

using namespace testing;

namespace {

Cell published(LineState line, TeamsState word, Wall until = noon) {
    return PublicationReport{line, word, until}.pack();
}

constexpr auto no_line = LineState::unknown;
constexpr auto no_word = TeamsState::unknown;

} // namespace

TEST_CASE("published states, row by row") {
    struct Row {
        LineState line;
        bool dnd;
        TeamsState teams;
        LineState published_line;
        TeamsState published_word;
        std::string_view verdict;
    };
    // clang-format off
    const Row rows[] = {
        // line               dnd    teams                     published line      published word             verdict
        {no_line,            false, no_word,                  LineState::ringing, no_word,                   "1 ringing by publication"},
        {LineState::idle,    false, no_word,                  LineState::ringing, no_word,                   "1 ringing by publication"},
        {LineState::ringing, false, no_word,                  LineState::active,  no_word,                   "1 ringing by telephony"},
        {LineState::ringing, false, no_word,                  LineState::ringing, no_word,                   "1 ringing by telephony"},
        {LineState::active,  false, no_word,                  LineState::held,    no_word,                   "2 held by publication"},
        {LineState::held,    false, no_word,                  LineState::active,  no_word,                   "2 held by telephony"},
        {LineState::idle,    false, no_word,                  LineState::active,  no_word,                   "7 on_call by publication"},
        {no_line,            false, no_word,                  LineState::idle,    no_word,                   "11 available by publication"},
        {LineState::idle,    false, no_word,                  LineState::idle,    no_word,                   "11 available by telephony"},
        // Do not disturb of the line stays the line's, whoever talks
        {LineState::idle,    true,  no_word,                  LineState::active,  no_word,                   "5 do_not_disturb by telephony"},
        // Presence counts where Teams says nothing
        {LineState::idle,    false, no_word,                  no_line,            TeamsState::away,          "10 away by publication"},
        {LineState::idle,    false, TeamsState::available,    no_line,            TeamsState::away,          "11 available by telephony"},
        {LineState::idle,    false, TeamsState::busy,         no_line,            TeamsState::away,          "9 busy by teams"},
        {LineState::idle,    false, TeamsState::offline,      no_line,            TeamsState::busy,          "11 available by telephony"},
        {LineState::idle,    false, no_word,                  no_line,            TeamsState::do_not_disturb, "4 do_not_disturb by publication"},
        {LineState::active,  false, no_word,                  no_line,            TeamsState::do_not_disturb, "6 do_not_disturb by publication"},
        {LineState::idle,    false, no_word,                  no_line,            TeamsState::presenting,    "3 do_not_disturb by publication"},
        {LineState::active,  false, no_word,                  no_line,            TeamsState::busy,          "7 on_call by telephony"},
        {no_line,            false, no_word,                  no_line,            TeamsState::available,     "11 available by publication"},
        {no_line,            false, no_word,                  no_line,            TeamsState::offline,       "12 offline by publication"},
        {LineState::idle,    false, no_word,                  no_line,            TeamsState::offline,       "11 available by telephony"},
    };
    // clang-format on
    Rules rules;
    for (const Row& row : rows) {
        Cells cells{line_cell(row.line, row.dnd), row.teams == no_word ? 0 : teams_cell(row.teams), 0,
                    published(row.published_line, row.published_word)};
        CAPTURE(&row - rows);
        CHECK(text(rules.conclude(cells)) == row.verdict);
    }
}

TEST_CASE("all inputs: a publication stands in, and is named where it has moved the verdict") {
    Rules rules;
    for (std::size_t i = 0; i < Inputs::combinations; ++i)
        for (unsigned line = 0; line < 5; ++line)
            for (unsigned word = 0; word < 8; ++word) {
                const auto own = Inputs::at(i);
                const auto stated = static_cast<LineState>(line);
                const auto said = static_cast<TeamsState>(word);
                Cells cells{line_cell(own.line, own.line_dnd), teams_cell(own.teams), meeting_cell(own.meeting),
                            published(stated, said)};
                auto joined = own;
                if (line > static_cast<unsigned>(own.line)) joined.line = stated;
                if (own.teams == TeamsState::unknown) joined.teams = said;
                const auto verdict = rules.conclude(cells);
                CAPTURE(i);
                CAPTURE(line);
                CAPTURE(word);
                REQUIRE(verdict.status == rules.conclude(joined).status);
                REQUIRE(verdict.rule == rules.conclude(joined).rule);
                if (verdict.status != rules.conclude(own).status) REQUIRE(verdict.source == Source::publication);
                if (joined.index() == own.index()) REQUIRE(verdict.source == rules.conclude(own).source);
            }
}

TEST_CASE("a publication report comes back as it went in; a silent one is no report") {
    for (unsigned line = 0; line < 5; ++line)
        for (unsigned word = 0; word < 8; ++word) {
            PublicationReport report{static_cast<LineState>(line), static_cast<TeamsState>(word), at_ms(line * 10)};
            if (report.silent())
                REQUIRE(report.pack() == 0);
            else
                REQUIRE(PublicationReport::unpack(report.pack()) == report);
        }
    CHECK(PublicationReport::unpack(0) == PublicationReport{});
}

TEST_CASE("a refresh tells nobody, the end of a publication does") {
    Table table(4);
    CHECK(table.report(1, Source::publication, published(LineState::active, no_word, at_ms(60'000)), noon).has_value());
    CHECK(
        !table.report(1, Source::publication, published(LineState::active, no_word, at_ms(90'000)), noon).has_value());
    CHECK(table.read(1).publication().until == at_ms(90'000));
    const auto over = table.report(1, Source::publication, 0, at_ms(90'000));
    REQUIRE(over.has_value());
    CHECK(over->before == Status::on_call);
    CHECK(over->after == Status::unknown);
}

TEST_CASE("a site's own rules see publications, too") {
    auto rules = Rules::parse({"busy when line is active and teams is away"});
    REQUIRE(rules.has_value());
    Cells cells{line_cell(LineState::idle), 0, 0, published(LineState::active, TeamsState::away)};
    CHECK(text(rules->conclude(cells)) == "1 busy by publication");
    cells[3] = published(LineState::active, TeamsState::busy);
    CHECK(text(rules->conclude(cells)) == "2 unknown by telephony");
}
