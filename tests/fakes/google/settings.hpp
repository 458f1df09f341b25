// What a test may change about the fake Google while it runs. Names end in their unit.
#pragma once

#include <cstdint>
#include <string>

namespace sim::google {

struct Settings {
    std::int64_t clock_offset_ms = 0; // of tokens, consents and channels
    std::int64_t skew_ms = 0;         // of the login's clock and `Date`
    std::int64_t token_life_s = 3600;
    std::int64_t refresh_life_s = 0;     // 604800: an application in testing; 0: no end
    std::string consent = "accept";      // accept | decline
    std::string consent_account;         // who consents; "": login_hint
    std::int64_t page_max = 2500;        // pages are no longer than that
    bool empty_pages = false;            // an empty page goes before every other
    bool bounded_sync = true;            // a listing with timeMax gives a sync token, too
    bool http_watch = true;              // addresses of channels may be http
    std::int64_t watch_life_s = 604'800; // the most that a channel lives
    std::int64_t notify_ms = 20;         // a change is told that much later
};

} // namespace sim::google
