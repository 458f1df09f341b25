// How fault tests wait, and how they sum up what the simulator counted. For every suite of this folder.
#pragma once
#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

#include "base/clock.hpp"

namespace faults {

/// Asks until it holds; false after `limit`. Polling, so that a slow machine only makes the test slower.
inline bool within(std::chrono::milliseconds limit, const std::function<bool()>& holds) {
    auto end = lamp::steady_now() + limit;
    while (!holds()) {
        if (lamp::steady_now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

/// All requests of a simulator's state ("state", "graph/state"), whatever their kind.
inline std::int64_t requests_in_all(const boost::json::value& state) {
    std::int64_t sum = 0;
    for (const auto& [kind, count] : state.at("requests").as_object())
        sum += count.to_number<std::int64_t>();
    return sum;
}

} // namespace faults
