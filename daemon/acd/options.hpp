// The keys of [acd].
#pragma once
#include <map>
#include <string>
#include <vector>

#include "acd/follow.hpp"
#include "base/clock.hpp"
#include "config/section.hpp"

namespace lamp::acd {

struct AcdOptions {
    bool follow_presence = false;
    std::vector<Reason> follow{Reason::meeting, Reason::do_not_disturb};
    std::string unavailable_code{};
    std::map<std::string, std::string> codes{}; // by name of a reason
    milliseconds settle{5'000};

    [[nodiscard]] FollowSettings settings() const;
};

/// `[acd]`, live.
[[nodiscard]] config::Section<AcdOptions> acd_section();

} // namespace lamp::acd
