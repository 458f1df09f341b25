// The priority table: rows written from interface 6 and 7 (not from the code), all inputs against a plain second
// implementation of interface 6, custom rules, and everything that a rule's text may get wrong.
#include "here.hpp"

using namespace testing;

namespace {

constexpr auto no_line = LineState::unknown;
constexpr auto no_teams = TeamsState::unknown;

struct Row {
    LineState line;
    bool dnd;
    TeamsState teams;
    bool meeting; // in a Zoom or GoTo meeting, when those are asked to feed rule 8
    int rule;
    std::string_view status;
    std::string_view colour;
    bool blinking;
};

// clang-format off
constexpr Row interface_6[] = {
    // line                dnd    Teams                       meeting rule status            colour   blinking
    // 1: a call rings on the line, whatever else is going on
    {LineState::ringing,  false, no_teams,                    false,  1, "ringing",          "red",   true},
    {LineState::ringing,  true,  no_teams,                    false,  1, "ringing",          "red",   true},
    {LineState::ringing,  false, TeamsState::presenting,      false,  1, "ringing",          "red",   true},
    {LineState::ringing,  true,  TeamsState::do_not_disturb,  true,   1, "ringing",          "red",   true},
    // 2: held, or a consultative transfer (the line says held)
    {LineState::held,     false, no_teams,                    false,  2, "held",             "amber", true},
    {LineState::held,     true,  TeamsState::presenting,      false,  2, "held",             "amber", true},
    {LineState::held,     false, TeamsState::do_not_disturb,  false,  2, "held",             "amber", true},
    // 3: presenting, even with a call or with do not disturb on the line
    {LineState::idle,     false, TeamsState::presenting,      false,  3, "do_not_disturb",   "dnd",   false},
    {LineState::active,   false, TeamsState::presenting,      false,  3, "do_not_disturb",   "dnd",   false},
    {LineState::idle,     true,  TeamsState::presenting,      false,  3, "do_not_disturb",   "dnd",   false},
    {no_line,             false, TeamsState::presenting,      true,   3, "do_not_disturb",   "dnd",   false},
    // 4: do not disturb in Teams and no active call
    {LineState::idle,     false, TeamsState::do_not_disturb,  false,  4, "do_not_disturb",   "dnd",   false},
    {LineState::idle,     true,  TeamsState::do_not_disturb,  false,  4, "do_not_disturb",   "dnd",   false},
    {no_line,             false, TeamsState::do_not_disturb,  false,  4, "do_not_disturb",   "dnd",   false},
    // 5: do not disturb on the line, also in a call
    {LineState::idle,     true,  no_teams,                    false,  5, "do_not_disturb",   "dnd",   false},
    {LineState::active,   true,  no_teams,                    false,  5, "do_not_disturb",   "dnd",   false},
    {LineState::active,   true,  TeamsState::do_not_disturb,  false,  5, "do_not_disturb",   "dnd",   false},
    {LineState::idle,     true,  TeamsState::in_meeting,      true,   5, "do_not_disturb",   "dnd",   false},
    {no_line,             true,  TeamsState::offline,         false,  5, "do_not_disturb",   "dnd",   false},
    // 6: do not disturb in Teams and an active call
    {LineState::active,   false, TeamsState::do_not_disturb,  false,  6, "do_not_disturb",   "dnd",   false},
    {LineState::active,   false, TeamsState::do_not_disturb,  true,   6, "do_not_disturb",   "dnd",   false},
    // 7: an active call on the line
    {LineState::active,   false, no_teams,                    false,  7, "on_call",          "red",   false},
    {LineState::active,   false, TeamsState::in_meeting,      true,   7, "on_call",          "red",   false},
    {LineState::active,   false, TeamsState::offline,         false,  7, "on_call",          "red",   false},
    // 8: a Teams meeting or call; another meeting when it is asked for
    {LineState::idle,     false, TeamsState::in_meeting,      false,  8, "in_meeting",       "red",   false},
    {no_line,             false, TeamsState::in_meeting,      false,  8, "in_meeting",       "red",   false},
    {LineState::idle,     false, TeamsState::available,       true,   8, "in_meeting",       "red",   false},
    {no_line,             false, no_teams,                    true,   8, "in_meeting",       "red",   false},
    // 9 and 10
    {LineState::idle,     false, TeamsState::busy,            false,  9, "busy",             "red",   false},
    {no_line,             false, TeamsState::busy,            false,  9, "busy",             "red",   false},
    {LineState::idle,     false, TeamsState::away,            false, 10, "away",             "amber", false},
    {no_line,             false, TeamsState::away,            false, 10, "away",             "amber", false},
    // 11: the line is known, or Teams says available
    {LineState::idle,     false, no_teams,                    false, 11, "available",        "green", false},
    {LineState::idle,     false, TeamsState::available,       false, 11, "available",        "green", false},
    {LineState::idle,     false, TeamsState::offline,         false, 11, "available",        "green", false},
    {no_line,             false, TeamsState::available,       false, 11, "available",        "green", false},
    // 12 and 13
    {no_line,             false, TeamsState::offline,         false, 12, "offline",          "grey",  false},
    {no_line,             false, no_teams,                    false, 13, "unknown",          "grey",  false},
};
// clang-format on

/// Interface 6 once more, as plainly as it can be written. Line values that do not exist count as not known.
int rule_by_hand(unsigned line, bool line_dnd, TeamsState teams, bool meeting) {
    bool rings = line == static_cast<unsigned>(LineState::ringing);
    bool held = line == static_cast<unsigned>(LineState::held);
    bool active = line == static_cast<unsigned>(LineState::active);
    bool known = rings || held || active || line == static_cast<unsigned>(LineState::idle);
    bool teams_dnd = teams == TeamsState::do_not_disturb;
    if (rings) return 1;
    if (held) return 2;
    if (teams == TeamsState::presenting) return 3;
    if (teams_dnd && !active) return 4;
    if (line_dnd) return 5;
    if (teams_dnd && active) return 6;
    if (active) return 7;
    if (teams == TeamsState::in_meeting || meeting) return 8;
    if (teams == TeamsState::busy) return 9;
    if (teams == TeamsState::away) return 10;
    if (known || teams == TeamsState::available) return 11;
    if (teams == TeamsState::offline) return 12;
    return 13;
}

constexpr std::string_view status_by_hand[] = {
    "",        "ringing",    "held", "do_not_disturb", "do_not_disturb", "do_not_disturb", "do_not_disturb",
    "on_call", "in_meeting", "busy", "away",           "available",      "offline",        "unknown"};

} // namespace

