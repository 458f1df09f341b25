// Because of what an agent follows: each reason alone, several at once, silence.
#include "acd/reason.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace lamp;
using namespace lamp::acd;
using presence::TeamsState;

namespace {

const std::vector<Reason> usual{Reason::meeting, Reason::do_not_disturb};
const std::vector<Reason> all{Reason::meeting, Reason::do_not_disturb, Reason::line_do_not_disturb, Reason::away};
const Wish none{};

} // namespace

TEST_CASE("what holds, by what is followed") {
    using enum TeamsState;
    struct Row {
        const char* what;
        std::vector<Reason> followed;
        bool dnd;
        bool talking;
        std::vector<std::optional<TeamsState>> teams;
        std::optional<Wish> wish;
    };
    const Row rows[] = {
        {"free", usual, false, false, {available}, none},
        {"a meeting", usual, false, false, {in_meeting}, Wish{true, Reason::meeting}},
        {"presenting is a meeting", usual, false, false, {presenting}, Wish{true, Reason::meeting}},
        {"do not disturb", usual, false, false, {do_not_disturb}, Wish{true, Reason::do_not_disturb}},
        {"busy is none", all, false, false, {busy}, none},
        {"offline is none", all, false, false, {offline}, none},
        {"away is not followed unless asked for", usual, false, false, {away}, none},
        {"neither is the line", usual, true, false, {available}, none},
        {"away", all, false, false, {away}, Wish{true, Reason::away}},
        {"who talks has not gone away: that says nothing", all, false, true, {away}, std::nullopt},
        {"who talks in a meeting is in the meeting", all, false, true, {in_meeting}, Wish{true, Reason::meeting}},
        {"the line's own", all, true, false, {available}, Wish{true, Reason::line_do_not_disturb}},
        {"the order decides of two", all, true, false, {in_meeting}, Wish{true, Reason::meeting}},
        {"the order decides, turned round",
         {Reason::line_do_not_disturb, Reason::meeting},
         true,
         false,
         {in_meeting},
         Wish{true, Reason::line_do_not_disturb}},
        {"Teams is silent", all, false, false, {std::nullopt}, std::nullopt},
        {"Teams is silent, the line is not", all, true, false, {std::nullopt}, Wish{true, Reason::line_do_not_disturb}},
        {"the line alone needs no Teams", {Reason::line_do_not_disturb}, false, false, {std::nullopt}, none},
        {"one of two persons", usual, false, false, {available, in_meeting}, Wish{true, Reason::meeting}},
        {"one of two is silent", usual, false, false, {std::nullopt, available}, none},
        {"a line that is nobody's", usual, false, false, {}, std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(wish_of(row.followed, {.dnd = row.dnd, .talking = row.talking, .teams = row.teams}) == row.wish);
    }
}
