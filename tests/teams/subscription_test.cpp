// The one presence subscription: what is asked of Graph next, after which answer.
#include "adapters/teams/subscription_machine.hpp"

#include <algorithm>

#include "here.hpp"

namespace {

using namespace lamp::teams;
using namespace std::chrono_literals;
using lamp::milliseconds;
using lamp::Steady;
using Verb = SubscriptionMachine::Verb;
using Reply = SubscriptionMachine::Reply;
using State = SubscriptionMachine::State;
using Whose = Reply::Whose;

const Steady start = Steady() + 1h;

std::vector<Guid> people(unsigned count, unsigned from = 0) {
    std::vector<Guid> all;
    for (unsigned i = from; i < from + count; ++i)
        all.push_back(guid(i));
    return all;
}

Reply status(int status) {
    Reply reply;
    reply.status = status;
    if (status >= 300) reply.why = "refused";
    return reply;
}
Reply granted(std::string id, milliseconds life = 60min) {
    auto reply = status(201);
    reply.id = std::move(id);
    reply.life = life;
    return reply;
}
Reply listed(std::vector<Reply::Found> found = {}) {
    auto reply = status(200);
    reply.found = std::move(found);
    return reply;
}

/// "list", "create", "renew a" …; "-" for nothing.
std::string text(const std::optional<SubscriptionMachine::Action>& action) {
    if (!action) return "-";
    static constexpr const char* verbs[] = {"list", "create", "renew", "reauthorize", "remove"};
    std::string out = verbs[static_cast<int>(action->verb)];
    return action->id.empty() ? out : out + " " + action->id;
}

struct Machine : SubscriptionMachine {
    explicit Machine(unsigned count = 3) : SubscriptionMachine({}, 1) {
        use_login(true);
        want(people(count));
    }
    /// Asks and answers; gives what was asked.
    std::string step(Steady now, const Reply& reply) {
        auto action = next(now);
        if (action) answered(*action, reply, now);
        return text(action);
    }
    std::string asked(Steady now) { return step(now, status(0)); }
};

/// Live as "a" since `start`.
Machine live(unsigned count = 3) {
    Machine machine(count);
    REQUIRE(machine.step(start, listed()) == "list");
    REQUIRE(machine.step(start, granted("a")) == "create");
    REQUIRE(machine.state() == State::live);
    return machine;
}

} // namespace

TEST_CASE("subscription: nothing without a login or without people") {
    SubscriptionMachine machine({}, 1);
    machine.want(people(2));
    CHECK(!machine.next(start));
    CHECK(machine.due(start) == Steady::max());
    CHECK(machine.state() == State::off);
    machine.use_login(true);
    machine.want({});
    CHECK(!machine.next(start));
    CHECK(machine.state() == State::absent);
}

TEST_CASE("subscription: first what Graph has, then one of ours, one request at a time") {
    Machine machine;
    auto first = machine.next(start);
    CHECK(text(first) == "list");
    CHECK(!machine.next(start));
    machine.answered(*first, listed(), start);
    auto second = machine.next(start);
    CHECK(text(second) == "create");
    CHECK(machine.attempted() == people(3));
    CHECK(machine.subscribed().empty());
    machine.answered(*second, granted("a"), start);
    CHECK(machine.state() == State::live);
    CHECK(machine.id() == "a");
    CHECK(machine.holds(guid(2)));
    CHECK(!machine.holds(guid(3)));
    CHECK(text(machine.next(start)) == "-");
}

TEST_CASE("subscription: what an earlier run left is removed before") {
    Machine machine;
    CHECK(machine.step(start, listed({{"x", 30min, Whose::earlier}, {"y", 1min, Whose::earlier}})) == "list");
    CHECK(machine.step(start, status(204)) == "remove x");
    CHECK(machine.step(start, status(404)) == "remove y");
    CHECK(machine.step(start, granted("a")) == "create");
    CHECK(machine.state() == State::live);
}

TEST_CASE("subscription: renewed at half of what was granted") {
    struct Row {
        milliseconds life;
        milliseconds renewed;
    };
    for (const Row& row : {Row{60min, 30min}, Row{45min, 22min + 30s}, Row{0ms, 30s}}) {
        Machine machine;
        machine.step(start, listed());
        machine.step(start, granted("a", row.life));
        CHECK(machine.due(start) == start + row.renewed);
        CHECK(text(machine.next(start + row.renewed - 1ms)) == "-");
        CHECK(machine.step(start + row.renewed, granted("a", 60min)) == "renew a");
        CHECK(machine.due(start + row.renewed) == start + row.renewed + 30min);
        CHECK(machine.renewed() == 1);
    }
}

TEST_CASE("subscription: what each answer to a renewal leads to") {
    struct Row {
        int status;
        const char* then;  // at once
        const char* later; // after the longest first back-off
    };
    // clang-format off
    const Row rows[] = {
        {400, "remove a", ""},        // not supported
        {403, "remove a", ""},
        {404, "create",   ""},        // it has vanished
        {401, "-",        "renew a"},
        {429, "-",        "renew a"},
        {503, "-",        "renew a"},
        {0,   "-",        "renew a"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.status);
        auto machine = live();
        auto now = start + 30min;
        CHECK(machine.step(now, status(row.status)) == "renew a");
        auto action = machine.next(now);
        CHECK(text(action) == row.then);
        if (!action) CHECK(text(machine.next(now + 5s)) == row.later);
    }
}

