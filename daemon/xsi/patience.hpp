// How long to wait for what a platform owes us, before doubt (xsi.md 4.2, 5.5, 12.12). Not for operators: the defaults
// are right for any platform, and tests shorten them instead of waiting.
#pragma once
#include "base/clock.hpp"
#include "base/limits.hpp"

namespace lamp::xsi {

struct Patience {
    milliseconds first_channel = limits::xsi_first_channel_wait; // from the POST to the Channel document
    milliseconds ringing = std::chrono::minutes(3);              // a call that rings longer is asked about
    milliseconds talking = std::chrono::hours(4);                // and one that lasts longer
    milliseconds busy = std::chrono::minutes(10);                // the longest Retry-After that is heeded
    milliseconds ask_again = std::chrono::minutes(10);           // but not the same line more often than that
};

} // namespace lamp::xsi
