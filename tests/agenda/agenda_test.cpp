// From appointments to claims, in time.
#include <random>

#include "here.hpp"

using namespace testing;

namespace {

struct Says { // one claim, as a row
    std::string line, name, to;
    Wall from, until;
    bool operator==(const Says&) const = default;
};
std::vector<Says> said(const Agenda& agenda, Wall now) {
    std::vector<Says> rows;
    auto claims = agenda.claims(now);
    REQUIRE(claims);
    for (const auto& [line, claim] : *claims) {
        CHECK(claim.source == forwarding::Source::calendar);
        CHECK_FALSE(claim.resting);
        REQUIRE(claim.until);
        rows.push_back({line, claim.name, claim.to, claim.from, *claim.until});
    }
    return rows;
}

Agenda reception() {
    Agenda agenda("reception", {}, {});
    agenda.use_lines({"reception@x"});
    return agenda;
}

} // namespace

TEST_CASE("before the first good reading nothing is said, so that nothing ends") {
    auto agenda = reception();
    CHECK_FALSE(agenda.claims(at(9)));
    agenda.take(std::nullopt); // as it was when?
    CHECK_FALSE(agenda.claims(at(9)));
    agenda.take(std::vector<Occurrence>{});
    CHECK(said(agenda, at(9)).empty());
}

TEST_CASE("appointments of the next day become claims") {
    auto agenda = reception();
    agenda.take(std::vector{event("b", "2002", at(12), at(13)), event("a", "2001", at(8), at(10)),
                            event("lunch", "Lunch", at(12), at(13)), event("past", "2003", at(7), at(8)),
                            event("next", "2004", at(33, 1), at(34)), event("edge", "2005", at(33), at(34))});
    CHECK(said(agenda, at(9)) == std::vector<Says>{
                                     {"reception@x", "reception/a", "2001", at(8), at(10)}, // it runs already
                                     {"reception@x", "reception/b", "2002", at(12), at(13)},
                                     {"reception@x", "reception/edge", "2005", at(33), at(34)},
                                 });
    CHECK(agenda.wake_at(at(9)) == at(9, 1)); // "next" comes within a day
    CHECK(said(agenda, at(9, 1)).size() == 4);
    CHECK(agenda.wake_at(at(9, 1)) == Wall::max());
    CHECK(said(agenda, at(10)).size() == 3); // "a" is over
}

TEST_CASE("an edit changes the claim and does not double it") {
    auto agenda = reception();
    agenda.take(std::vector{event("a", "2001", at(8), at(10))});
    agenda.take(std::vector{event("a", "2002", at(8), at(11))});
    CHECK(said(agenda, at(9)) == std::vector<Says>{{"reception@x", "reception/a", "2002", at(8), at(11)}});
    agenda.take(std::nullopt); // nothing new
    CHECK(said(agenda, at(9)).size() == 1);
    agenda.take(std::vector{event("a", "2002", at(8), at(8, 30))}); // it was made shorter, into the past
    CHECK(said(agenda, at(9)).empty());
    agenda.take(std::vector{event("a", "2002", at(8), at(11))});
    CHECK(said(agenda, at(9)).size() == 1);
    agenda.take(std::vector<Occurrence>{}); // deleted
    CHECK(said(agenda, at(9)).empty());
}

TEST_CASE("parallel appointments are several claims, on each line of the person") {
    auto agenda = reception();
    agenda.use_lines({"a@x", "b@x"});
    agenda.take(std::vector{event("1", "2001", at(9), at(12)), event("2", "2002", at(9), at(11)),
                            event("2", "2009", at(10), at(11))}); // a key that comes twice counts once
    CHECK(said(agenda, at(9)) == std::vector<Says>{{"a@x", "reception/1", "2001", at(9), at(12)},
                                                   {"a@x", "reception/2", "2002", at(9), at(11)},
                                                   {"b@x", "reception/1", "2001", at(9), at(12)},
                                                   {"b@x", "reception/2", "2002", at(9), at(11)}});
}

TEST_CASE("names are asked for on the line") {
    Agenda agenda("r", {.tags = {"fwd:"}, .fields = {"title"}}, [](std::string_view line, std::string_view name) {
        return name == "reception" ? std::optional(line == "a@x" ? "1000" : "+31201231000") : std::nullopt;
    });
    agenda.use_lines({"a@x", "b@x"});
    agenda.take(std::vector{event("1", "fwd: reception", at(9), at(12)), event("2", "fwd: nobody", at(9), at(12))});
    CHECK(said(agenda, at(9)) ==
          std::vector<Says>{{"a@x", "r/1", "1000", at(9), at(12)}, {"b@x", "r/1", "+31201231000", at(9), at(12)}});
}

TEST_CASE("a consent that is taken back ends everything, a new one brings it back") {
    auto agenda = reception();
    agenda.take(std::vector{event("a", "2001", at(8), at(10))});
    agenda.mute();
    CHECK(said(agenda, at(9)).empty());
    CHECK(agenda.occurrences().empty());
    CHECK(agenda.wake_at(at(9)) == Wall::max());
    agenda.take(std::nullopt); // nothing new over there
    CHECK(said(agenda, at(9)).size() == 1);
    Agenda fresh("own", {}, {});
    fresh.use_lines({"a@x"});
    fresh.mute(); // at a start: what an earlier run has claimed ends, too
    CHECK(said(fresh, at(9)).empty());
    fresh.take(std::nullopt);
    CHECK(said(fresh, at(9)).empty());
}

