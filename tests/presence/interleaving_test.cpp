// Two writers on one slot, every schedule of their steps enumerated on a model memory: whatever the order, the verdict
// at the end is what the rules conclude of the final cells. The tempting shortcut (no swap when nothing seems to
// change) is kept here as the expected failure (design 4).
#include "here.hpp"

#include <deque>

using namespace testing;

namespace {

/// Shared memory in which each access is one indivisible step.
struct Model {
    const Rules* rules;
    Cells cells{};
    std::uint64_t verdict = 0;
    unsigned swaps = 0;

    void store_cell(Source source, Cell cell) { cells[static_cast<std::size_t>(source)] = cell; }
    // One step is enough for all cells: of two writers, only the other one's cell can move meanwhile.
    [[nodiscard]] Cells load_cells() const { return cells; }
    [[nodiscard]] std::uint64_t load_verdict() const { return verdict; }
    bool swap_verdict(std::uint64_t expected, std::uint64_t wanted) {
        if (verdict != expected) return false;
        REQUIRE(Verdict::unpack(wanted).version == Verdict::unpack(verdict).version + 1); // the version grows by one
        verdict = wanted;
        ++swaps;
        return true;
    }
    [[nodiscard]] Conclusion conclude(const Cells& of) const { return rules->conclude(of); }
    [[nodiscard]] bool settled() const { return Verdict::unpack(verdict).conclusion == rules->conclude(cells); }
};

/// As ReportSteps, but ends without a swap when the conclusion is the one that already stands. Wrong; see above.
template <class Memory>
class ShortcutSteps {
public:
    ShortcutSteps(Source source, Cell cell) : source_(source), cell_(cell) {}
    bool step(Memory& memory) {
        switch (next_++) {
        case 0: memory.store_cell(source_, cell_); return false;
        case 1: old_ = memory.load_verdict(); return false;
        case 2: {
            auto old = Verdict::unpack(old_);
            auto conclusion = memory.conclude(memory.load_cells());
            new_ = Verdict{old.version + 1, conclusion, old.epoch}.pack();
            if (conclusion == old.conclusion) next_ = 4;
            return next_ == 4;
        }
        case 3:
            if (memory.swap_verdict(old_, new_)) return true;
            next_ = 1;
            return false;
        default: return true;
        }
    }

private:
    Source source_;
    Cell cell_;
    int next_ = 0;
    std::uint64_t old_ = 0;
    std::uint64_t new_ = 0;
};

struct Says {
    Source source;
    Cell cell;
};

/// One writer: its reports, one after the other.
template <template <class> class Steps>
struct Writer {
    std::deque<Says> reports;
    std::optional<Steps<Model>> under_way;

    [[nodiscard]] bool done() const { return !under_way && reports.empty(); }
    void step(Model& memory) {
        if (!under_way) {
            under_way.emplace(reports.front().source, reports.front().cell);
            reports.pop_front();
        }
        if (under_way->step(memory)) under_way.reset();
    }
};

struct Tally {
    std::size_t schedules = 0;
    std::size_t stale = 0;
};

template <template <class> class Steps>
void enumerate(const Model& memory, const Writer<Steps>& one, const Writer<Steps>& two, Tally& tally) {
    if (one.done() && two.done()) {
        ++tally.schedules;
        if (!memory.settled()) ++tally.stale;
        return;
    }
    if (!one.done()) {
        auto next_memory = memory;
        auto next_one = one;
        next_one.step(next_memory);
        enumerate(next_memory, next_one, two, tally);
    }
    if (!two.done()) {
        auto next_memory = memory;
        auto next_two = two;
        next_two.step(next_memory);
        enumerate(next_memory, one, next_two, tally);
    }
}

Model start(const Rules& rules, Cell line, Cell teams) {
    Model memory{&rules};
    memory.cells[static_cast<std::size_t>(Source::telephony)] = line;
    memory.cells[static_cast<std::size_t>(Source::teams)] = teams;
    memory.verdict = Verdict{1, rules.conclude(memory.cells), 0}.pack();
    return memory;
}

constexpr LineState lines[] = {LineState::unknown, LineState::idle, LineState::active, LineState::ringing};
constexpr TeamsState teams_words[] = {TeamsState::unknown, TeamsState::available, TeamsState::do_not_disturb,
                                      TeamsState::in_meeting};

/// (active, away) is row 2; (active, busy) is row 1; (held, busy) is row 2 again: what the shortcut falls over.
Rules treacherous() {
    return *Rules::parse(
        {"away when line is active and teams is busy", "busy when line is not idle and teams is not available"});
}

} // namespace

TEST_CASE("two writers, one report each: every schedule from every state to every state settles") {
    Rules rules;
    Tally tally;
    for (auto line_before : lines)
        for (auto teams_before : teams_words)
            for (auto line_after : lines)
                for (auto teams_after : teams_words) {
                    auto memory = start(rules, line_cell(line_before), teams_cell(teams_before));
                    Writer<ReportSteps> telephony{{{Source::telephony, line_cell(line_after)}}, {}};
                    Writer<ReportSteps> teams{{{Source::teams, teams_cell(teams_after)}}, {}};
                    enumerate(memory, telephony, teams, tally);
                }
    CHECK(tally.stale == 0);
    CHECK(tally.schedules >= 256 * 70); // 8 steps in any order, and more where a swap fails
    MESSAGE("schedules: ", tally.schedules);
}

TEST_CASE("two writers, two reports each: every schedule settles") {
    Rules rules;
    Tally tally;
    auto memory = start(rules, line_cell(LineState::idle), teams_cell(TeamsState::available));
    Writer<ReportSteps> telephony{
        {{Source::telephony, line_cell(LineState::ringing)}, {Source::telephony, line_cell(LineState::active)}}, {}};
    Writer<ReportSteps> teams{
        {{Source::teams, teams_cell(TeamsState::do_not_disturb)}, {Source::teams, teams_cell(TeamsState::busy)}}, {}};
    enumerate(memory, telephony, teams, tally);
    CHECK(tally.stale == 0);
    MESSAGE("schedules: ", tally.schedules);
}

TEST_CASE("expected failure: skipping the swap when nothing seems to change leaves a stale verdict") {
    auto rules = treacherous();
    auto memory = start(rules, line_cell(LineState::active), teams_cell(TeamsState::away));
    const Says held{Source::telephony, line_cell(LineState::held)};
    const Says busy{Source::teams, teams_cell(TeamsState::busy)};
    Tally shortcut;
    enumerate(memory, Writer<ShortcutSteps>{{held}, {}}, Writer<ShortcutSteps>{{busy}, {}}, shortcut);
    CHECK(shortcut.stale > 0);
    Tally ours;
    enumerate(memory, Writer<ReportSteps>{{held}, {}}, Writer<ReportSteps>{{busy}, {}}, ours);
    CHECK(ours.stale == 0);
    MESSAGE("with the shortcut ", shortcut.stale, " of ", shortcut.schedules, " schedules end wrong; without, 0 of ",
            ours.schedules);
}
