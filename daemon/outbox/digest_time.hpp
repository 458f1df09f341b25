// When a daily digest is due. Pure.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "base/zone.hpp"

namespace lamp::outbox {

/// Since midnight, of "18:00"; nothing when it is no time of day.
[[nodiscard]] std::optional<std::chrono::minutes> minutes_of(std::string_view time);
/// The last and the next one, as the clocks on the wall show; `last` <= `now` < `next`.
struct DigestTimes {
    Wall last{};
    Wall next{};
    bool operator==(const DigestTimes&) const = default;
};
[[nodiscard]] DigestTimes digest_times(std::chrono::minutes time, Wall now, const Zone& zone);

} // namespace lamp::outbox