TEST_CASE("subscription: one that could not be renewed ends, and a new one is made") {
    auto machine = live();
    auto now = start + 30min;
    for (; now < start + 60min; now += 1s)
        if (auto action = machine.next(now)) {
            CHECK(text(action) == "renew a");
            machine.answered(*action, status(503), now);
        }
    CHECK(machine.state() == State::live);
    auto action = machine.next(now);
    CHECK(machine.state() == State::absent);
    for (; !action && now < start + 80min; now += 1s)
        action = machine.next(now);
    CHECK(text(action) == "create");
}

TEST_CASE("subscription: what each answer to a creation leads to") {
    struct Row {
        int status;
        State state;
        const char* then;
        const char* later; // when the back-off is over
    };
    // clang-format off
    const Row rows[] = {
        {400, State::absent,  "-",    "create"}, // Graph could not reach our address, say
        {403, State::refused, "-",    "create"},
        {409, State::absent,  "list", ""},
        {429, State::absent,  "-",    "create"},
        {500, State::absent,  "-",    "list"},   // it may exist
        {0,   State::absent,  "-",    "list"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.status);
        Machine machine;
        machine.step(start, listed());
        CHECK(machine.step(start, status(row.status)) == "create");
        CHECK(machine.state() == row.state);
        auto action = machine.next(start);
        CHECK(text(action) == row.then);
        if (!action) CHECK(text(machine.next(start + 15min)) == row.later);
    }
}

TEST_CASE("subscription: 409 is settled by the list") {
    struct Row {
        const char* what;
        std::vector<Reply::Found> found;
        const char* then;
        State state;
    };
    const Row rows[] = {
        {"ours, the answer was lost", {{"a", 50min, Whose::attempt}}, "-", State::live},
        {"ours of before", {{"o", 50min, Whose::earlier}}, "remove o", State::absent},
        {"another program's", {{"f", 50min, Whose::foreign}}, "remove f", State::absent},
        {"both", {{"f", 50min, Whose::foreign}, {"a", 50min, Whose::attempt}}, "remove f", State::live},
        {"none that we can see", {}, "-", State::absent},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        Machine machine;
        machine.step(start, listed());
        machine.step(start, status(409));
        CHECK(machine.step(start, listed(row.found)) == "list");
        CHECK(machine.state() == row.state);
        CHECK(text(machine.next(start)) == row.then);
        if (row.state == State::live) CHECK(machine.subscribed() == people(3));
    }
}

TEST_CASE("subscription: one that stands in the way unseen is asked for ever more slowly, at least every 15 minutes") {
    Machine machine;
    machine.step(start, listed());
    unsigned asked = 0;
    auto last = start;
    milliseconds longest{0};
    for (auto now = start; now < start + 3h; now += 1s)
        if (auto action = machine.next(now)) {
            ++asked;
            longest = std::max(longest, std::chrono::duration_cast<milliseconds>(now - last));
            last = now;
            machine.answered(*action, action->verb == Verb::list ? listed() : status(409), now);
        }
    CHECK(asked < 100);
    CHECK(longest <= 15min);
    CHECK(longest > 10min);
    CHECK(machine.problem().find("does not list") != std::string::npos);
}

TEST_CASE("subscription: two programs with one account do not fight every second") {
    Machine machine;
    unsigned removed = 0;
    for (auto now = start; now < start + 1h; now += 1s)
        if (auto action = machine.next(now)) {
            removed += action->verb == Verb::remove ? 1 : 0;
            machine.answered(*action,
                             action->verb == Verb::list     ? listed({{"f", 50min, Whose::foreign}})
                             : action->verb == Verb::remove ? status(204)
                                                            : status(409),
                             now);
        }
    CHECK(removed > 2);
    CHECK(removed < 20);
    CHECK(machine.problem().find("another program") != std::string::npos);
}

TEST_CASE("subscription: Retry-After is kept") {
    Machine machine;
    machine.step(start, listed());
    auto reply = status(429);
    reply.after = 90s;
    machine.step(start, reply);
    CHECK(text(machine.next(start + 89s)) == "-");
    CHECK(text(machine.next(start + 90s)) == "create");
}

TEST_CASE("subscription: refused for want of a permission, tried again in a quarter of an hour") {
    Machine machine;
    machine.step(start, listed());
    machine.step(start, status(403));
    CHECK(machine.state() == State::refused);
    CHECK(text(machine.next(start + 14min)) == "-");
    CHECK(machine.step(start + 15min, granted("a")) == "create");
    CHECK(machine.state() == State::live);
    CHECK(machine.problem().empty());
}

TEST_CASE("subscription: a removal that fails does not stand in the way for ever") {
    Machine machine;
    machine.step(start, listed({{"x", 30min, Whose::earlier}}));
    auto now = start;
    for (int tries = 0; tries < 3 && now < start + 3h; now += 15min)
        if (auto action = machine.next(now)) {
            CHECK(text(action) == "remove x");
            machine.answered(*action, status(503), now);
            ++tries;
        }
    CHECK(machine.asked(now + 15min) == "list");
}

