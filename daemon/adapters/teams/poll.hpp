// Whom to ask Graph about next: everybody in turn in batches of at most 650, spread evenly over `poll`; people somebody
// looks at more often when a round takes longer; a poisoned batch cut in halves until the bad id is found.
// A machine: `now` is given. Lives on the egress loop.
#pragma once
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "proto/graph/guid.hpp"

namespace lamp::teams {

using graph::Guid;

class PollPlan {
public:
    static constexpr std::size_t batch_max = 650; // cloud-apis.md A3
    static constexpr milliseconds interest_lasts{60'000};
    /// A poisoned id is tried again after a minute, then twice as late each time: a gateway that answers 404 to
    /// everything for a while must not make people bad for a day.
    static constexpr milliseconds bad_first{60'000};
    static constexpr milliseconds bad_longest{24 * 3'600'000};

    explicit PollPlan(milliseconds poll) : poll_(poll) {}

    /// Everybody, in the order of asking; what was under way goes on.
    void use(std::vector<Guid> everybody);
    /// Everybody is asked anew, at once, and `first_round_in` waits for it: what was known of people was not all.
    void start_over();
    /// Somebody looks at this person.
    void interested(const Guid& person, Steady now);

    struct Batch {
        enum class Kind : std::uint8_t { round, interest, part } kind = Kind::round;
        std::uint64_t round = 0;
        std::vector<Guid> people;
    };
    /// The batch that is due; nothing while the round is asked and its time is not over.
    [[nodiscard]] std::optional<Batch> next(Steady now);
    /// When `next` will have something.
    [[nodiscard]] Steady due(Steady now) const;

    void answered(const Batch& batch, Steady now);
    /// No answer that says anything about its people: asked again in its turn.
    void failed(Batch batch);
    /// Graph refuses the batch for its content (400, 404): asked again in halves. Gives the id when it was the only
    /// one; that one is left out for a while, then tried again in a batch without the others.
    [[nodiscard]] std::optional<Guid> poisoned(Batch batch, Steady now);

    /// Everybody has been asked and answered for once.
    [[nodiscard]] bool first_round_in() const { return rounds_ > 0; }
    /// How long the last whole round took, from its first question to its last answer.
    [[nodiscard]] milliseconds round_took() const { return took_; }
    [[nodiscard]] std::uint64_t rounds() const { return rounds_; }
    [[nodiscard]] std::size_t left_out() const { return bad_.size(); }

private:
    [[nodiscard]] Steady batch_due() const;
    [[nodiscard]] bool asked_all() const { return cursor_ >= everybody_.size() && again_.empty(); }
    void close_round(Steady now);
    void take_good(std::vector<Guid>& into);
    [[nodiscard]] std::optional<Batch> retry_bad(Steady now);

    milliseconds poll_;
    std::vector<Guid> everybody_;
    std::size_t cursor_ = 0;
    std::size_t asked_ = 0; // batches of this round
    std::uint64_t round_ = 0;
    std::uint64_t rounds_ = 0;
    std::size_t open_ = 0; // batches of this round on their way
    bool running_ = false;
    Steady began_{};
    Steady next_round_{};
    milliseconds took_{0};
    std::deque<Batch> again_; // parts of a poisoned batch, and batches that failed
    struct Bad {
        Steady until{};
        milliseconds wait = bad_first;
    };
    std::unordered_map<Guid, Bad> bad_;
    Steady next_retry_ = Steady::max();         // of a bad one
    std::unordered_map<Guid, Steady> interest_; // until
    Steady next_interest_{};
};

} // namespace lamp::teams
