// Conversations with the machine that decides who is in a Zoom meeting; time stands still unless it is moved.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "adapters/zoom/people_state.hpp"

using namespace lamp;
using namespace lamp::zoom;
using namespace std::chrono_literals;

namespace {

constexpr Slot anna = 3;
constexpr Slot bert = 4;
const Wall ten{milliseconds(1'767'261'600'000)};

struct Desk {
    PeopleState state{false, 150min};
    PeopleState::Now now{Steady(1000h), ten};

    void pass(milliseconds time) {
        now.steady += time;
        now.wall += time;
    }
    /// `at`: before now.
    Taken told(State word, milliseconds ago = 0ms, Slot who = anna) {
        return state.presence_told(who, word, now.wall - ago, now);
    }
    Taken read(State word, milliseconds ago = 0ms) { return state.presence_read(anna, word, now.wall - ago, now); }
    Taken joined(std::string_view meeting, std::string_view device = "d", milliseconds ago = 0ms, Slot who = anna) {
        return state.joined(who, meeting, device, now.wall - ago, now);
    }
    Taken left(std::string_view meeting, std::string_view device = "d", milliseconds ago = 0ms, Slot who = anna) {
        return state.left(who, meeting, device, now.wall - ago, now);
    }
    [[nodiscard]] Meeting meeting(Slot who = anna) const {
        auto says = state.says(who);
        return says ? says->meeting : Meeting::unknown;
    }
};

} // namespace

TEST_CASE("zoom state: what each presence means") {
    for (auto [state, meeting] : std::initializer_list<std::pair<State, Meeting>>{
             {State::available, Meeting::none},
             {State::away, Meeting::none},
             {State::offline, Meeting::none},
             {State::busy, Meeting::none},
             {State::out_of_office, Meeting::none},
             {State::do_not_disturb, Meeting::none},
             {State::calendar, Meeting::calendar},
             {State::phone, Meeting::none},
             {State::meeting, Meeting::live},
             {State::presenting, Meeting::live},
             {State::unknown, Meeting::unknown},
         }) {
        Desk desk;
        CHECK_FALSE(desk.state.says(anna).has_value());
        CHECK(desk.told(state) == Taken::news);
        CHECK(desk.meeting() == meeting);
    }
    PeopleState calls(true, 1h);
    PeopleState::Now now{Steady(1h), ten};
    CHECK(calls.presence_told(anna, State::phone, ten, now) == Taken::news);
    CHECK(calls.says(anna)->meeting == Meeting::live);
}

TEST_CASE("zoom state: late, doubled and reordered presences change nothing") {
    Desk desk;
    CHECK(desk.told(State::meeting) == Taken::news);
    desk.pass(1min);
    CHECK(desk.told(State::available, 61s) == Taken::old); // of before the meeting
    CHECK(desk.told(State::meeting, 60s) == Taken::duplicate);
    CHECK(desk.meeting() == Meeting::live);
    CHECK(desk.told(State::available) == Taken::news);
    desk.pass(1h);
    CHECK(desk.told(State::meeting, 61min) == Taken::old); // tried again an hour later
    CHECK(desk.meeting() == Meeting::none);
}

TEST_CASE("zoom state: two devices and two meetings do not end each other") {
    Desk desk;
    CHECK(desk.joined("m1", "phone") == Taken::news);
    desk.pass(1s);
    CHECK(desk.joined("m1", "desktop") == Taken::news);
    CHECK(desk.joined("m2", "phone") == Taken::news);
    CHECK(desk.joined("m2", "phone") == Taken::duplicate);
    desk.pass(1min);
    CHECK(desk.left("m1", "phone") == Taken::news);
    CHECK(desk.meeting() == Meeting::live);
    CHECK(desk.left("m1", "desktop") == Taken::news);
    CHECK(desk.meeting() == Meeting::live);
    CHECK(desk.left("m2", "phone") == Taken::news);
    CHECK(desk.meeting() == Meeting::none);
}

TEST_CASE("zoom state: a join that comes after its own leaving stays out; a rejoin comes in") {
    Desk desk;
    CHECK(desk.left("m", "d", 10s) == Taken::news);
    CHECK(desk.joined("m", "d", 30s) == Taken::old);
    CHECK(desk.meeting() == Meeting::none);
    CHECK(desk.joined("m", "d", 10s) == Taken::old); // of one moment the end is what holds
    CHECK(desk.joined("m", "d", 5s) == Taken::news);
    CHECK(desk.left("m", "d", 5s) == Taken::news);
    CHECK(desk.meeting() == Meeting::none);
}

TEST_CASE("zoom state: the end of a meeting is everybody's, and nobody joins it afterwards") {
    Desk desk;
    CHECK(desk.joined("m") == Taken::news);
    CHECK(desk.joined("m", "d", 0ms, bert) == Taken::news);
    CHECK(desk.joined("other", "d", 0ms, bert) == Taken::news);
    desk.pass(10min);
    CHECK(desk.state.ended("m", desk.now.wall, desk.now) == std::vector<Slot>{anna, bert});
    CHECK(desk.meeting() == Meeting::none);
    CHECK(desk.meeting(bert) == Meeting::live);
    CHECK(desk.state.ended("m", desk.now.wall, desk.now).empty());
    CHECK(desk.joined("m", "late", 1min) == Taken::old);
    desk.pass(85min);
    CHECK(desk.joined("m", "d", 86min) == Taken::old);
    CHECK(desk.meeting() == Meeting::none);
    CHECK(desk.state.ended("never heard of", desk.now.wall, desk.now).empty());
    CHECK(desk.joined("never heard of", "d", 1s) == Taken::old);
}

