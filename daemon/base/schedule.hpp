// When a source is asked: everything once a night, what has changed every few minutes, later after failures. A machine
// without Asio; times are Wall, since nights are.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/backoff.hpp"
#include "base/clock.hpp"

namespace lamp {

/// Since midnight, of "18:00"; nothing: it is no time of day.
[[nodiscard]] std::optional<std::chrono::minutes> minutes_of(std::string_view time);

class Schedule {
public:
    enum class Due : std::uint8_t { nothing, delta, full };

    /// `night`: since midnight UTC; each source begins within the hour behind it, always at the same time. `delta` 0:
    /// nightly only.
    Schedule(std::chrono::minutes night, milliseconds delta, std::uint64_t seed);

    /// At the start: when everything was last read, if the cache knows.
    void begin(std::optional<Wall> last, Wall now);
    [[nodiscard]] Due due(Wall now) const;
    [[nodiscard]] Wall next() const;
    /// As soon as may be.
    void ask(Wall now) { full_ = now; }
    /// The same for what has changed.
    void ask_changes(Wall now) { delta_ = now; }
    void succeeded(bool whole, Wall now);
    void failed(bool whole, Wall now);

private:
    [[nodiscard]] Wall night_after(Wall time) const;

    milliseconds night_;
    milliseconds delta_every_;
    Wall full_{};
    Wall delta_{};
    Backoff backoff_;
};

} // namespace lamp
