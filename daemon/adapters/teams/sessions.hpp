// Which presence sessions of ours should exist at Graph, which do, and what is to be done about the difference
// (cloud-apis.md A4, A12). One session per person while a call is active or held; refreshed at half of its life;
// cleared at the end. Wanted state, not a queue of commands: whoever asks `next` gets the newest.
// A machine: no socket, no clock, no store. Lives on the egress loop.
#pragma once
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/backoff.hpp"
#include "fanout/outcome.hpp"
#include "proto/graph/guid.hpp"

namespace lamp::teams {

using fanout::Outcome;
using graph::Guid;

enum class Verb : std::uint8_t { set, clear };

/// What is known of the person's line.
enum class LineSays : std::uint8_t { unknown, free, in_call };

struct SessionTimes {
    milliseconds lifetime{900'000}; // Graph takes 5 to 240 minutes
    milliseconds settle{500};       // a call that follows within this keeps the session of the one before
    milliseconds adoption{10'000};  // leftovers of an earlier run wait so long for the line to be known
    /// A session that was not refreshed is gone so long after its end, whatever the clocks.
    milliseconds grace{30'000};
    milliseconds refused_wait{60'000};           // a permission may be granted meanwhile
    milliseconds not_applicable_wait{3'600'000}; // an account may get Teams meanwhile
    milliseconds retry_first{1000};
    milliseconds retry_longest{60'000};
};

class Sessions {
public:
    explicit Sessions(SessionTimes times = {}) : times_(times) {}

    /// One person's session: wanted, existing, or being cleared.
    struct Session {
        LineSays line = LineSays::unknown;
        bool masked = false;    // the person chose a status by hand: left alone
        bool adopted = false;   // an earlier run's, and the line has not been heard since
        bool in_flight = false; // a write is on its way
        bool recorded = false;  // an intent is, or may be, on disk
        std::uint8_t failures = 0;
        enum class Published : std::uint8_t { no, maybe, yes } published = Published::no;
        Steady since{};         // in this state of the line
        Steady written{};       // the last write that was delivered
        Steady expires{};       // when Graph ends the session by itself
        Steady blocked_until{}; // not earlier
        Steady due = Steady::max();
        std::string last_reason{}; // of a write that failed; empty when the last one was delivered
    };

    void says(const Guid& person, LineSays line, Steady now);
    void mask(const Guid& person, bool masked, Steady now);
    /// The session of an earlier run: kept if the line turns out to be in a call, else cleared; at the latest after
    /// `adoption`.
    void adopt(const Guid& person, Steady expires, Steady now);
    /// The person is nobody's any more: an existing session is cleared.
    void abandon(const Guid& person, Steady now) { says(person, LineSays::free, now); }
    /// Every session is unwanted from now on: the daemon is stopping.
    void abandon_all(Steady now);
    /// How long sessions are to last from now on.
    void use_lifetime(milliseconds lifetime) { times_.lifetime = lifetime; }

    struct Action {
        Guid person;
        Verb verb;
        bool operator==(const Action&) const = default;
    };
    /// The write that has been due longest, marked as on its way; nothing when none is due.
    [[nodiscard]] std::optional<Action> next(Steady now);
    /// A write came back.
    void finished(const Action& action, const Outcome& outcome, Steady now);
    /// When `next` will have something.
    [[nodiscard]] Steady due() const { return schedule_.empty() ? Steady::max() : schedule_.begin()->first; }
    /// Writes that are due and not on their way; counts no further than `most`.
    [[nodiscard]] std::size_t waiting(Steady now, std::size_t most = SIZE_MAX) const;
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
    [[nodiscard]] std::size_t size() const { return sessions_.size(); }
    [[nodiscard]] std::size_t published() const;

    [[nodiscard]] const Session* find(const Guid& person) const;
    /// People whose intent may leave the disk: their session is gone.
    [[nodiscard]] std::vector<Guid> take_ended() { return std::exchange(ended_, {}); }
    [[nodiscard]] milliseconds lifetime() const { return times_.lifetime; }

private:
    using Map = std::unordered_map<Guid, Session>;
    struct Plan {
        bool act = false;
        Verb verb = Verb::set;
        Steady when = Steady::max();
    };
    [[nodiscard]] Plan plan(const Session& session) const;
    void settle(Map::iterator at, Steady now);
    void schedule(Map::iterator at, Steady due);
    [[nodiscard]] milliseconds back_off(Session& session) const;

    SessionTimes times_;
    Map sessions_;
    std::set<std::pair<Steady, Guid>> schedule_;
    std::vector<Guid> ended_;
    std::size_t in_flight_ = 0;
};

} // namespace lamp::teams
