// Whom to read next: people in a meeting often, the others slowly, whoever is in doubt soon; one request each, so the
// budget decides how long a round is (cloud-apis.md C3, C4). Where both wait, the urgent and the others take turns.
// A machine: no socket, no clock. Egress loop.
#pragma once
#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <unordered_map>

#include "base/clock.hpp"
#include "presence/words.hpp"

namespace lamp::zoom {

using presence::Slot;

class ReadingPlan {
public:
    static constexpr milliseconds missing_first{
        3'600'000}; // who is not there (404) is asked for again, ever more slowly
    static constexpr milliseconds missing_longest{24 * 3'600'000};

    ReadingPlan(milliseconds live, milliseconds others, double per_second, std::uint64_t seed = std::random_device()())
        : live_(live), others_(others), per_second_(per_second), random_(seed) {}

    /// Whoever is new is due at once.
    void use_people(std::span<const Slot> slots, Steady now);
    /// The person is read by then.
    void not_later_than(Slot slot, Steady when);

    /// Who is due; the person counts as being read until one of the words below.
    [[nodiscard]] std::optional<Slot> next(Steady now);
    /// Steady::max(): nobody.
    [[nodiscard]] Steady due() const { return std::min(due(urgent_), due(calm_)); }
    void read(Slot slot, bool live, Steady now);
    /// Nothing was learnt: soon again.
    void failed(Slot slot, Steady now, milliseconds after);
    void missing(Slot slot, Steady now);

    /// How far readings of one person are apart at most, as things are.
    [[nodiscard]] milliseconds interval(bool live) const;
    /// Everybody was asked for once.
    [[nodiscard]] bool first_round_in() const { return waiting_first_ == 0; }
    [[nodiscard]] std::size_t size() const { return people_.size(); }

private:
    struct Person {
        Steady due{};
        bool asked = false; // ever answered
        bool reading = false;
        bool live = false;
        bool urgent = false;            // where it is scheduled
        std::optional<Steady> wanted{}; // not later than this, though it is being read
        int missing = 0;
    };
    using Schedule = std::set<std::pair<Steady, Slot>>;
    [[nodiscard]] static Steady due(const Schedule& list) { return list.empty() ? Steady::max() : list.begin()->first; }
    void unschedule(Slot slot, const Person& person);
    void schedule(Slot slot, Person& person, Steady due, bool urgent);
    void settle(Slot slot, Person& person, Steady due);

    milliseconds live_;
    milliseconds others_;
    double per_second_;
    std::minstd_rand random_;
    std::unordered_map<Slot, Person> people_;
    Schedule urgent_;
    Schedule calm_;
    bool calm_next_ = false;
    std::size_t live_people_ = 0;
    std::size_t waiting_first_ = 0;
};

} // namespace lamp::zoom
