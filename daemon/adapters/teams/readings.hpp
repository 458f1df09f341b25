// Readings of Teams presence become reports of source teams: stale data is dropped by its sequence number, our own echo
// is not an input, and what has not been read for long is marked stale and then counts as unknown. Who wants to know of
// meetings hears of each reading.
// Lives on the egress loop, which is the one writer of the table's cells of source teams.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "fanout/fanout.hpp"
#include "meetings/news.hpp"
#include "presence/table.hpp"
#include "proto/graph/presence.hpp"

namespace lamp::teams {

class Readings {
public:
    /// Not heard of for `stale_after`: unknown. For `doubt_after`: marked stale.
    Readings(presence::Table& table, fanout::Fanout& fanout, milliseconds stale_after, milliseconds doubt_after,
             meetings::Listener meetings = {})
        : table_(table),
          fanout_(fanout),
          stale_after_(stale_after),
          doubt_least_(doubt_after),
          meetings_(std::move(meetings)) {}

    /// So many slots are in use; without this it grows by itself, and wider than it must.
    void use(std::size_t slots) { people_.reserve(slots); }
    /// An older answer than the one known came late; it is to be left alone.
    [[nodiscard]] bool is_old(presence::Slot slot, const graph::Presence& presence, Steady now);
    /// The same of an answer that may be hours old: no age makes it the truth.
    [[nodiscard]] bool is_behind(presence::Slot slot, const graph::Presence& presence) const;
    /// One reading. `echo`: it is our own words, so what was known before stays and counts as read. Gives what the
    /// person's own state is taken to be now.
    graph::Pair take(presence::Slot slot, const graph::Presence& presence, bool echo, Steady now, Wall wall);
    /// The answer did not hold this person.
    void missing(presence::Slot slot, Steady now, Wall wall);
    /// This slot has no account any more.
    void forget(presence::Slot slot, Wall wall);
    /// Once a second: whoever was not read for too long.
    void sweep(Steady now, Wall wall);
    /// Rounds take longer than thought: doubt begins later.
    void expect_every(milliseconds round) { doubt_after_ = std::max(doubt_least_, 3 * round); }

    struct Seen {
        graph::Pair pair;
        bool out_of_office = false;
        bool stale = false;
        bool echo = false; // the last reading was our own words
        Steady read_at{};  // of the last reading
        Wall changed_at{}; // of the state
    };
    /// Nothing: never read.
    [[nodiscard]] std::optional<Seen> seen(presence::Slot slot) const;
    [[nodiscard]] milliseconds stale_after() const { return stale_after_; }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    struct Person {
        std::uint64_t sequence = 0; // 0: none known
        Steady read_at{};           // Steady(): never
        bool echo = false;
        bool stale = false;
    };
    void report(presence::Slot slot, presence::TeamsReport report, Wall wall);
    void tell(presence::Slot slot, meetings::Meeting meeting, Wall wall);

    presence::Table& table_;
    fanout::Fanout& fanout_;
    milliseconds stale_after_;
    milliseconds doubt_least_;
    milliseconds doubt_after_ = doubt_least_;
    std::vector<Person> people_; // by slot
    meetings::Listener meetings_;
    Wall told_at_{}; // never goes back, as the order in which readings are taken does not
    std::uint64_t dropped_ = 0;
};

/// "A0001767225600123" as a number that sorts as the text does; 0 for what is not one letter and up to 16 digits.
[[nodiscard]] std::uint64_t sequence_number(std::string_view text);

} // namespace lamp::teams
