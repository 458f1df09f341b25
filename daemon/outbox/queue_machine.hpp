// When a webhook's next letter may be sent, and what becomes of it afterwards: one at a time in their order; back-off
// with jitter after a failure; a letter that is too old is given up, so that the next proceeds. A machine without Asio:
// `now` is given. Egress loop.
#pragma once
#include <cstdint>
#include <optional>

#include "base/backoff.hpp"
#include "base/budget.hpp"
#include "outbox/letter.hpp"
#include "outbox/verdict.hpp"

namespace lamp::outbox {

class QueueMachine {
public:
    static constexpr milliseconds retry_first{1'000};

    QueueMachine(milliseconds give_up, double rate, std::uint64_t seed = std::random_device()())
        : give_up_(give_up), budget_(rate, rate), backoff_(retry_first, limits::retry_longest, seed) {}

    /// Zero: the first letter may be sent now (its place in the budget is taken). Else ask again after that time.
    [[nodiscard]] milliseconds wait(Steady now);

    enum class Fate : std::uint8_t {
        remove,  // it is delivered
        keep,    // it stays the first
        bury,    // to the dead letters
        disable, // it and all others to the dead letters; nothing is sent any more
    };
    /// `letter.attempts` counts this attempt, too.
    [[nodiscard]] Fate settle(const Verdict& verdict, const Letter& letter, Wall wall, Steady now);

    /// A person has done something about it: at once.
    void hurry();
    void set(milliseconds give_up, double rate);

    /// Since the last success.
    [[nodiscard]] bool failing() const { return failing_; }
    /// While it is failing.
    [[nodiscard]] std::optional<Steady> next_attempt() const {
        return failing_ ? std::optional(not_before_) : std::nullopt;
    }

private:
    milliseconds give_up_;
    Budget budget_;
    Backoff backoff_;
    Steady not_before_{};
    bool failing_ = false;
};

} // namespace lamp::outbox
