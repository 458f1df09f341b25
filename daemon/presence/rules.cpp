#include "presence/rules.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <optional>
#include <span>

#include "base/check.hpp"

namespace lamp::presence {
namespace {

// Interface 6, in the notation of `[presence] rules`.
constexpr std::array default_rows{
    "ringing when line is ringing",
    "held when line is held",
    "do_not_disturb when teams is presenting",
    "do_not_disturb when teams is do_not_disturb and line is not active",
    "do_not_disturb when line dnd",
    "do_not_disturb when teams is do_not_disturb and line is active",
    "on_call when line is active",
    "in_meeting when teams is in_meeting or meeting",
    "busy when teams is busy",
    "away when teams is away",
    "available when line is known or teams is available",
    "offline when teams is offline",
    "unknown when line is not known",
};
// `[presence] follow_acd`: beside busy in Teams, and beside away in Teams.
constexpr std::array acd_rows{"busy when agent is wrap_up", "away when agent is unavailable"};

struct Word {
    std::string_view text;
    std::uint16_t accepted;
};
constexpr std::uint16_t bit(auto value) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(value));
}

constexpr std::array line_words{
    Word{"unknown", bit(LineState::unknown)}, Word{"idle", bit(LineState::idle)},
    Word{"active", bit(LineState::active)},   Word{"held", bit(LineState::held)},
    Word{"ringing", bit(LineState::ringing)}, Word{"known", 0b11110},
};
constexpr std::array agent_words{
    Word{"unavailable", bit(AgentPause::unavailable)},
    Word{"wrap_up", bit(AgentPause::wrap_up)},
};
constexpr std::array teams_words{
    Word{"unknown", bit(TeamsState::unknown)},
    Word{"offline", bit(TeamsState::offline)},
    Word{"available", bit(TeamsState::available)},
    Word{"away", bit(TeamsState::away)},
    Word{"busy", bit(TeamsState::busy)},
    Word{"in_meeting", bit(TeamsState::in_meeting)},
    Word{"do_not_disturb", bit(TeamsState::do_not_disturb)},
    Word{"presenting", bit(TeamsState::presenting)},
};

std::vector<std::string_view> words_of(std::string_view row) {
    std::vector<std::string_view> words;
    while (true) {
        auto start = row.find_first_not_of(" \t");
        if (start == std::string_view::npos) return words;
        row.remove_prefix(start);
        auto end = std::min(row.find_first_of(" \t"), row.size());
        words.push_back(row.substr(0, end));
        row.remove_prefix(end);
    }
}

/// Takes words off the front of a row; every refusal says which word of which row.
class RowReader {
public:
    explicit RowReader(std::string_view row) : row_(row), words_(words_of(row)) {}

    Result<Rule> read(std::uint8_t number) {
        Rule rule{Status::unknown, number, {}, false, std::string(row_)};
        auto status = status_named(next());
        if (!status)
            return refuse("a status (ringing, held, do_not_disturb, on_call, in_meeting, busy, away, "
                          "available, offline, unknown)");
        rule.status = *status;
        if (next() != "when") return refuse("\"when\"");
        std::string_view joint;
        while (true) {
            auto condition = read_condition();
            if (!condition) return std::unexpected(condition.error());
            rule.all.push_back(*condition);
            if (at_ == words_.size()) break;
            auto word = next();
            if ((word != "and" && word != "or") || (!joint.empty() && word != joint))
                return refuse("the same \"and\" or \"or\" throughout the row");
            joint = word;
        }
        rule.any = joint == "or";
        return rule;
    }

private:
    std::string_view next() { return at_ < words_.size() ? words_[at_++] : (++at_, std::string_view()); }

    std::unexpected<Error> refuse(std::string_view wanted) const {
        auto index = at_ - 1;
        auto found = index < words_.size() ? fmt::format("\"{}\"", words_[index]) : std::string("the end");
        return fail(Category::invalid, fmt::format("in \"{}\": {} where {} should stand", row_, found, wanted));
    }

    Result<Condition> read_condition() {
        using enum Condition::Subject;
        auto subject = next();
        if (subject == "meeting") return Condition{meeting, 0b10};
        if (subject == "line" && at_ < words_.size() && words_[at_] == "dnd") return ++at_, Condition{line_dnd, 0b10};
        if (subject == "line") return read_values(line, line_words);
        if (subject == "teams") return read_values(teams, teams_words);
        if (subject == "agent") return read_values(agent, agent_words);
        return refuse("\"line\", \"teams\", \"meeting\" or \"agent\"");
    }

