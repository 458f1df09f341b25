// What makes two SIP messages belong to one transaction (RFC 3261 17.1.3, 17.2.3, 8.2.2.2), as 128 bits: a keyed hash
// (SipHash-2-4), since what goes into it is chosen by strangers. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "proto/sip/message.hpp"

namespace lamp::sip {

struct Key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const Key&) const = default;
};
struct KeyHash {
    std::size_t operator()(const Key& key) const { return key.low; }
};

class KeyMaker {
public:
    /// Sixteen random bytes that nobody outside knows.
    explicit KeyMaker(std::array<std::uint64_t, 2> secret) : secret_(secret) {}

    /// Server: branch, sent-by and method, ACK counting as INVITE; of a peer of RFC 2543 (no branch with the magic
    /// cookie) Request-URI, From tag, Call-ID, CSeq number and top Via instead, and the To tag except for INVITE and
    /// ACK.
    [[nodiscard]] Key server(const Message& request) const;
    /// The transaction of the INVITE that a CANCEL or an ACK means.
    [[nodiscard]] Key server_invite(const Message& request) const;
    /// Client: branch and method of CSeq.
    [[nodiscard]] Key client(std::string_view branch, std::string_view method) const;
    /// The same request on another way (8.2.2.2): From tag, Call-ID and CSeq.
    [[nodiscard]] Key merged(const Message& request) const;

private:
    [[nodiscard]] Key server(const Message& request, std::string_view method) const;
    std::array<std::uint64_t, 2> secret_;
};

/// SipHash-2-4 with 128 bits of result.
[[nodiscard]] Key sip_hash(const std::array<std::uint64_t, 2>& secret, std::string_view bytes);

} // namespace lamp::sip
