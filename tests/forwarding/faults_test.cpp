// Every fault at every step of a line's day, one at a time: what the platform does at the end is what the user had, or
// what he has set meanwhile.
#include "world.hpp"

using namespace testing;

namespace {

using Verb = World::Verb;

enum class Fault : std::uint8_t {
    kill_before,       // the action is not done
    kill_after,        // it is done, its answer never comes
    kill_and_wait,     // the same, and the daemon is away for an hour
    fails,             // it is not done, and the answer says so
    lost_answer,       // it is done, and the answer says that nobody knows
    late,              // it is done seconds after the answer said that nobody knows
    edit_before,       // the user changes it before the action is done …
    edit_after,        // … or before its answer comes
    edit_before_later, // and the event comes seconds later
    edit_after_later,
    edit_unheard, // after it was done, and no event tells; found when the channel is back
    switch_off,   // the user switches it off before the answer comes
    edit_hidden,  // … before a write, which hides it, and the daemon is killed before it has looked
    number,       // … or only another number, before the action is done
    number_down,  // … or while the daemon is down
    clock,        // the clock is set five minutes ahead
};
constexpr std::array all_faults{Fault::kill_before,       Fault::kill_after,
                                Fault::kill_and_wait,     Fault::fails,
                                Fault::lost_answer,       Fault::late,
                                Fault::edit_before,       Fault::edit_after,
                                Fault::edit_before_later, Fault::edit_after_later,
                                Fault::edit_unheard,      Fault::switch_off,
                                Fault::edit_hidden,       Fault::number,
                                Fault::number_down,       Fault::clock};
std::string name_of(Fault fault) {
    static constexpr std::array names{"kill before",
                                      "kill after",
                                      "kill and wait",
                                      "fails",
                                      "lost answer",
                                      "late",
                                      "edit before",
                                      "edit after",
                                      "edit before, told later",
                                      "edit after, told later",
                                      "edit unheard",
                                      "switch off",
                                      "edit hidden, kill",
                                      "another number",
                                      "another number, down",
                                      "clock"};
    return names[static_cast<std::size_t>(fault)];
}

/// A day of alice's: an appointment, a meeting that crosses its end, another appointment beside it.
class Day {
public:
    Day(Always had, Fault fault, int step) : had_(std::move(had)), fault_(fault), step_(step) {
        world.platform.of("alice@x").always = had_;
        world.telling = false;
    }

    /// False when the day has fewer steps.
    bool live() {
        world.put(appointment("a", "2002", at(9), at(10)));
        world.put(appointment("b", "2003", at(9, 20), at(9, 40)));
        until(at(9, 50));
        world.put(meeting("1233", at(9, 50)));
        until(at(10, 10));
        meeting_over_ = true;
        world.drop(Source::smartbusy, "teams");
        until(at(12, 30));
        return struck_;
    }
    /// What must be there at the end.
    [[nodiscard]] Always expected() const { return edit_ ? *edit_ : had_; }

