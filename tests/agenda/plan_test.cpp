// What people are told that their appointments will do.
#include "adapters/calendars/plan.hpp"

#include <fmt/format.h>

#include "here.hpp"

using namespace testing;
using forwarding::Claim;
using forwarding::ClaimState;
using forwarding::Source;

namespace {

const std::vector<Source> usual{Source::operator_, Source::calendar, Source::smartbusy};

Agenda calendar(std::string name, std::vector<std::string> lines, std::vector<Occurrence> all) {
    Agenda agenda(std::move(name), {.tags = {"fwd:"}, .fields = {"title"}}, {});
    agenda.use_lines(std::move(lines));
    agenda.take(std::move(all));
    return agenda;
}

/// A desk on which that one line has these claims; 112 is refused.
forwarding::Desk desk(std::string line, std::vector<forwarding::LineView::ClaimView> claims) {
    forwarding::Desk made;
    made.check = [](std::string_view, std::string_view to) -> Result<void> {
        if (to == "112") return fail(Category::invalid, "112 is an emergency number.");
        return {};
    };
    made.view = [line = std::move(line), claims = std::move(claims)](std::string_view asked) {
        return asked == line ? std::optional(forwarding::LineView{.line = line, .claims = claims}) : std::nullopt;
    };
    return made;
}

std::string told(const std::vector<PlanRow>& rows) {
    std::string text;
    for (const auto& row : rows)
        text += fmt::format("{} {} {}-{} '{}' {} -> '{}'{}{}\n", row.calendar, row.line,
                            rfc3339(row.from).substr(11, 5), rfc3339(row.until).substr(11, 5), row.title,
                            name(row.state), row.to, row.reason.empty() ? "" : ": ", row.reason);
    return text;
}
std::string told(std::initializer_list<const Agenda*> all, const forwarding::Desk& on, milliseconds next = 24h,
                 const std::vector<Source>& precedence = usual) {
    std::vector<Planned> planned;
    for (const Agenda* one : all)
        planned.push_back({*one, "as written"});
    return told(plan(planned, on, precedence, at(9), next));
}

} // namespace

TEST_CASE("what will happen, in order of time, and why the rest will not") {
    auto sales =
        calendar("sales", {"s@x"}, {event("e", "112", at(11), at(12)), event("f", "fwd: nobody", at(11), at(13))});
    auto reception = calendar("reception", {"r@x"},
                              {event("a", "2001", at(8), at(10)), event("b", "+31 20 123", at(12), at(13)),
                               event("c", "Lunch\u00a0break", at(11), at(12)), event("past", "2001", at(7), at(9)),
                               event("late", "2001", at(33), at(34))});
    auto nowhere = calendar("nowhere", {}, {event("a", "2001", at(14), at(15))});
    CHECK(told({&sales, &reception, &nowhere}, desk("", {})) ==
          "reception r@x 08:00-10:00 '2001' diverting -> '2001'\n"
          "reception r@x 11:00-12:00 'Lunch break' ignored -> '': the title is no telephone number\n"
          "sales s@x 11:00-12:00 '112' refused -> '112': 112 is an emergency number.\n"
          "sales s@x 11:00-13:00 'fwd: nobody' refused -> '': nobody, or more than one, is called \"nobody\"\n"
          "reception r@x 12:00-13:00 '+31 20 123' diverts -> '+31 20 123'\n"
          "nowhere as written 14:00-15:00 '2001' ignored -> '': nobody has this line\n");
    CHECK(told({&reception}, desk("", {}), 2h) == "reception r@x 08:00-10:00 '2001' diverting -> '2001'\n");
    CHECK(told({&reception}, {}, 2h) == "reception r@x 08:00-10:00 '2001' diverting -> '2001'\n"); // no desk
}

TEST_CASE("two calendars that want different numbers of one line contradict each other") {
    auto one = calendar("one", {"r@x"}, {event("a", "2001", at(10), at(12)), event("b", "2002", at(10), at(12))});
    auto two =
        calendar("two", {"r@x", "s@x"}, {event("a", "2003", at(11), at(13)), event("b", "2009", at(13), at(14))});
    auto same = calendar("same", {"r@x"}, {event("a", "20-03", at(11), at(13))});
    CHECK(told({&two, &one}, desk("", {})) ==
          "one r@x 10:00-12:00 '2001' conflict -> '2001': calendar two wants 2003 from 2026-11-30T11:00:00.000Z to "
          "2026-11-30T13:00:00.000Z\n"
          "one r@x 10:00-12:00 '2002' conflict -> '2002': calendar two wants 2003 from 2026-11-30T11:00:00.000Z to "
          "2026-11-30T13:00:00.000Z\n"
          "two r@x 11:00-13:00 '2003' conflict -> '2003': calendar one wants 2001 from 2026-11-30T10:00:00.000Z to "
          "2026-11-30T12:00:00.000Z\n"
          "two s@x 11:00-13:00 '2003' diverts -> '2003'\n"
          "two r@x 13:00-14:00 '2009' diverts -> '2009'\n"
          "two s@x 13:00-14:00 '2009' diverts -> '2009'\n");
    CHECK(told({&one}, desk("", {})).find("conflict") == std::string::npos);        // parallel ones ring together
    CHECK(told({&two, &same}, desk("", {})).find("conflict") == std::string::npos); // the same number
}

