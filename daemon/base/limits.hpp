// Every queue, body, header and list has its named limit here; what is refused is counted where it is refused.
#pragma once
#include <chrono>
#include <cstddef>

namespace lamp::limits {

// Inbound HTTP (status API).
inline constexpr std::size_t http_body_bytes = 1 << 20;
inline constexpr std::size_t http_header_bytes = 16 * 1024;
inline constexpr std::size_t http_connections = 12'000;
inline constexpr std::chrono::seconds http_header_wait{10}; // a request line and its headers, whole
inline constexpr std::chrono::seconds http_idle_wait{75};   // keep-alive
inline constexpr std::size_t sse_pending_bytes = 1 << 20;   // a slower reader is told `gap`
inline constexpr std::size_t sse_history_events = 16'384;

// Outbound HTTP.
inline constexpr std::size_t answer_body_bytes = 8 << 20;
inline constexpr std::size_t answer_header_bytes = 32 * 1024;
inline constexpr std::chrono::seconds connect_wait{10};
inline constexpr std::chrono::seconds answer_wait{20};
inline constexpr std::size_t token_bytes = 16 * 1024; // an access or refresh token, a signed JSON Web Token

// XSI.
inline constexpr std::size_t xsi_document_bytes = 1 << 20;
inline constexpr std::size_t xsi_depth = 64;
inline constexpr std::size_t xsi_reorder_events = 256; // held per platform while a hole may still fill
inline constexpr std::chrono::milliseconds xsi_reorder_wait{2000};
inline constexpr std::chrono::seconds xsi_first_channel_wait{30};
inline constexpr std::size_t xsi_parked_events = 4096; // events whose subscription's answer is still on its way
inline constexpr std::size_t xsi_seen_events = 16'384; // event ids remembered against doubles
inline constexpr std::size_t xsi_ack_queue = 65'536;
inline constexpr std::size_t xsi_calls_per_line = 64;
inline constexpr std::size_t xsi_directory_pages = 100'000;
inline constexpr std::size_t line_news_waiting = 1 << 18; // that another loop has not taken; then it is told anew

// Store.
inline constexpr std::size_t store_queue = 65'536; // units of work that wait for their turn
inline constexpr std::size_t store_batch = 4096;   // units in one transaction
inline constexpr std::size_t store_statements = 256;
inline constexpr std::chrono::seconds store_stop_wait{5};

// Presence.
inline constexpr std::size_t people = 1 << 20;

} // namespace lamp::limits
