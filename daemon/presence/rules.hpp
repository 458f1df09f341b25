// The priority table of interface 6 as data: rows of conditions, compiled into a look-up over the packed inputs, so
// that a verdict costs one table read whatever the rules are. Immutable after construction.
#pragma once
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "presence/report.hpp"

namespace lamp::presence {

using Cells = std::array<Cell, source_count>;

/// What of an agent of call centres the rules look at.
enum class AgentPause : std::uint8_t { none, unavailable, wrap_up };

/// What of the cells the rules look at: 3 bits line, 1 bit line dnd, 3 bits Teams, 1 bit other meeting, 2 bits agent.
/// Publications have no input of their own (decision 012): a published dialog counts like a line where it is more
/// urgent than what the line says, published presence like Teams where Teams says nothing.
struct Inputs {
    LineState line = LineState::unknown;
    bool line_dnd = false;
    TeamsState teams = TeamsState::unknown;
    bool meeting = false; // Zoom, GoTo and others, when they are asked to feed rule 8

    AgentPause agent = AgentPause::none;

    static constexpr std::size_t combinations = 1024;
    [[nodiscard]] constexpr std::size_t index() const {
        return static_cast<std::size_t>(line) | static_cast<std::size_t>(line_dnd) << 3 |
               static_cast<std::size_t>(teams) << 4 | static_cast<std::size_t>(meeting) << 7 |
               static_cast<std::size_t>(agent) << 8;
    }
    [[nodiscard]] static constexpr Inputs at(std::size_t index) {
        return {static_cast<LineState>(index & 7), (index >> 3 & 1) != 0, static_cast<TeamsState>(index >> 4 & 7),
                (index >> 7 & 1) != 0, static_cast<AgentPause>(index >> 8 & 3)};
    }
    [[nodiscard]] static constexpr AgentPause pause_of(AgentState agent) {
        if (agent == AgentState::wrap_up) return AgentPause::wrap_up;
        return agent == AgentState::unavailable ? AgentPause::unavailable : AgentPause::none;
    }
    [[nodiscard]] static constexpr Inputs of(const Cells& cells) {
        using packing::field_of;
        auto line = cells[static_cast<std::size_t>(Source::telephony)];
        auto teams = cells[static_cast<std::size_t>(Source::teams)];
        auto meetings = cells[static_cast<std::size_t>(Source::meetings)];
        Inputs inputs{static_cast<LineState>(field_of(line, 0, 3)), field_of(line, 9, 1) != 0,
                      static_cast<TeamsState>(field_of(teams, 0, 3)), field_of(meetings, 0, 1) != 0,
                      pause_of(static_cast<AgentState>(field_of(line, 13, 3)))};
        auto published = cells[static_cast<std::size_t>(Source::publication)];
        if (published == 0) return inputs;
        inputs.line = std::max(inputs.line, static_cast<LineState>(field_of(published, 3, 3)));
        if (inputs.teams == TeamsState::unknown) inputs.teams = static_cast<TeamsState>(field_of(published, 0, 3));
        return inputs;
    }
};

struct Conclusion {
    Status status = Status::unknown;
    std::uint8_t rule = 13;
    Source source = Source::telephony;
    bool operator==(const Conclusion&) const = default;
};

/// One condition: `subject` (line, line_dnd, teams, meeting, agent) compared with a value.
struct Condition {
    enum class Subject : std::uint8_t { line, line_dnd, teams, meeting, agent } subject;
    std::uint16_t accepted; // bit n: the value n fulfils it
    [[nodiscard]] bool holds(const Inputs& inputs) const;
};

struct Rule {
    Status status;
    std::uint8_t number;
    std::vector<Condition> all; // every one must hold
    bool any = false;           // … or at least one, when the row is written with "or"
    std::string text;
    [[nodiscard]] bool matches(const Inputs& inputs) const;
};

class Rules {
public:
    /// The rules of interface 6, with 12 and 13. `follow_acd`: and between 9 and 11 two more, 14 and 15, that make an
    /// agent's wrap-up busy and his break away; the others keep their numbers.
    explicit Rules(bool follow_acd = false);
    /// Rows "STATUS when CONDITION {and CONDITION}" or "… {or CONDITION}", highest first; CONDITION is
    /// "line is [not] ringing|held|active|idle|known|unknown", "line dnd", "teams is [not] presenting|do_not_disturb|
    /// in_meeting|busy|away|available|offline|unknown", "meeting", "agent is [not] unavailable|wrap_up". Refuses an
    /// unknown word and names the row. What no row matches is `unknown`. No rows: those of interface 6.
    [[nodiscard]] static Result<Rules> parse(const std::vector<std::string>& rows, bool follow_acd = false);

    [[nodiscard]] Conclusion conclude(const Cells& cells) const {
        auto conclusion = look_up_[Inputs::of(cells).index()];
        if (cells[static_cast<std::size_t>(Source::publication)] != 0) conclusion.source = origin(conclusion, cells);
        return conclusion;
    }
    [[nodiscard]] Conclusion conclude(const Inputs& inputs) const { return look_up_[inputs.index()]; }
    [[nodiscard]] const std::vector<Rule>& rows() const { return rows_; }
    /// Those of interface 6, not a site's own.
    [[nodiscard]] bool built_in() const { return built_in_; }

private:
    explicit Rules(std::vector<Rule> rows);
    void compile();
    /// Whose input decided: the publication's where it stood in for the line or for Teams.
    [[nodiscard]] Source origin(const Conclusion& conclusion, const Cells& cells) const;

    std::vector<Rule> rows_;
    bool built_in_ = false;
    std::array<Conclusion, Inputs::combinations> look_up_{};
};

} // namespace lamp::presence
