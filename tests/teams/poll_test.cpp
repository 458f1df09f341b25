// Whom to ask next: rounds, batches, interest, poisoned batches.
#include "adapters/teams/poll.hpp"

#include <algorithm>

#include "here.hpp"

namespace {

using namespace lamp::teams;
using namespace std::chrono_literals;
using lamp::Steady;

const Steady start = Steady() + 1h;

std::vector<Guid> people(unsigned count) {
    std::vector<Guid> all;
    for (unsigned i = 0; i < count; ++i)
        all.push_back(guid(i));
    return all;
}

/// Asks and answers whatever is due now; gives the sizes of the batches.
std::vector<std::size_t> drain(PollPlan& plan, Steady now) {
    std::vector<std::size_t> sizes;
    while (auto batch = plan.next(now)) {
        sizes.push_back(batch->people.size());
        plan.answered(*batch, now);
    }
    return sizes;
}
using Sizes = std::vector<std::size_t>;

} // namespace

TEST_CASE("nobody is asked about nobody") {
    PollPlan plan(5s);
    CHECK(!plan.next(start));
    CHECK(plan.due(start) == Steady::max());
    CHECK(!plan.first_round_in());
}

TEST_CASE("batches of at most 650") {
    struct Row {
        unsigned people;
        Sizes batches;
    };
    for (const Row& row : {Row{1, {1}}, Row{650, {650}}, Row{651, {650, 1}}, Row{1400, {650, 650, 100}}}) {
        PollPlan plan(5s);
        plan.use(people(row.people));
        CHECK(drain(plan, start) == row.batches);
        CHECK(plan.first_round_in());
    }
}

TEST_CASE("the first round is asked at once, later ones evenly over the poll time") {
    PollPlan plan(4s);
    plan.use(people(1300));
    CHECK(drain(plan, start) == Sizes{650, 650});
    CHECK(plan.due(start) == start + 4s);
    CHECK(drain(plan, start + 3999ms).empty());
    CHECK(drain(plan, start + 4s) == Sizes{650});
    CHECK(plan.due(start + 4s) == start + 6s);
    CHECK(drain(plan, start + 6s) == Sizes{650});
    CHECK(plan.rounds() == 2);
    CHECK(plan.round_took() == 2s);
    CHECK(plan.due(start + 6s) == start + 8s);
}

TEST_CASE("a round is in when its last answer is") {
    PollPlan plan(5s);
    plan.use(people(1300));
    auto first = plan.next(start);
    auto second = plan.next(start);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(!plan.next(start));
    plan.answered(*second, start + 1s);
    CHECK(!plan.first_round_in());
    plan.answered(*first, start + 2s);
    CHECK(plan.first_round_in());
    CHECK(plan.round_took() == 2s);
}

TEST_CASE("a batch without an answer is asked again, and the round waits for it") {
    PollPlan plan(5s);
    plan.use(people(3));
    for (int attempt = 0; attempt < 3; ++attempt) {
        auto batch = plan.next(start);
        REQUIRE(batch);
        CHECK(batch->people.size() == 3);
        plan.failed(*std::move(batch));
        CHECK(!plan.first_round_in());
    }
    CHECK(drain(plan, start) == Sizes{3});
    CHECK(plan.first_round_in());
}

TEST_CASE("the bad id of a poisoned batch is found by halving and left out") {
    for (unsigned bad : {0U, 1U, 324U, 325U, 649U}) {
        CAPTURE(bad);
        PollPlan plan(5s);
        plan.use(people(650));
        std::optional<Guid> found;
        int requests = 0;
        std::vector<Guid> told;
        while (auto batch = plan.next(start)) {
            ++requests;
            if (std::ranges::find(batch->people, guid(bad)) == batch->people.end()) {
                told.insert(told.end(), batch->people.begin(), batch->people.end());
                plan.answered(*batch, start);
            } else if (auto id = plan.poisoned(*std::move(batch), start)) {
                found = id;
            }
        }
        CHECK(found == guid(bad));
        CHECK(told.size() == 649);
        CHECK(requests <= 22);
        CHECK(plan.first_round_in());
        CHECK(plan.left_out() == 1);
        CHECK(drain(plan, start + 5s) == Sizes{649});
        CHECK(drain(plan, start + 61s) == Sizes{1, 650}); // tried again, alone first
        CHECK(plan.left_out() == 0);
        CHECK(drain(plan, start + 70s) == Sizes{650});
    }
}

TEST_CASE("an id that stays bad is tried ever more seldom; one that was bad by mistake is back within a minute or so") {
    PollPlan plan(5s);
    plan.use(people(1)); // a tenant of one person behind a gateway that answers 404
    std::vector<lamp::milliseconds> tries;
    for (auto now = start; now < start + 24h; now += 5s)
        while (auto batch = plan.next(now)) {
            tries.push_back(std::chrono::duration_cast<lamp::milliseconds>(now - start));
            static_cast<void>(plan.poisoned(*std::move(batch), now));
        }
    REQUIRE(tries.size() > 3);
    CHECK(tries.size() < 15);
    CHECK(tries[1] == 1min);
    CHECK(tries[2] == 3min);
    auto late = plan.next(start + 48h);
    REQUIRE(late);
    plan.answered(*late, start + 48h);
    CHECK(plan.left_out() == 0);
}

TEST_CASE("whoever is looked at is asked between, while a round lasts longer than the poll time") {
    PollPlan plan(1s);
    plan.use(people(6500));
    plan.interested(guid(42), start);
    REQUIRE(plan.next(start));
    std::size_t alone = 0;
    for (auto now = start; now < start + 10s; now += 500ms) {
        auto batch = plan.next(now); // one answer every half second: a slow tenant
        if (!batch) break;
        if (batch->kind == PollPlan::Batch::Kind::interest) {
            ++alone;
            CHECK(batch->people == std::vector<Guid>{guid(42)});
        }
        plan.answered(*batch, now);
    }
    CHECK(alone >= 4);
}

TEST_CASE("interest ends") {
    PollPlan plan(1s);
    plan.use(people(1300));
    plan.interested(guid(7), start);
    REQUIRE(plan.next(start));
    auto batch = plan.next(start + 61s);
    REQUIRE(batch);
    CHECK(batch->kind == PollPlan::Batch::Kind::round);
}

TEST_CASE("starting over: the first round is that of everybody, and answers of before do not count") {
    PollPlan plan(5s);
    plan.use(people(1));
    CHECK(drain(plan, start) == Sizes{1});
    CHECK(plan.first_round_in());
    plan.use(people(1300));
    plan.start_over();
    plan.use(people(1300));
    CHECK(!plan.first_round_in());
    auto late = PollPlan::Batch{PollPlan::Batch::Kind::round, 1, people(1)};
    auto first = plan.next(start);
    REQUIRE(first);
    plan.answered(late, start);
    CHECK(!plan.first_round_in());
    plan.answered(*first, start);
    CHECK(drain(plan, start) == Sizes{650});
    CHECK(plan.first_round_in());
}

TEST_CASE("other people in the middle of a round") {
    PollPlan plan(5s);
    plan.use(people(1300));
    auto first = plan.next(start);
    REQUIRE(first);
    plan.use(people(10));
    plan.answered(*first, start);
    static_cast<void>(drain(plan, start));
    CHECK(plan.first_round_in());
    CHECK(drain(plan, start + 5s) == Sizes{10});
}