TEST_CASE("subscription: re-authorised when Graph asks, not more than twice a minute") {
    auto machine = live();
    machine.reauthorization_required(start + 1min);
    CHECK(machine.due(start + 1min) == start + 1min);
    CHECK(machine.step(start + 1min, status(204)) == "reauthorize a");
    machine.reauthorization_required(start + 61s);
    CHECK(text(machine.next(start + 61s)) == "-");
    machine.reauthorization_required(start + 90s);
    CHECK(machine.step(start + 90s, status(404)) == "reauthorize a");
    CHECK(machine.state() == State::absent);
}

TEST_CASE("subscription: removed by the service, it is made anew") {
    auto machine = live();
    machine.removed_by_service();
    CHECK(machine.step(start + 1min, listed()) == "list");
    CHECK(machine.step(start + 1min, granted("b")) == "create");
}

TEST_CASE("subscription: other people are put in after five minutes; whoever left may stay") {
    auto machine = live(3);
    machine.want(people(2));
    CHECK(text(machine.next(start + 10min)) == "-");
    machine.want(people(4));
    CHECK(machine.due(start + 10min) <= start + 10min);
    CHECK(machine.step(start + 10min, status(204)) == "remove a");
    CHECK(machine.step(start + 10min, granted("b")) == "create");
    CHECK(machine.holds(guid(3)));
    machine.want(people(5));
    CHECK(text(machine.next(start + 14min)) == "-");
    CHECK(machine.due(start + 14min) == start + 15min);
    CHECK(text(machine.next(start + 15min)) == "remove b");
}

TEST_CASE("subscription: a key serves one day") {
    auto machine = live();
    auto now = start;
    while (now < start + 24h - 31min) {
        now += 30min;
        REQUIRE(machine.step(now, granted("a")) == "renew a");
    }
    CHECK(machine.step(start + 24h, status(204)) == "remove a");
    CHECK(machine.step(start + 24h, granted("b")) == "create");
}

TEST_CASE("subscription: silence is three changes in three minutes that nobody told") {
    auto machine = live();
    auto now = start + 5min;
    machine.poll_saw_change(now);
    machine.poll_saw_change(now + 1s);
    CHECK(text(machine.next(now + 4min)) == "-"); // two are no silence
    machine.notified(now + 4min);
    machine.poll_saw_change(now + 5min);
    machine.poll_saw_change(now + 5min);
    machine.poll_saw_change(now + 5min);
    CHECK(text(machine.next(now + 7min)) == "-"); // it may still come
    CHECK(machine.due(now + 7min) == now + 8min);
    CHECK(machine.step(now + 8min, status(204)) == "remove a");
    CHECK(machine.silent());
    CHECK(machine.silences() == 1);
    CHECK(machine.step(now + 8min, granted("b")) == "create");
    CHECK(machine.silent()); // until something comes
    machine.notified(now + 9min);
    CHECK(!machine.silent());
}

TEST_CASE("subscription: lasting silence makes a new one at most every quarter of an hour in the end") {
    auto machine = live();
    for (auto now = start; now < start + 3h; now += 1s) {
        if (now.time_since_epoch() % 10s == 0s) machine.poll_saw_change(now);
        if (auto action = machine.next(now))
            machine.answered(*action, action->verb == Verb::remove ? status(204) : granted("b"), now);
    }
    CHECK(machine.silences() >= 10);
    CHECK(machine.silences() <= 20);
}

TEST_CASE("subscription: another login begins with the list; stopping removes and makes nothing") {
    auto machine = live();
    machine.use_login(false);
    CHECK(machine.state() == State::off);
    CHECK(!machine.next(start + 1s));
    machine.use_login(true);
    CHECK(machine.step(start + 1s, listed({{"a", 50min, Whose::attempt}})) == "list");
    CHECK(machine.state() == State::live);
    machine.stop();
    CHECK(machine.step(start + 2s, status(204)) == "remove a");
    CHECK(text(machine.next(start + 1h)) == "-");
}

TEST_CASE("subscription: whoever is looked at or calls comes first, then who is in already") {
    auto everybody = people(1000);
    CHECK(choose_people({}, {}, people(3)) == people(3));
    auto chosen = choose_people({guid(999)}, people(649, 300), everybody);
    CHECK(chosen.size() == 650);
    CHECK(chosen.front() == guid(999));
    CHECK(std::ranges::find(chosen, guid(948)) != chosen.end());
    CHECK(std::ranges::find(chosen, guid(0)) == chosen.end());
    auto few = choose_people({guid(5), guid(5), guid(2000)}, {guid(6)}, everybody);
    CHECK(few[0] == guid(5));
    CHECK(few[1] == guid(6));
    CHECK(few[2] == guid(0));
    CHECK(std::ranges::count(few, guid(5)) == 1);
    CHECK(std::ranges::find(few, guid(2000)) == few.end()); // nobody of ours
}
