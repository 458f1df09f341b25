// The keys of [acd].
#pragma once
#include <string>

#include "base/clock.hpp"
#include "config/section.hpp"

namespace lamp::acd {

struct AcdOptions {
    bool follow_presence = false;
    std::string unavailable_code{};
    milliseconds settle{5'000};
};

/// `[acd]`, live.
[[nodiscard]] config::Section<AcdOptions> acd_section();

} // namespace lamp::acd
