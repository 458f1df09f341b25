// What the presence tests share: reports written short, and times that can be read.
#pragma once
#include <doctest/doctest.h>
#include <string>

#include "presence/table.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::presence;

inline constexpr Wall noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(12);

inline Wall at_ms(long ms) {
    return noon + milliseconds(ms);
}
inline Cell line_cell(LineState state, bool dnd = false, Wall at = noon) {
    LineReport report;
    report.state = state;
    report.dnd = dnd;
    report.at = at;
    return report.pack();
}
inline Cell teams_cell(TeamsState state, Wall at = noon) {
    TeamsReport report;
    report.state = state;
    report.at = at;
    return report.pack();
}
/// Zoom, GoTo …: only "in a meeting" counts (one bit, see Inputs::of).
inline Cell meeting_cell(bool in_meeting, Wall at = noon) {
    return packing::pack_time(at) | packing::field(in_meeting ? 1 : 0, 0) | packing::field(1, 17);
}
inline std::string text(const Conclusion& conclusion) {
    return std::to_string(conclusion.rule) + " " + std::string(name(conclusion.status)) + " by " +
           std::string(name(conclusion.source));
}

} // namespace testing
