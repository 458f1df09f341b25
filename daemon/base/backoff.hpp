// Exponential back-off with jitter, so that a thousand clients do not return in the same second.
#pragma once
#include <algorithm>
#include <random>

#include "base/clock.hpp"

namespace lamp {

class Backoff {
public:
    /// Waits grow from `first` by doubling up to `longest`; each is shortened by up to a quarter at random.
    Backoff(milliseconds first, milliseconds longest, std::uint64_t seed = std::random_device()())
        : first_(first), longest_(longest), random_(mixed(seed)) {}

    [[nodiscard]] milliseconds next() {
        auto shift = std::min(failures_++, 20);
        auto wait = std::min(longest_, milliseconds(first_.count() << shift));
        std::uniform_int_distribution<milliseconds::rep> cut(0, wait.count() / 4);
        return wait - milliseconds(cut(random_));
    }
    void reset() { failures_ = 0; }
    [[nodiscard]] int failures() const { return failures_; }

private:
    // Neighbouring seeds must not give neighbouring waits (splitmix64).
    static std::minstd_rand::result_type mixed(std::uint64_t seed) {
        seed += 0x9e3779b97f4a7c15U;
        seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9U;
        seed = (seed ^ seed >> 27) * 0x94d049bb133111ebU;
        return static_cast<std::minstd_rand::result_type>((seed ^ seed >> 31) % 2147483646U + 1);
    }

    milliseconds first_;
    milliseconds longest_;
    std::minstd_rand random_;
    int failures_ = 0;
};

} // namespace lamp