TEST_CASE("a line has so many claims at most, the nearest ones") {
    auto agenda = reception();
    std::vector<Occurrence> all;
    for (int i = 99; i >= 0; --i)
        all.push_back(event("e" + std::to_string(i), "2001", at(9, i), at(12, i)));
    agenda.take(all);
    auto rows = said(agenda, at(9));
    REQUIRE(rows.size() == Agenda::claims_max);
    CHECK(rows.front().name == "reception/e0");
    CHECK(rows.back().from == at(9, Agenda::claims_max - 1));
    CHECK(agenda.wake_at(at(9)) == at(12)); // the first one's end makes room
    CHECK(said(agenda, at(12)).back().from == at(9, Agenda::claims_max));
}

TEST_CASE("more appointments than can be kept are cut at the end") {
    auto agenda = reception();
    std::vector<Occurrence> all;
    for (std::size_t i = 0; i <= Agenda::occurrences_max; ++i)
        all.push_back(event("e" + std::to_string(i), "2001", at(9) - std::chrono::seconds(i), at(10)));
    agenda.take(all);
    CHECK(agenda.left_out() == 1);
    CHECK(agenda.occurrences().size() == Agenda::occurrences_max);
    CHECK(agenda.occurrences().back().from == at(9) - 1s);
}

TEST_CASE("a key of any length has a name, and each another one") {
    auto agenda = reception();
    auto one = event(std::string(300, 'a') + "1", "2001", at(9), at(10));
    auto other = event(std::string(300, 'a') + "2", "2001", at(9), at(10));
    CHECK(agenda.claim_name(one).size() == std::string("reception/").size() + 200);
    CHECK(agenda.claim_name(one) != agenda.claim_name(other));
    CHECK(agenda.claim_name(one) == reception().claim_name(one));
    // Claims outlive the program: this value must never change.
    CHECK(agenda.claim_name(one).ends_with("~d5dbb56dd7693530"));
}

// Whatever happens to a calendar, and however time passes: the claims are what its appointments say, told once more
// here in the plainest way; and whoever looks only when it is woken misses nothing.
TEST_CASE("property: at any time the claims are what the appointments say") {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        std::mt19937 random(seed);
        auto any = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
        auto agenda = reception();
        std::vector<Occurrence> all;
        Wall now = at(0);
        Wall wake = Wall::min();
        std::vector<Says> seen;
        for (int step = 0; step < 60; ++step) {
            bool edited = any(3) == 0;
            if (edited) {
                int what = any(3);
                if (what == 0 || all.empty()) {
                    auto from = now + std::chrono::minutes(any(4000) - 1000);
                    all.push_back(event("k" + std::to_string(step),
                                        any(4) > 0 ? "20" + std::to_string(10 + any(80)) : "Lunch", from,
                                        from + std::chrono::minutes(any(600))));
                    all.back().cancelled = any(8) == 0;
                    all.back().free = any(2) == 0;
                } else if (what == 1) {
                    all.erase(all.begin() + any(static_cast<int>(all.size())));
                } else {
                    auto& one = all[static_cast<std::size_t>(any(static_cast<int>(all.size())))];
                    one.until = one.from + std::chrono::minutes(any(600));
                }
                agenda.take(all);
            }
            if (!agenda.known()) continue;
            std::vector<Says> expected;
            for (const auto& one : all)
                if (!one.cancelled && one.title != "Lunch" && one.until > one.from && one.until > now &&
                    one.from <= now + 24h)
                    expected.push_back({"reception@x", "reception/" + one.key, one.title, one.from, one.until});
            std::ranges::sort(expected, {}, [](const Says& s) { return std::tie(s.from, s.name); });
            auto told = said(agenda, now);
            CAPTURE(seed);
            CAPTURE(step);
            CHECK(told == expected);
            // What was seen at the last look, without those that have ended, is still all: else it would have woken us.
            if (!edited && now < wake) {
                std::erase_if(seen, [&](const Says& s) { return s.until <= now; });
                CHECK(seen == told);
            }
            seen = told;
            wake = agenda.wake_at(now);
            CHECK(wake > now);
            now += std::chrono::minutes(any(120));
        }
    }
}

TEST_CASE("when a calendar is busy") {
    auto agenda = reception();
    CHECK(!agenda.busy_until(at(9)));
    CHECK(agenda.busy_edge(at(9)) == Wall::max());
    auto meeting = event("m", "Budget", at(9), at(10));
    auto longer = event("l", "", at(9, 30), at(11));
    longer.hidden = true; // busy, and that is all that one may see
    auto whole = event("w", "Holiday", at(0), at(23));
    whole.all_day = true;
    auto free = event("f", "Coffee", at(8), at(13));
    free.free = true;
    auto declined = event("d", "Party", at(8), at(13));
    declined.declined = true;
    auto off = event("c", "Off", at(8), at(13));
    off.cancelled = true;
    agenda.take(std::vector{meeting, longer, whole, free, declined, off, event("n", "2001", at(8), at(14))});
    CHECK(!agenda.busy_until(at(8, 59)));
    CHECK(agenda.busy_edge(at(8, 30)) == at(9));
    CHECK(agenda.busy_until(at(9)) == at(10));
    CHECK(agenda.busy_edge(at(9)) == at(9, 30));
    CHECK(agenda.busy_until(at(9, 30)) == at(11));
    CHECK(agenda.busy_edge(at(10)) == at(11));
    CHECK(!agenda.busy_until(at(11)));
    agenda.mute();
    CHECK(!agenda.busy_until(at(9)));
}
