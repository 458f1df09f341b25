// What is posted to /hooks/meeting: who is in a meeting, as scripts, room systems and bots tell. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "meetings/news.hpp"

namespace lamp::status {

inline constexpr std::size_t meetings_told_max = 1000; // in one request
inline constexpr milliseconds meeting_expires_default{600'000};
inline constexpr milliseconds meeting_expires_max{24 * 3'600'000};
inline constexpr milliseconds meeting_ahead_max{300'000}; // how far `at` may lie in the future: clocks differ

struct MeetingTold {
    std::string person;
    meetings::News news; // all but the slot
};

/// One object, or an array of them:
///     {"person":ID, "meeting":true|false, "at":RFC 3339?, "expires_in":"10m"|seconds?}
/// `expires_in` counts from `at`. Refuses members that are missing, unknown or of another kind; the error names the
/// member and, of an array, the element.
[[nodiscard]] Result<std::vector<MeetingTold>> read_meetings(std::string_view body, Wall now);

} // namespace lamp::status
