// Order by sequence number, per subscription (xsi.md 6.4): events may arrive over several channels, out of order,
// twice, or never. Events in order pass at once; those behind a hole wait up to two seconds for it, then the hole is
// a gap. Pure: `now` is given. Holding is the exception, so only that path allocates.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace lamp::xsi {

inline constexpr std::uint32_t sequence_max = 2147483647; // the next one is 1

[[nodiscard]] constexpr std::uint32_t after(std::uint32_t sequence) {
    return sequence >= sequence_max ? 1 : sequence + 1;
}
/// How far `sequence` lies ahead of `expected`, the wrap counted; negative = behind.
[[nodiscard]] constexpr std::int64_t distance(std::uint32_t expected, std::uint32_t sequence) {
    constexpr std::int64_t half = sequence_max / 2; // signed: the negative of an unsigned half is none
    std::int64_t ahead = static_cast<std::int64_t>(sequence) - static_cast<std::int64_t>(expected);
    if (ahead > half) return ahead - sequence_max;
    if (ahead < -half) return ahead + sequence_max;
    return ahead;
}

class Sequencer {
public:
    enum class Verdict : std::uint8_t {
        deliver,   // in order: apply it, then whatever `take_ready` gives
        duplicate, // seen before: acknowledge and drop
        held,      // behind a hole: kept (a copy), acknowledge
        overflow,  // the window is full: `take_gap` at once
    };

    /// `expected` is the subscription's next number, 0 before its first event; it is advanced on deliver.
    Verdict offer(std::uint32_t subscription, std::uint32_t& expected, std::uint32_t sequence,
                  std::string_view document, Steady now);

    /// The next held document of that subscription that is in order now; empty if none.
    [[nodiscard]] std::string take_ready(std::uint32_t subscription, std::uint32_t& expected);

    /// A subscription whose hole has waited for too long at `now`, or whose window overflowed.
    struct Gap {
        std::uint32_t subscription;
        std::vector<std::string> documents; // what was held, in order: apply them, then resynchronise
        std::uint32_t next;                 // what to expect behind them
    };
    [[nodiscard]] std::vector<Gap> take_gaps(Steady now);
    void forget(std::uint32_t subscription);

    [[nodiscard]] std::size_t holding() const { return held_.size(); }

private:
    struct Held {
        std::uint32_t subscription;
        std::uint32_t sequence;
        Steady since;
        std::string document;
    };
    [[nodiscard]] Gap collect(std::uint32_t subscription);

    std::vector<Held> held_; // a handful at most; limits::xsi_reorder_events in all
    bool overflowed_ = false;
};

} // namespace lamp::xsi
