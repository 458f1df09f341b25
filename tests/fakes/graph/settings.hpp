// What a tenant, a cloud or a test may change about the fake (cloud-apis.md A3-A10, 11). Names end in their unit.
#pragma once

#include <cstdint>
#include <string>

namespace sim::graph {

struct Settings {
    // Time
    std::int64_t clock_offset_ms = 0; // of presence, tokens, subscriptions and Date alike

    // Presence
    std::int64_t ids_max = 650;
    std::string unknown_ids = "omit";        // omit | presence_unknown | not_found
    std::int64_t wrong_session_status = 400; // for a sessionId that is not the application's id
    std::int64_t visibility_ms = 0;          // readers see changes so much later
    std::int64_t stale_every = 0;            // every n-th presence answer shows the state before the last change
    std::int64_t fade_ms = 300'000;          // Available of an application: AvailableInactive, then Away
    std::string casing = "pascal";           // pascal | camel
    bool swapped = false;                    // call and meeting words stand in `availability`
    bool optional_fields = true;             // outOfOfficeSettings, statusMessage
    bool sequence_number = true;
    std::string tie = "latest";    // of two states of one rank: latest | client | app
    bool permissions_live = false; // true: a new permission also helps tokens issued before

    // Throttling
    std::int64_t rate = 1500; // presence requests per window, application and tenant; 0 = unlimited
    std::int64_t rate_window_ms = 30'000;
    std::string retry_after = "seconds"; // seconds | date | absent
    std::int64_t retry_after_s = 0;      // 0 = when the window has room again
    std::int64_t batch_max = 20;
    bool batch_reversed = true; // answers come in the reverse order

    // Identity
    std::int64_t expires_in_s = 3599;
    std::int64_t device_interval_s = 5;
    std::int64_t device_expires_s = 900;
    bool refresh_once = false; // a refresh token dies when it is used

    // Users
    std::int64_t page_size = 100;
    std::int64_t empty_page_every = 7; // every n-th page is empty but goes on; 0 = never
    std::int64_t delta_life_s = 7 * 86'400;
    bool delta_partial = false;   // changes tell no more than the id and the name
    std::int64_t photo_every = 5; // every n-th user has one; 0 = nobody

    // Calendars
    bool bare_occurrences = true; // of a series' occurrences a delta tells no more than the times
    bool shifted_days = false;    // whole days are told as instants of the calendar's midnight

    // Subscriptions
    std::int64_t validation_ms = 10'000;
    std::int64_t subscription_max_s = 3600;
    std::int64_t subscription_min_s = 2700;
    std::int64_t events_max_s = 4230 * 60; // of those to appointments
    std::string renew = "ok";              // ok | unsupported (400) | forbidden | not_found
    bool basic_clear = false;              // availability and activity in clear in basic notifications
    std::int64_t notify_delay_ms = 100;
    std::int64_t notify_retries = 5;
    std::int64_t notify_retry_ms = 1000; // doubles
    std::int64_t slow_answer_ms = 10'000;

    std::int64_t log_size = 2000;
    std::int64_t keep_alive_s = 60;
};

} // namespace sim::graph
