// What a Teams presence says of a meeting (cloud-apis.md B). Pure values.
#pragma once
#include "meetings/news.hpp"
#include "proto/graph/words.hpp"

namespace lamp::teams {

/// live: InACall, InAConferenceCall or Presenting in either word. calendar: InAMeeting, which nobody has to have
/// joined. none: whatever else is known, "do not disturb" included. unknown: nothing is known, or one word is not and
/// the other (Busy, DoNotDisturb …) goes with a meeting as well as with none. That a call may be our own is the echo
/// filter's.
[[nodiscard]] meetings::Meeting meeting_of(graph::Pair pair);

} // namespace lamp::teams
