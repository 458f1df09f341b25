// The tenant's budget: never more than allowed in any 30 s, writes first, reads never starved.
#include "adapters/teams/tenant_budget.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "here.hpp"

using namespace lamp::teams;
using namespace std::chrono_literals;
using lamp::Steady;

namespace {
const Steady start = Steady() + 1h;
}

TEST_CASE("whatever is asked for, no 30 s hold more than 1500 requests, and hardly fewer") {
    TenantBudget budget(1500);
    std::deque<Steady> taken;
    std::size_t most = 0;
    std::size_t all = 0;
    for (auto now = start; now < start + 120s; now += 5ms) {
        for (auto given = budget.take(now, Priority::write, 20); given > 0;
             given = budget.take(now, Priority::write, 20))
            for (unsigned i = 0; i < given; ++i)
                taken.push_back(now), ++all;
        while (!taken.empty() && taken.front() <= now - 30s)
            taken.pop_front();
        most = std::max(most, taken.size());
    }
    CHECK(most <= 1500);
    CHECK(all >= 120 * 48);
}

TEST_CASE("requests that take up to half a second longer than others stay within the limit where they arrive") {
    TenantBudget budget(1500);
    std::vector<Steady> arrived;
    unsigned number = 0;
    for (auto now = start; now < start + 120s; now += 5ms)
        for (auto given = budget.take(now, Priority::write, 20); given > 0; --given)
            arrived.push_back(now + (number++ % 150 == 0 || now < start + 1s ? 500ms : 0ms));
    std::ranges::sort(arrived);
    std::size_t most = 0;
    for (auto first = arrived.begin(), last = first; last != arrived.end(); ++last) {
        while (*first <= *last - 30s)
            ++first;
        most = std::max(most, static_cast<std::size_t>(last - first) + 1);
    }
    CHECK(most <= 1500);
}

TEST_CASE("a burst is paid back by a slower flow, never by a silence") {
    TenantBudget budget(1500);
    auto last = start;
    auto longest = 0ms;
    for (auto now = start; now < start + 120s; now += 1ms) {
        if (budget.take(now, Priority::write, 1000) == 0) continue;
        longest = std::max(longest, std::chrono::duration_cast<lamp::milliseconds>(now - last));
        last = now;
    }
    CHECK(longest <= 130ms);
}

TEST_CASE("where reads have used it all, a burst of writes breaks no limit") {
    TenantBudget budget(1500);
    unsigned used = 0;
    for (auto now = start; now < start + 30s; now += 1ms)
        used += budget.take(now, Priority::read, 1);
    used += budget.take(start + 30s - 1ms, Priority::write, 1000);
    CHECK(used >= 1450);
    CHECK(used <= 1500);
}

TEST_CASE("a full bucket gives a tenth at once") {
    TenantBudget budget(1500);
    CHECK(budget.take(start, Priority::write, 1000) == 150);
    CHECK(budget.take(start, Priority::write, 1) == 0);
    CHECK(budget.wait(start) > 0ms);
    CHECK(budget.wait(start) <= 24ms);
    CHECK(budget.take(start + 23ms, Priority::write, 5) == 1);
    CHECK(budget.take(start + 30s, Priority::write, 1000) <= 5); // paid back after the window only
    CHECK(budget.take(start + 62s, Priority::write, 1000) == 150);
}

TEST_CASE("a burst is for writes: reads come evenly") {
    TenantBudget budget(1500);
    CHECK(budget.take(start, Priority::read, 1000) == 4);
    CHECK(budget.wait(start, Priority::read) > 0ms);
    CHECK(budget.wait(start, Priority::read) <= 21ms);
    CHECK(budget.take(start, Priority::write, 1000) == 146);
}

TEST_CASE("while writes wait, every tenth request is a read") {
    TenantBudget budget(1500);
    unsigned reads = 0;
    unsigned writes = 0;
    for (auto now = start; now < start + 30s; now += 1ms) {
        reads += budget.take(now, Priority::read, 1, true);
        writes += budget.take(now, Priority::write, 1, true);
    }
    CHECK(writes >= 1300);
    CHECK(reads >= 140);
    CHECK(reads <= 170);
}

TEST_CASE("reads have it all while nobody writes") {
    TenantBudget budget(1500);
    unsigned reads = 0;
    for (auto now = start; now < start + 30s; now += 1ms)
        reads += budget.take(now, Priority::read, 1, false);
    CHECK(reads >= 1450); // none is saved for writes that do not come
}

TEST_CASE("silence that was asked for is kept by everybody") {
    TenantBudget budget(1500);
    budget.close_until(start + 7s);
    CHECK(budget.take(start + 6999ms, Priority::write, 1) == 0);
    CHECK(budget.wait(start) == 7s);
    budget.close_until(start + 2s); // a shorter one does not shorten it
    CHECK(budget.take(start + 6999ms, Priority::read, 1) == 0);
    CHECK(budget.take(start + 7s, Priority::read, 1) == 1);
}

TEST_CASE("what was not used comes back") {
    TenantBudget budget(300);
    CHECK(budget.take(start, Priority::write, 30) == 30);
    budget.give_back(10);
    CHECK(budget.take(start, Priority::write, 30) == 10);
    budget.give_back(1000);
    CHECK(budget.take(start, Priority::write, 1000) == 30);
}
