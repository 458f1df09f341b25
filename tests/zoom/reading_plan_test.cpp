// Whom the plan reads when: a simulated account with a budget.
#include <doctest/doctest.h>
#include <map>
#include <numeric>

#include "adapters/zoom/reading_plan.hpp"

using namespace lamp;
using namespace lamp::zoom;
using namespace std::chrono_literals;

namespace {

std::vector<Slot> people(Slot count) {
    std::vector<Slot> all(count);
    std::iota(all.begin(), all.end(), Slot{0});
    return all;
}

} // namespace

TEST_CASE("zoom plan: people in meetings often, the others slowly") {
    ReadingPlan plan(90s, 10min, 5, 1);
    Steady start(100h);
    plan.use_people(people(20), start);
    CHECK_FALSE(plan.first_round_in());
    std::map<Slot, int> reads;
    for (auto now = start; now < start + 30min; now += 200ms)
        if (auto slot = plan.next(now)) {
            ++reads[*slot];
            plan.read(*slot, *slot < 2, now);
        }
    CHECK(plan.first_round_in());
    for (Slot slot = 0; slot < 20; ++slot) {
        CHECK(reads[slot] >= (slot < 2 ? 20 : 3));
        CHECK(reads[slot] <= (slot < 2 ? 23 : 4));
    }
}

TEST_CASE("zoom plan: ten thousand people do not hold up those in meetings") {
    ReadingPlan plan(90s, 10min, 5, 1);
    Steady start(100h);
    plan.use_people(people(10'000), start);
    std::map<Slot, Steady> last;
    milliseconds longest{0};
    std::size_t reads = 0;
    for (auto now = start; now < start + 80min; now += 200ms)
        if (auto slot = plan.next(now)) {
            ++reads;
            bool live = *slot < 30;
            if (live && last.contains(*slot))
                longest = std::max(longest, std::chrono::duration_cast<milliseconds>(now - last[*slot]));
            last[*slot] = now;
            plan.read(*slot, live, now);
        }
    CHECK(last.size() == 10'000); // the round is as long as the budget makes it
    CHECK(longest <= 102s);       // thirty come at once, every second turn is theirs
    CHECK(reads >= 15'000);
    CHECK(plan.interval(false) == 4000s);
    CHECK(plan.interval(true) == 90s);
}

TEST_CASE("zoom plan: who is in doubt comes soon; who is not there comes ever more seldom") {
    ReadingPlan plan(90s, 10min, 5, 1);
    Steady now(100h);
    plan.use_people(people(2), now);
    CHECK(*plan.next(now) == 0);
    plan.not_later_than(0, now + 5s); // while it is being read
    plan.read(0, false, now);
    CHECK(*plan.next(now) == 1);
    plan.missing(1, now);
    CHECK(plan.first_round_in());
    plan.not_later_than(1, now); // is not there, so nobody asks
    CHECK(plan.due() == now + 5s);
    CHECK_FALSE(plan.next(now + 4s).has_value());
    CHECK(*plan.next(now + 5s) == 0);
    plan.failed(0, now + 5s, 10s);
    CHECK(plan.due() == now + 15s);
    plan.not_later_than(0, now + 7s);
    CHECK(plan.due() == now + 7s);
    plan.not_later_than(0, now + 9s);
    CHECK(plan.due() == now + 7s);
    CHECK(*plan.next(now + 7s) == 0);
    plan.use_people(people(0), now);
    plan.read(0, true, now); // is nobody's any more
    CHECK(plan.due() == Steady::max());
    plan.use_people(std::vector<Slot>{1}, now);
    CHECK(*plan.next(now) == 1);
    plan.missing(1, now);
    CHECK(plan.due() == now + 1h);
    CHECK(*plan.next(now + 1h) == 1);
    plan.missing(1, now + 1h);
    CHECK(plan.due() == now + 3h);
}