    Result<Condition> read_values(Condition::Subject subject, std::span<const Word> known) {
        if (next() != "is") return refuse("\"is\"");
        auto word = next();
        bool negated = word == "not";
        if (negated) word = next();
        for (const Word& candidate : known)
            if (candidate.text == word)
                return Condition{subject,
                                 negated ? static_cast<std::uint16_t>(~candidate.accepted) : candidate.accepted};
        std::string allowed;
        for (const Word& candidate : known)
            allowed += (allowed.empty() ? "" : ", ") + std::string(candidate.text);
        return refuse(allowed);
    }

    std::string_view row_;
    std::vector<std::string_view> words_;
    std::size_t at_ = 0;
};

Rule built_in_rule(std::string_view text, std::size_t number) {
    auto rule = RowReader(text).read(static_cast<std::uint8_t>(number));
    LAMP_CHECK(rule.has_value());
    return *std::move(rule);
}

/// The source that the first condition which holds has asked.
Source source_of(const Rule& rule, const Inputs& inputs, Source line = Source::telephony,
                 Source teams = Source::teams) {
    for (const Condition& condition : rule.all) {
        if (!condition.holds(inputs)) continue;
        switch (condition.subject) {
        case Condition::Subject::line: return line;
        case Condition::Subject::line_dnd:
        case Condition::Subject::agent: return Source::telephony;
        case Condition::Subject::teams: return teams;
        case Condition::Subject::meeting: return Source::meetings;
        }
    }
    return line;
}

} // namespace

bool Condition::holds(const Inputs& inputs) const {
    unsigned value = 0;
    switch (subject) {
    case Subject::line: value = static_cast<unsigned>(inputs.line); break;
    case Subject::line_dnd: value = inputs.line_dnd ? 1 : 0; break;
    case Subject::teams: value = static_cast<unsigned>(inputs.teams); break;
    case Subject::meeting: value = inputs.meeting ? 1 : 0; break;
    case Subject::agent: value = static_cast<unsigned>(inputs.agent); break;
    }
    return (accepted >> value & 1U) != 0;
}

bool Rule::matches(const Inputs& inputs) const {
    for (const Condition& condition : all)
        if (condition.holds(inputs) == any) return any;
    return !any;
}

Rules::Rules(bool follow_acd) : Rules(std::vector<Rule>()) {
    built_in_ = true;
    for (std::size_t i = 0; i < default_rows.size(); ++i)
        rows_.push_back(built_in_rule(default_rows.at(i), i + 1));
    if (follow_acd) {
        auto away = std::ranges::find(rows_, Status::away, &Rule::status);
        auto available = rows_.insert(away, built_in_rule(acd_rows[0], default_rows.size() + 1)) + 2;
        rows_.insert(available, built_in_rule(acd_rows[1], default_rows.size() + 2));
    }
    compile();
}

Rules::Rules(std::vector<Rule> rows) : rows_(std::move(rows)) {
    compile();
}

Result<Rules> Rules::parse(const std::vector<std::string>& rows, bool follow_acd) {
    if (rows.empty()) return Rules(follow_acd);
    if (rows.size() > 15) return fail(Category::invalid, fmt::format("{} rows; at most 15 are allowed", rows.size()));
    std::vector<Rule> parsed;
    for (const std::string& row : rows) {
        auto rule = RowReader(row).read(static_cast<std::uint8_t>(parsed.size() + 1));
        if (!rule) return std::unexpected(rule.error());
        parsed.push_back(*std::move(rule));
    }
    return Rules(std::move(parsed));
}

void Rules::compile() {
    auto none = static_cast<std::uint8_t>(rows_.size() + 1);
    for (std::size_t i = 0; i < look_up_.size(); ++i) {
        auto inputs = Inputs::at(i);
        look_up_.at(i) = Conclusion{Status::unknown, none, Source::telephony};
        for (const Rule& rule : rows_) {
            if (!rule.matches(inputs)) continue;
            look_up_.at(i) = Conclusion{rule.status, rule.number, source_of(rule, inputs)};
            break;
        }
    }
}

Source Rules::origin(const Conclusion& conclusion, const Cells& cells) const {
    const auto inputs = Inputs::of(cells);
    auto own_cells = cells;
    own_cells[static_cast<std::size_t>(Source::publication)] = 0;
    const auto own = Inputs::of(own_cells);
    const auto line = own.line == inputs.line ? Source::telephony : Source::publication;
    const auto teams = own.teams == inputs.teams ? Source::teams : Source::publication;
    const auto row = std::ranges::find(rows_, conclusion.rule, &Rule::number);
    return row != rows_.end() ? source_of(*row, inputs, line, teams) : conclusion.source;
}

} // namespace lamp::presence
