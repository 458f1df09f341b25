// Who is in a Zoom meeting: two kinds of hints, a presence (web hook or REST) and attendances (web hooks), each ordered
// by the time at which it happened, not at which it came (cloud-apis.md C2, C4). A machine: no socket, no clock; all
// walls are Zoom's clock. Lives on the egress loop.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "meetings/news.hpp"
#include "proto/zoom/words.hpp"

namespace lamp::zoom {

using meetings::Meeting;
using presence::Slot;

/// What became of a hint.
enum class Taken : std::uint8_t {
    news,      // it counts: something is known of the person since then
    duplicate, // it was known
    old,       // something newer is known
    doubtful,  // a reading that denies an event of the last seconds: to be read again
};

class PeopleState {
public:
    struct Now {
        Steady steady{};
        Wall wall{}; // by Zoom's clock
    };
    struct Says {
        Meeting meeting = Meeting::unknown;
        Wall happened{}; // never goes back
        State presence = State::unknown;
        std::size_t attendances = 0;
    };

    /// Leaving a meeting, as a presence tells it, ends attendances that nothing has ended after this long.
    static constexpr milliseconds doubt{120'000};
    /// An attendance that nothing ends ends by itself.
    static constexpr milliseconds attendance_longest{6 * 3'600'000};
    /// Right after a change Zoom's REST may still tell what was before.
    static constexpr milliseconds rest_lag{15'000};
    static constexpr std::size_t attendances_max = 16; // of one person
    static constexpr std::size_t meetings_max = 20'000;

    /// `memory`: how long it is remembered that a meeting is over, so that late word of it changes nothing.
    PeopleState(bool phone_calls, milliseconds memory) : phone_calls_(phone_calls), memory_(memory) {}

    Taken presence_told(Slot slot, State state, Wall at, Now now);
    /// `asked`: when the question was sent.
    Taken presence_read(Slot slot, State state, Wall asked, Now now);
    Taken joined(Slot slot, std::string_view meeting, std::string_view participant, Wall at, Now now);
    Taken left(Slot slot, std::string_view meeting, std::string_view participant, Wall at, Now now);
    /// Gives those for whom that is news.
    [[nodiscard]] std::vector<Slot> ended(std::string_view meeting, Wall at, Now now);
    void forget(Slot slot);

    /// Drops what has become too old. Gives those of whom something else is known by it.
    [[nodiscard]] std::vector<Slot> sweep(Now now);

    /// Nothing: never heard of.
    [[nodiscard]] std::optional<Says> says(Slot slot) const;
    [[nodiscard]] std::size_t live() const;

private:
    struct Attendance {
        std::uint64_t meeting;
        std::uint64_t participant;
        Wall at;
        bool present;
        Steady until; // present: when it ends by itself; else when it is forgotten
    };
    struct Person {
        State presence = State::unknown;
        Wall presence_at = Wall::min();
        Wall told_at = Wall::min();      // the last one that an event told
        Wall left_meeting = Wall::min(); // when the presence last ceased to be that of a meeting
        Wall happened = Wall::min();
        std::vector<Attendance> attendances;
    };
    struct Known {
        std::vector<Slot> people;
        Wall ended = Wall::min();
        Steady forget_at{};
    };
    Taken take(Person& person, State state, Wall at, Now now);
    Taken attend(Slot slot, std::uint64_t meeting, std::uint64_t participant, bool present, Wall at, Now now);
    Attendance& attendance_of(Person& person, std::uint64_t meeting, std::uint64_t participant);
    [[nodiscard]] Meeting meeting_of(const Person& person) const;
    static void note(Person& person, Wall at) { person.happened = std::max(person.happened, at); }

    bool phone_calls_;
    milliseconds memory_;
    std::unordered_map<Slot, Person> people_;
    std::unordered_map<std::uint64_t, Known> meetings_;
};

} // namespace lamp::zoom
