// STUN on the SIP port as a keep-alive (RFC 5389, RFC 5626 4.4.2): a binding request is answered with the address that
// it came from. No authentication, no other usage. Pure.
#pragma once
#include <array>
#include <string_view>

#include "sip/address.hpp"

namespace lamp::sip {

class StunAnswer {
public:
    /// `request` begins as `kind_of` (proto/sip/framing.hpp) knows STUN. An answer with XOR-MAPPED-ADDRESS, one with
    /// 420 for attributes that we would have to understand, or nothing for what is malformed or no binding request.
    StunAnswer(std::string_view request, const Place& from);
    /// Empty: no answer.
    [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), size_}; }

private:
    void head(std::uint16_t type, std::string_view request);
    void put16(unsigned value);
    void put(std::string_view bytes);
    void finish();
    void succeed(std::string_view request, const Place& from);
    void refuse(std::string_view request, std::string_view unknown);

    std::array<char, 128> bytes_{};
    std::size_t size_ = 0;
};

} // namespace lamp::sip