TEST_CASE("interface 6, row by row") {
    Rules rules;
    for (const Row& row : interface_6) {
        Inputs inputs{row.line, row.dnd, row.teams, row.meeting};
        CAPTURE(name(row.line));
        CAPTURE(row.dnd);
        CAPTURE(name(row.teams));
        CAPTURE(row.meeting);
        auto conclusion = rules.conclude(inputs);
        CHECK(conclusion.rule == row.rule);
        CHECK(name(conclusion.status) == row.status);
        CHECK(colour(conclusion.status) == row.colour);
        CHECK(blinking(conclusion.status) == row.blinking);
    }
}

TEST_CASE("all inputs agree with interface 6 written by hand, whatever an agent does") {
    Rules rules;
    for (std::size_t i = 0; i < Inputs::combinations; ++i) {
        auto inputs = Inputs::at(i);
        CAPTURE(i);
        CHECK(inputs.index() == i);
        int expected = rule_by_hand(static_cast<unsigned>(inputs.line), inputs.line_dnd, inputs.teams, inputs.meeting);
        auto conclusion = rules.conclude(inputs);
        CHECK(conclusion.rule == expected);
        CHECK(name(conclusion.status) == status_by_hand[expected]);
    }
}

TEST_CASE("follow_acd: an agent's pause counts below what is more urgent, and nobody's rule has another number") {
    using enum AgentPause;
    struct AgentRow {
        Inputs inputs;
        std::string_view verdict;
    };
    const AgentRow rows[] = {
        {{LineState::idle, false, no_teams, false, wrap_up}, "14 busy by telephony"},
        {{LineState::idle, false, TeamsState::available, false, wrap_up}, "14 busy by telephony"},
        {{LineState::idle, false, TeamsState::away, false, wrap_up}, "14 busy by telephony"},
        {{LineState::idle, false, TeamsState::available, false, unavailable}, "15 away by telephony"},
        {{LineState::idle, false, TeamsState::away, false, unavailable}, "10 away by teams"},
        {{LineState::idle, false, TeamsState::busy, false, unavailable}, "9 busy by teams"},
        {{LineState::active, false, no_teams, false, unavailable}, "7 on_call by telephony"},
        {{LineState::ringing, false, no_teams, false, wrap_up}, "1 ringing by telephony"},
        {{LineState::idle, true, no_teams, false, unavailable}, "5 do_not_disturb by telephony"},
        {{LineState::idle, false, TeamsState::in_meeting, false, unavailable}, "8 in_meeting by teams"},
    };
    Rules rules(true);
    CHECK(rules.built_in());
    for (const AgentRow& row : rows) {
        CAPTURE(row.verdict);
        CHECK(text(rules.conclude(row.inputs)) == row.verdict);
    }
    for (std::size_t i = 0; i < Inputs::combinations; ++i) {
        auto inputs = Inputs::at(i);
        auto with = rules.conclude(inputs);
        auto first = std::ranges::find_if(rules.rows(), [&](const Rule& rule) { return rule.matches(inputs); });
        CHECK(first->number == with.rule);
        if (with.rule <= 13) CHECK(with == Rules().conclude(inputs));
        if (inputs.agent != wrap_up && inputs.agent != unavailable) CHECK(with.rule <= 13);
    }
}

