// Nonces of Digest (RFC 7616 3.3): a time, a number that no other has, and a sum under the secret that binds both to
// whom it was given. Nothing is kept of a nonce until a right login used it; then which of its counts were used, for as
// many as the limit says. Pure. Lives on the sip loop.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "sip/address.hpp"
#include "sip/transaction_key.hpp"

namespace lamp::sip {

class Nonces {
public:
    struct Limits {
        seconds lifetime{300};
        std::size_t remembered = 100'000; // logins whose counts are known; those longest unused are forgotten
    };
    enum class Age : std::uint8_t { good, stale, foreign };

    Nonces(Limits limits, std::array<std::uint64_t, 2> secret) : limits_(limits), secret_(secret) {}

    /// Good only for requests from there (an IPv4 address, the /64 of an IPv6 one): who has seen it, or forges his
    /// address, cannot use it. No two are the same: telephones ask for several at once, and count each from 1.
    [[nodiscard]] std::string make(const Address16& source, Steady now);
    [[nodiscard]] Age age_of(std::string_view nonce, const Address16& source, Steady now) const;

    /// Of a nonce of ours, once for each count, in whatever order datagrams bring them, up to 63 behind the highest;
    /// then false. What may have been forgotten counts as used.
    [[nodiscard]] bool use(std::string_view nonce, std::string_view user, std::uint32_t count, Steady now);
    [[nodiscard]] std::size_t remembered() const { return young_.uses.size() + old_.uses.size(); }

private:
    struct Uses {
        std::uint32_t highest = 0;
        std::uint64_t window = 0; // bit n: highest - n was used
    };
    struct Generation {
        std::unordered_map<Key, Uses, KeyHash> uses;
        std::uint64_t newest = 0; // number of the newest nonce in it
    };
    [[nodiscard]] std::string sum(std::string_view stamp, const Address16& source) const;
    [[nodiscard]] Uses* known(const Key& key, std::uint64_t number, Steady now);
    void grow_older(Steady now);

    Limits limits_;
    std::array<std::uint64_t, 2> secret_;
    std::uint64_t last_ = 0;
    Generation young_;
    Generation old_;
    Steady young_since_{};
    std::uint64_t forgotten_ = 0; // nonces up to this one may have been used without our knowing
};

} // namespace lamp::sip