TEST_CASE("zoom state: a lost leaving is noticed by the presence, not at once") {
    Desk desk;
    desk.told(State::meeting);
    desk.joined("m");
    desk.pass(30min);
    desk.told(State::available);
    CHECK(desk.meeting() == Meeting::live); // another device may still be there
    CHECK(desk.state.sweep(desk.now).empty());
    desk.pass(PeopleState::doubt);
    CHECK(desk.state.sweep(desk.now) == std::vector<Slot>{anna});
    CHECK(desk.meeting() == Meeting::none);
    CHECK(desk.state.says(anna)->happened == desk.now.wall);
    // Word of having joined that comes later still.
    CHECK(desk.joined("m2", "d", 20min) == Taken::old);
    CHECK(desk.meeting() == Meeting::none);
}

TEST_CASE("zoom state: a web client has no presence; only its attendance tells, but not for ever") {
    Desk desk;
    desk.told(State::offline, 1h);
    desk.joined("m");
    desk.pass(5h);
    desk.read(State::offline);
    CHECK(desk.state.sweep(desk.now).empty());
    CHECK(desk.meeting() == Meeting::live);
    desk.pass(1h);
    CHECK(desk.state.sweep(desk.now) == std::vector<Slot>{anna});
    CHECK(desk.meeting() == Meeting::none);
    // One that was told five hours late has but one hour left.
    desk.joined("m3", "d", 5h);
    desk.pass(61min);
    CHECK(desk.state.sweep(desk.now) == std::vector<Slot>{anna});
}

TEST_CASE("zoom state: readings find what events lost, and do not deny what they cannot know yet") {
    Desk desk;
    CHECK(desk.read(State::available) == Taken::news);
    CHECK(desk.meeting() == Meeting::none);
    desk.pass(1min);
    CHECK(desk.read(State::meeting) == Taken::news); // its event was lost
    CHECK(desk.meeting() == Meeting::live);
    desk.pass(1min);
    CHECK(desk.told(State::available) == Taken::news);
    desk.pass(5s);
    CHECK(desk.read(State::meeting) == Taken::doubtful); // REST lags behind
    CHECK(desk.meeting() == Meeting::none);
    CHECK(desk.read(State::available) == Taken::news);
    desk.pass(20s);
    CHECK(desk.read(State::meeting) == Taken::news);
    CHECK(desk.read(State::available, 1min) == Taken::old); // an answer that was long on its way
    // An event of before the reading says nothing new.
    CHECK(desk.told(State::available, 30s) == Taken::old);
    CHECK(desk.meeting() == Meeting::live);
}

TEST_CASE("zoom state: what is told never goes back in time") {
    Desk desk;
    desk.told(State::available);
    auto before = desk.state.says(anna)->happened;
    CHECK(desk.joined("m", "d", 30s) == Taken::news);
    CHECK(desk.meeting() == Meeting::live);
    CHECK(desk.state.says(anna)->happened == before);
    desk.state.forget(anna);
    CHECK_FALSE(desk.state.says(anna).has_value());
}

TEST_CASE("zoom state: a flood of devices and meetings stays small") {
    Desk desk;
    for (int i = 0; i < 1000; ++i) {
        desk.pass(1ms);
        desk.joined(fmt::format("m{}", i % 50), fmt::format("d{}", i));
    }
    CHECK(desk.state.says(anna)->attendances == PeopleState::attendances_max);
    desk.pass(7h);
    CHECK(desk.state.sweep(desk.now) == std::vector<Slot>{anna});
    CHECK(desk.meeting() == Meeting::none);
    CHECK(desk.state.live() == 0);
}

TEST_CASE("zoom state: any order and any doubling of one day's events ends the same") {
    // Each event alone, in all rotations, every one twice: what holds at the end is what happened last.
    struct One {
        int kind; // 0 presence, 1 joined, 2 left, 3 ended
        State state;
        std::string_view meeting;
        milliseconds ago;
    };
    const std::vector<One> day{
        {0, State::available, {}, 100s},
        {0, State::meeting, {}, 90s},
        {1, {}, "a", 89s},
        {1, {}, "b", 80s},
        {2, {}, "a", 70s},
        {3, {}, "b", 60s},
        {0, State::away, {}, 59s},
    };
    std::vector<std::size_t> order(day.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::size_t orders = 0;
    do {
        Desk desk;
        for (std::size_t i : order)
            for (int twice = 0; twice < 2; ++twice) {
                const One& one = day[i];
                if (one.kind == 0) desk.told(one.state, one.ago);
                if (one.kind == 1) desk.joined(one.meeting, "d", one.ago);
                if (one.kind == 2) desk.left(one.meeting, "d", one.ago);
                if (one.kind == 3) static_cast<void>(desk.state.ended(one.meeting, desk.now.wall - one.ago, desk.now));
            }
        if (desk.meeting() != Meeting::none) FAIL("order " << orders);
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(orders == 5040);
}