    World world;

private:
    void until(Wall time) {
        run();
        while (world.wall < time) {
            auto wake = std::chrono::ceil<milliseconds>(world.room->wake_at() - world.steady);
            auto next = world.room->wake_at() == Steady::max() ? time - world.wall : std::min(wake, time - world.wall);
            if (late_) next = std::min(next, 8000ms);
            if (!world.platform.events.empty()) next = std::min(next, 2000ms);
            world.pass(std::max(1ms, next));
            if (late_) arrive();
            world.deliver();
            run();
        }
    }
    /// Sources tell again what they know, once we are back.
    void crash(milliseconds down) {
        world.crash(down);
        if (meeting_over_) world.drop(Source::smartbusy, "teams");
    }
    void arrive() {
        auto late = std::exchange(late_, std::nullopt);
        static_cast<void>(world.platform.put(late->line, late->parts, late->setting));
    }
    void run() {
        while (auto action = world.take()) {
            if (++count_ == step_)
                strike(*action);
            else
                world.answer(*action, world.perform(*action));
            if (!hold_events_) world.deliver();
        }
        hold_events_ = false;
    }
    void edit(bool tell_now) {
        edit_ = Always{true, "2077"};
        world.platform.edit("alice@x", *edit_);
        if (tell_now)
            world.deliver();
        else
            hold_events_ = true;
    }
    /// Of a forwarding that is off.
    void other_number() {
        if (world.always().active || had_.active) return;
        edit_ = Always{false, "2078"};
        world.platform.edit("alice@x", *edit_);
        world.deliver();
    }
    void strike(const World::Action& action) {
        struck_ = true;
        bool write = action.verb == Verb::write;
        switch (fault_) {
        case Fault::kill_before: return crash(0ms);
        case Fault::kill_after: static_cast<void>(world.perform(action)); return crash(0ms);
        case Fault::kill_and_wait: static_cast<void>(world.perform(action)); return crash(1h);
        case Fault::fails: return world.answer(action, World::failure(Category::unavailable));
        case Fault::lost_answer:
            static_cast<void>(world.perform(action));
            return world.answer(action, World::failure(Category::timeout));
        case Fault::late:
            if (write) late_ = action;
            return world.answer(action, World::failure(Category::timeout));
        case Fault::edit_before:
        case Fault::edit_before_later: edit(fault_ == Fault::edit_before); break;
        case Fault::edit_after:
        case Fault::edit_after_later:
        case Fault::edit_unheard: {
            auto answer = world.perform(action);
            if (fault_ != Fault::edit_unheard)
                edit(fault_ == Fault::edit_after);
            else if (write) { // before our own write it would be hidden, and nobody could know
                edit(true);
                world.platform.events.clear();
                world.room->lost_track(world.now());
            }
            return world.answer(action, answer);
        }
        case Fault::switch_off: {
            auto answer = world.perform(action);
            if (!had_.active && world.always().active) {
                edit_ = Always{false, world.always().to};
                world.platform.edit("alice@x", *edit_);
                world.deliver();
            }
            return world.answer(action, answer);
        }
        case Fault::edit_hidden: {
            if (!write) break;
            edit(true);
            if (auto save = world.take()) world.answer(*save, world.perform(*save));
            static_cast<void>(world.perform(action));
            world.platform.events.clear();
            return crash(0ms);
        }
        case Fault::number:
            if (action.verb != Verb::write) other_number(); // else our own write hides it
            break;
        case Fault::number_down:
            static_cast<void>(world.perform(action));
            other_number();
            return crash(0ms);
        case Fault::clock: world.wall += 5min; break;
        }
        world.answer(action, world.perform(action));
    }

    Always had_;
    Fault fault_;
    int step_;
    int count_ = 0;
    bool struck_ = false;
    bool meeting_over_ = false;
    bool hold_events_ = false;
    std::optional<Always> edit_;
    std::optional<World::Action> late_;
};

} // namespace

TEST_CASE("every fault at every step: at the end the platform is as the user wants it") {
    auto dialling = dutch();
    Same same(dialling, "alice@x");
    int cases = 0;
    for (const Always& had : {Always{false, "0201234567"}, Always{true, "0201234567"}, Always{}})
        for (Fault fault : all_faults)
            for (int step = 1;; ++step) {
                Day day(had, fault, step);
                bool struck = day.live();
                CAPTURE(name_of(fault));
                CAPTURE(step);
                CAPTURE(had.active);
                CAPTURE(day.world.shows());
                CHECK(same.always(day.world.always(), day.expected()));
                CHECK((day.expected().active || day.world.always().to == day.expected().to));
                CHECK_FALSE(day.world.platform.of("alice@x").simultaneous->active);
                CHECK(day.world.disk.empty());
                CHECK(day.world.room->counts().under_way == 0);
                CHECK(day.world.room->wake_at() == Steady::max());
                if (!struck) break;
                REQUIRE(step < 200);
                ++cases;
            }
    CHECK(cases > 300);
}
