// The limits of this room: those of base/limits.hpp and the smaller ones that only a server has. A struct, so that
// tests can make them short; the daemon uses the defaults.
#pragma once
#include "base/clock.hpp"
#include "base/limits.hpp"

namespace lamp::status {

struct Limits {
    // Sizes.
    std::size_t target_bytes = 8 * 1024;
    std::size_t header_bytes = limits::http_header_bytes; // request line and fields together
    std::size_t header_fields = 100;
    std::size_t body_bytes = limits::http_body_bytes;
    std::size_t large_body_bytes = 64 << 20; // on the paths that take one (Route::large_body)
    std::size_t large_bodies = 4;            // of those at a time
    std::size_t connections = limits::http_connections;
    std::size_t pipelined_bytes = 64 * 1024; // answers gathered before they are sent
    std::size_t linger_bytes = 4 << 20;      // read and thrown away after a refusal, so that it arrives

    // Waits.
    milliseconds sweep{1000}; // how exactly the ones below are kept
    milliseconds header_wait{limits::http_header_wait};
    milliseconds idle_wait{limits::http_idle_wait};
    milliseconds body_wait{30'000};
    milliseconds large_body_wait{300'000};
    milliseconds long_ask_wait{120'000}; // another room's answer about everything it has
    milliseconds write_wait{30'000};     // an answer of which the peer takes nothing
    milliseconds linger_wait{2000};
    milliseconds ask_wait{5000}; // another room's answer
    milliseconds stop_wait{1000};

    // Events.
    milliseconds heartbeat{15'000};
    milliseconds stream_stall_wait{300'000}; // a subscriber that takes nothing at all is gone
    std::size_t history_events = limits::sse_history_events;
    std::size_t history_bytes = 8 << 20;                      // of the events that are not presence
    std::size_t batch_bytes = limits::sse_pending_bytes / 16; // rendered at once; all that a slow reader holds
    int stream_buffer_bytes = 128 * 1024; // in the kernel, of one subscriber: what lies there is already old
    std::size_t event_bytes = 64 * 1024;  // one published event
    std::size_t stream_filter = 64;       // persons in ?person=

    // Listings.
    std::size_t list_default = 100;
    std::size_t list_max = 1000;
    std::size_t list_visited = 128 * 1024; // people looked at for one page
};

} // namespace lamp::status