TEST_CASE("the pause of an agent comes from the line's cell") {
    using enum AgentState;
    for (auto [state, rule] : {std::pair(none, 11), std::pair(sign_in, 11), std::pair(available, 11),
                               std::pair(unavailable, 15), std::pair(wrap_up, 14), std::pair(sign_out, 11)}) {
        LineReport report{.state = LineState::idle, .agent = state, .at = noon};
        CHECK(Rules(true).conclude(Cells{report.pack(), 0, 0, 0}).rule == rule);
        CHECK(Rules().conclude(Cells{report.pack(), 0, 0, 0}).rule == 11);
    }
}

TEST_CASE("the look-up says what the rows say: the first that matches") {
    Rules rules;
    REQUIRE(rules.rows().size() == 13);
    for (std::size_t i = 0; i < Inputs::combinations; ++i) {
        auto inputs = Inputs::at(i);
        auto first = std::ranges::find_if(rules.rows(), [&](const Rule& rule) { return rule.matches(inputs); });
        REQUIRE(first != rules.rows().end());
        CHECK(first->number == rules.conclude(inputs).rule);
    }
}

TEST_CASE("inputs come from the cells of their sources") {
    struct CellRow {
        Cells cells; // telephony, teams, meetings, publication
        int rule;
        Source source;
    };
    const CellRow rows[] = {
        {{0, 0, 0, 0}, 13, Source::telephony},
        {{line_cell(LineState::idle), 0, 0, 0}, 11, Source::telephony},
        {{line_cell(LineState::idle, true), 0, 0, 0}, 5, Source::telephony},
        {{line_cell(LineState::unknown), 0, 0, 0}, 13, Source::telephony},
        {{line_cell(LineState::unknown), teams_cell(TeamsState::available), 0, 0}, 11, Source::teams},
        {{line_cell(LineState::idle), teams_cell(TeamsState::busy), 0, 0}, 9, Source::teams},
        {{line_cell(LineState::ringing), teams_cell(TeamsState::presenting), 0, 0}, 1, Source::telephony},
        {{line_cell(LineState::idle), 0, meeting_cell(true), 0}, 8, Source::meetings},
        {{line_cell(LineState::idle), 0, meeting_cell(false), 0}, 11, Source::telephony},
        {{0, teams_cell(TeamsState::unknown), 0, 0}, 13, Source::telephony},
    };
    Rules rules;
    for (const CellRow& row : rows) {
        auto conclusion = rules.conclude(row.cells);
        CAPTURE(text(conclusion));
        CHECK(conclusion.rule == row.rule);
        CHECK(conclusion.source == row.source);
    }
}

