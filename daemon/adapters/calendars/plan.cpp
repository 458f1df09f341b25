#include "adapters/calendars/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace lamp::calendars {
namespace {

using forwarding::ClaimState;
using forwarding::LineView;

constexpr std::size_t number_tail = 9;

/// Whether two written numbers may well be the same one.
bool same_number(std::string_view left, std::string_view right) {
    auto digits = [](std::string_view text) {
        std::string out;
        std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return (c >= '0' && c <= '9') || c == '*'; });
        return out.size() > number_tail ? out.substr(out.size() - number_tail) : out;
    };
    return digits(left) == digits(right);
}

bool overlap(Wall from, Wall until, Wall other_from, std::optional<Wall> other_until) {
    return from < other_until.value_or(Wall::max()) && other_from < until;
}

/// A row on its way, with what it is compared by.
struct Draft {
    PlanRow row;
    std::string claim;
};

class Plan {
public:
    Plan(const forwarding::Desk& desk, const std::vector<forwarding::Source>& precedence, Wall now, Wall until)
        : desk_(desk), precedence_(precedence), now_(now), until_(until) {}

    void add(const Planned& planned) {
        std::size_t claimed = 0; // the lines of a calendar have the same appointments
        for (const Occurrence& occurrence : planned.agenda.occurrences()) {
            if (occurrence.from >= until_) break;
            if (occurrence.until <= now_) continue;
            if (planned.agenda.lines().empty()) add_without_line(planned, occurrence);
            bool full = claimed >= planned.agenda.share() && occurrence.from <= now_ + claims_ahead;
            bool counts = false;
            for (const std::string& line : planned.agenda.lines())
                counts = add(planned.agenda, line, occurrence, full) || counts;
            claimed += counts ? 1 : 0;
        }
    }

    std::vector<PlanRow> finish() {
        std::ranges::sort(drafts_, {}, [](const Draft& one) {
            return std::tie(one.row.from, one.row.calendar, one.row.line, one.claim);
        });
        find_conflicts();
        std::vector<PlanRow> rows;
        for (Draft& draft : drafts_) {
            if (rows.size() == plan_rows_max) break;
            settle(draft);
            rows.push_back(std::move(draft.row));
        }
        return rows;
    }

private:
    void add_without_line(const Planned& planned, const Occurrence& occurrence) {
        Draft draft = begin(planned.agenda, planned.written, occurrence);
        draft.row.reason = "nobody has this line";
        drafts_.push_back(std::move(draft));
    }

    /// Whether it speaks of calls.
    bool add(const Agenda& agenda, const std::string& line, const Occurrence& occurrence, bool full) {
        Draft draft = begin(agenda, line, occurrence);
        auto said = agenda.judge(occurrence, line);
        bool diverts = said.what == Said::What::divert;
        if (diverts) {
            draft.row.to = std::move(said.text);
            draft.row.state = occurrence.from <= now_ ? PlanState::diverting : PlanState::diverts;
            if (full) {
                draft.row.state = PlanState::conflict;
                draft.row.reason =
                    fmt::format("{} others come before it within a day: it waits until one has ended", agenda.share());
            }
            refuse(draft.row);
        } else {
            draft.row.state = said.what == Said::What::refused ? PlanState::refused : PlanState::ignored;
            draft.row.reason = std::move(said.text);
        }
        drafts_.push_back(std::move(draft));
        return diverts;
    }

    [[nodiscard]] static Draft begin(const Agenda& agenda, const std::string& line, const Occurrence& occurrence) {
        return {{.calendar = agenda.owner(),
                 .line = line,
                 .title = tidied(occurrence.title),
                 .from = occurrence.from,
                 .until = occurrence.until,
                 .to = {},
                 .reason = {}},
                agenda.claim_name(occurrence)};
    }

    void refuse(PlanRow& row) const {
        if (!desk_.check) return;
        auto checked = desk_.check(row.line, row.to);
        if (checked) return;
        row.state = PlanState::refused;
        row.reason = checked.error().text;
    }

