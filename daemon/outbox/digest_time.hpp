// When a daily digest is due. Pure.
#pragma once
#include <chrono>

#include "base/zone.hpp"

namespace lamp::outbox {

/// The last and the next one, as the clocks on the wall show; `last` <= `now` < `next`.
struct DigestTimes {
    Wall last{};
    Wall next{};
    bool operator==(const DigestTimes&) const = default;
};
[[nodiscard]] DigestTimes digest_times(std::chrono::minutes time, Wall now, const Zone& zone);

} // namespace lamp::outbox