TEST_CASE("words, colours and blinking of interface 6") {
    CHECK(status_named("on_call") == Status::on_call);
    CHECK(status_named("On_call") == std::nullopt);
    CHECK(status_named("") == std::nullopt);
    for (std::size_t i = 0; i < status_count; ++i)
        CHECK(status_named(name(static_cast<Status>(i))) == static_cast<Status>(i));
    CHECK(name(LineState::unknown) == "unknown"); // interface 5
    CHECK(name(LineState::idle) == "idle");
    CHECK(name(LineState::active) == "active");
    CHECK(name(LineState::held) == "held");
    CHECK(name(LineState::ringing) == "ringing");
    for (auto [forwarding, word] :
         {std::pair(Forwarding::none, "none"), std::pair(Forwarding::always, "always"),
          std::pair(Forwarding::busy, "busy"), std::pair(Forwarding::no_answer, "no_answer"),
          std::pair(Forwarding::not_reachable, "not_reachable"), std::pair(Forwarding::selective, "selective"),
          std::pair(Forwarding::multiple, "multiple")}) // interface 7.6
        CHECK(name(forwarding) == word);
}

TEST_CASE("custom rules") {
    struct CustomRow {
        std::vector<std::string> rules;
        Inputs inputs;
        int rule;
        std::string_view status;
    };
    const Inputs idle{LineState::idle, false, TeamsState::unknown, false};
    const Inputs active_dnd{LineState::active, true, TeamsState::busy, false};
    const Inputs ringing_away{LineState::ringing, false, TeamsState::away, true};
    // clang-format off
    const CustomRow rows[] = {
        {{"available when line is idle"},                                idle,         1, "available"},
        {{"busy when line is not idle"},                                 idle,         2, "unknown"}, // no row matches
        {{"busy when line is not idle", "away when line is known"},      idle,         2, "away"},
        {{"busy when line is active and teams is busy"},                 active_dnd,   1, "busy"},
        {{"busy when line is active and teams is away"},                 active_dnd,   2, "unknown"},
        {{"busy when line is held or teams is busy"},                    active_dnd,   1, "busy"},
        {{"busy when line is held or teams is away or line dnd"},        active_dnd,   1, "busy"},
        {{"do_not_disturb when line dnd and line is active"},            active_dnd,   1, "do_not_disturb"},
        {{"in_meeting when meeting", "ringing when line is ringing"},    ringing_away, 1, "in_meeting"},
        {{"ringing when line is ringing", "in_meeting when meeting"},    ringing_away, 1, "ringing"},
        {{"away when teams is not available and teams is not offline"},  ringing_away, 1, "away"},
        {{"busy when agent is not unavailable"},                         idle,         1, "busy"},
        {{"busy when agent is wrap_up"},                                 idle,         2, "unknown"},
        {{"\taway  when   teams is\tnot available "},                    ringing_away, 1, "away"},
    };
    // clang-format on
    for (const CustomRow& row : rows) {
        CAPTURE(row.rules.front());
        auto rules = Rules::parse(row.rules);
        REQUIRE_MESSAGE(rules.has_value(), rules.error().text);
        CHECK(rules->conclude(row.inputs).rule == row.rule);
        CHECK(name(rules->conclude(row.inputs).status) == row.status);
    }
    auto defaults = Rules::parse({});
    REQUIRE(defaults.has_value());
    CHECK(defaults->rows().size() == 13); // an empty list is the list of interface 6
}