    [[nodiscard]] static bool wants(const PlanRow& row) {
        return row.state == PlanState::diverts || row.state == PlanState::diverting || row.state == PlanState::conflict;
    }

    /// Rows are by start: whoever is still open on the same line overlaps.
    void find_conflicts() {
        std::map<std::string_view, std::vector<PlanRow*>> open;
        for (Draft& draft : drafts_) {
            if (!wants(draft.row)) continue;
            auto& others = open[draft.row.line];
            std::erase_if(others, [&](const PlanRow* other) { return other->until <= draft.row.from; });
            for (PlanRow* other : others)
                if (other->calendar != draft.row.calendar && !same_number(other->to, draft.row.to)) {
                    contradict(draft.row, *other);
                    contradict(*other, draft.row);
                }
            if (others.size() < Agenda::claims_max) others.push_back(&draft.row);
        }
    }

    static void contradict(PlanRow& row, const PlanRow& other) {
        if (row.state == PlanState::conflict) return;
        row.state = PlanState::conflict;
        row.reason = fmt::format("calendar {} wants {} from {} to {}", other.calendar, other.to, rfc3339(other.from),
                                 rfc3339(other.until));
    }

    /// What forwarding knows of it: its own claim, and others that come first.
    void settle(Draft& draft) {
        PlanRow& row = draft.row;
        if (!wants(row)) return;
        const auto* view = view_of(row.line);
        if (view == nullptr) return;
        for (const auto& [claim, state, reason] : view->claims) {
            if (claim.source == forwarding::Source::calendar) {
                if (claim.name == draft.claim) take(row, state, reason);
            } else if (comes_first(claim.source) && state != ClaimState::refused && state != ClaimState::resting &&
                       overlap(row.from, row.until, claim.from, claim.until)) {
                row.state = PlanState::conflict;
                row.reason = fmt::format("{} {} comes first{}", forwarding::name(claim.source), claim.to,
                                         claim.until ? ", until " + rfc3339(*claim.until) : std::string());
            }
        }
    }

    static void take(PlanRow& row, ClaimState state, const std::string& reason) {
        if (state == ClaimState::resting || state == ClaimState::refused) {
            row.state = state == ClaimState::refused ? PlanState::refused : PlanState::conflict;
            row.reason = reason;
        } else if (state == ClaimState::waiting && row.state == PlanState::diverting) {
            row.reason = reason; // what it waits for; a conflict is found by its own means
        }
    }

    [[nodiscard]] bool comes_first(forwarding::Source source) const {
        auto rank = [&](forwarding::Source one) { return std::ranges::find(precedence_, one) - precedence_.begin(); };
        return rank(source) < rank(forwarding::Source::calendar);
    }

    const LineView* view_of(const std::string& line) {
        auto [at, fresh] = views_.try_emplace(line);
        if (fresh && desk_.view) at->second = desk_.view(line);
        return at->second ? &*at->second : nullptr;
    }

    const forwarding::Desk& desk_;
    const std::vector<forwarding::Source>& precedence_;
    Wall now_;
    Wall until_;
    std::vector<Draft> drafts_;
    std::map<std::string, std::optional<LineView>> views_;
};

} // namespace

std::string_view name(PlanState state) {
    switch (state) {
    case PlanState::diverts: return "diverts";
    case PlanState::diverting: return "diverting";
    case PlanState::ignored: return "ignored";
    case PlanState::refused: return "refused";
    case PlanState::conflict: return "conflict";
    }
    return "";
}

std::vector<PlanRow> plan(std::span<const Planned> calendars, const forwarding::Desk& desk,
                          const std::vector<forwarding::Source>& precedence, Wall now, milliseconds next) {
    Plan all(desk, precedence, now, now + next);
    for (const Planned& one : calendars)
        all.add(one);
    return all.finish();
}

} // namespace lamp::calendars