TEST_CASE("what forwarding knows of it is told, too") {
    auto reception =
        calendar("reception", {"r@x"}, {event("a", "2001", at(8), at(10)), event("b", "2002", at(15), at(16))});
    struct Row {
        Source source;
        const char* claim;
        Wall from;
        std::optional<Wall> until;
        ClaimState state;
        const char* reason;
        const char *first, *second; // state and reason of a and b
    };
    // clang-format off
    const Row rows[] = {
        {Source::calendar,  "reception/a", at(8), at(10), ClaimState::in_force, "",                    "diverting", "diverts"},
        {Source::calendar,  "reception/a", at(8), at(10), ClaimState::resting,  "the user has changed","conflict: the user has changed", "diverts"},
        {Source::calendar,  "reception/a", at(8), at(10), ClaimState::refused,  "circles",             "refused: circles", "diverts"},
        {Source::calendar,  "reception/a", at(8), at(10), ClaimState::waiting,  "the platform is away","diverting: the platform is away", "diverts"},
        {Source::calendar,  "other/a",     at(8), at(10), ClaimState::refused,  "circles",             "diverting", "diverts"},
        {Source::operator_, "desk",        at(8), at(12), ClaimState::in_force, "",
                       "conflict: operator 1000 comes first, until 2026-11-30T12:00:00.000Z", "diverts"},
        {Source::operator_, "desk",        at(8), {},     ClaimState::in_force, "",
                       "conflict: operator 1000 comes first", "conflict: operator 1000 comes first"},
        {Source::operator_, "desk",        at(8), {},     ClaimState::resting,  "",                    "diverting", "diverts"},
        {Source::smartbusy, "zoom",        at(8), {},     ClaimState::in_force, "",                    "diverting", "diverts"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.claim);
        CAPTURE(row.first);
        auto on =
            desk("r@x", {{{.source = row.source, .name = row.claim, .to = "1000", .from = row.from, .until = row.until},
                          row.state,
                          row.reason}});
        auto line = [](std::string times, std::string number, std::string_view rest) {
            auto colon = rest.find(':');
            return fmt::format("reception r@x {} '{}' {} -> '{}'{}\n", times, number, rest.substr(0, colon), number,
                               colon == std::string_view::npos ? "" : rest.substr(colon));
        };
        CHECK(told({&reception}, on) ==
              line("08:00-10:00", "2001", row.first) + line("15:00-16:00", "2002", row.second));
    }
    auto on =
        desk("r@x",
             {{{.source = Source::smartbusy, .name = "zoom", .to = "1233", .from = at(8)}, ClaimState::in_force, ""}});
    CHECK(told({&reception}, on, 2h, {Source::smartbusy, Source::calendar}) ==
          "reception r@x 08:00-10:00 '2001' conflict -> '2001': smartbusy 1233 comes first\n");
}

TEST_CASE("what is too much for a line waits, and the plan says so") {
    std::vector<Occurrence> all;
    for (int i = 0; i <= static_cast<int>(Agenda::claims_max); ++i)
        all.push_back(event("e" + std::to_string(i), "2001", at(10, i), at(20)));
    all.push_back(event("lunch", "Lunch", at(9), at(20)));
    auto busy = calendar("busy", {"r@x", "s@x"}, all);
    const Planned planned{busy, ""};
    auto rows = plan({&planned, 1}, desk("", {}), usual, at(9), 24h);
    REQUIRE(rows.size() == 2 * (Agenda::claims_max + 2));
    for (const auto& row : rows) {
        bool last = row.from == at(10, Agenda::claims_max);
        CHECK(row.state == (row.title == "Lunch" ? PlanState::ignored
                            : last               ? PlanState::conflict
                                                 : PlanState::diverts));
        if (last) CHECK(row.reason.find("48 others come before it") == 0);
    }
    CHECK(busy.claims(at(9))->size() == 2 * Agenda::claims_max); // as it is claimed
}