TEST_CASE("the interface's own rows can be written down and give the same verdicts") {
    std::vector<std::string> texts;
    for (const Rule& rule : Rules().rows())
        texts.push_back(rule.text);
    auto again = Rules::parse(texts);
    REQUIRE(again.has_value());
    for (std::size_t i = 0; i < Inputs::combinations; ++i)
        CHECK(again->conclude(Inputs::at(i)) == Rules().conclude(Inputs::at(i)));
}

TEST_CASE("a rule that cannot be understood is refused, and the word is named") {
    struct Refusal {
        std::string_view rule;
        std::string_view named; // must stand in the sentence
    };
    // clang-format off
    const Refusal rows[] = {
        {"",                                                     "the end"},
        {"   ",                                                  "the end"},
        {"lunch when line is idle",                              "\"lunch\""},
        {"Ringing when line is ringing",                         "\"Ringing\""},
        {"ringing",                                              "the end"},
        {"ringing if line is ringing",                           "\"if\""},
        {"ringing when",                                         "the end"},
        {"ringing when phone is ringing",                        "\"phone\""},
        {"ringing when line",                                    "the end"},
        {"ringing when line ringing",                            "\"ringing\" where \"is\""},
        {"ringing when line is",                                 "the end"},
        {"ringing when line is not",                             "the end"},
        {"ringing when line is loud",                            "\"loud\""},
        {"ringing when line is not loud",                        "\"loud\""},
        {"ringing when line is busy",                            "\"busy\""},      // a word of Teams, not of the line
        {"busy when teams is ringing",                           "\"ringing\""},   // and the other way round
        {"busy when teams is known",                             "\"known\""},
        {"busy when teams dnd",                                  "\"dnd\""},
        {"busy when line is active and",                         "the end"},
        {"busy when line is active teams is busy",               "\"teams\""},
        {"busy when line is active and teams is busy or line dnd", "\"or\""},
        {"busy when line is active or teams is busy and line dnd", "\"and\""},
        {"busy when agent is available",                         "\"available\""},
        {"busy when meeting is on",                              "\"is\""},
    };
    // clang-format on
    for (const Refusal& row : rows) {
        CAPTURE(row.rule);
        auto rules = Rules::parse({"available when line is idle", std::string(row.rule)});
        REQUIRE_FALSE(rules.has_value());
        CAPTURE(rules.error().text);
        CHECK(rules.error().category == Category::invalid);
        CHECK(rules.error().text.find(row.named) != std::string::npos);
        CHECK(rules.error().text.find("\"" + std::string(row.rule) + "\"") != std::string::npos); // which row
    }
    CHECK(Rules::parse(std::vector<std::string>(15, "busy when line dnd")).has_value());
    CHECK_FALSE(Rules::parse(std::vector<std::string>(16, "busy when line dnd")).has_value());
}

TEST_CASE("with the longest list, \"no row matched\" still fits into a verdict") {
    auto rules = Rules::parse(std::vector<std::string>(15, "busy when line dnd"));
    REQUIRE(rules.has_value());
    auto conclusion = rules->conclude(Inputs{LineState::idle, false, TeamsState::unknown, false});
    CHECK(conclusion.rule == 16);
    CHECK(Verdict::unpack(Verdict{7, conclusion, 3}.pack()).conclusion == conclusion);
}

TEST_CASE("whose rules they are") {
    CHECK(Rules().built_in());
    CHECK(Rules::parse({})->built_in());
    CHECK(!Rules::parse({"away when line is idle"})->built_in());
}
