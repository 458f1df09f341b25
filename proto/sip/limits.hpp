// What a SIP message may at most weigh, before anybody is asked who sent it (sip-csta.md 16).
#pragma once
#include <cstddef>

namespace lamp::sip::limits {

inline constexpr std::size_t datagram_bytes = 65'535;
inline constexpr std::size_t head_bytes = 64 * 1024; // start line and header fields, the empty line included
inline constexpr std::size_t body_bytes = 256 * 1024;
inline constexpr std::size_t fields = 128;
inline constexpr std::size_t field_bytes = 8 * 1024; // one field, its folded lines included
inline constexpr std::size_t uri_bytes = 2 * 1024;
inline constexpr std::size_t method_bytes = 64;
inline constexpr std::size_t vias = 20;
inline constexpr std::size_t contacts = 10;
inline constexpr std::size_t routes = 20;
inline constexpr std::size_t list_tokens = 32; // of Accept, Supported, Require …; what is beyond is not looked at
inline constexpr std::size_t parameters = 64;  // of one address, Via or media type
inline constexpr std::size_t empty_lines = 64; // bytes of CRLF before a start line in a stream

} // namespace lamp::sip::limits
