// What the door remembers of those who have not proven themselves: how often they knock, how often a password was wrong
// (sip-csta.md 16). By source: an IPv4 address, the /64 of an IPv6 one. A table of fixed size and cost under a keyed
// hash: sets of eight places; in a full set who has least against him makes room, so that nobody can have himself
// forgotten by knocking under many names. Pure. Lives on the sip loop.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "sip/address.hpp"
#include "sip/transaction_key.hpp"

namespace lamp::sip {

class Knocks {
public:
    struct Limits {
        double per_second = 50; // requests, then silence
        double burst = 200;
        unsigned failures = 10; // wrong passwords within `failures_within`, then nothing is heard for `silence`
        seconds failures_within{60};
        seconds silence{300};
        std::size_t sources = 65'536; // remembered; rounded down to sets of eight
    };
    enum class Answer : std::uint8_t { welcome, too_often, silenced };

    Knocks(Limits limits, std::array<std::uint64_t, 2> secret);

    /// Counts one request.
    [[nodiscard]] Answer knock(const Address16& address, Steady now);
    /// One is heard although there were too many.
    void lend(const Address16& address, Steady now);
    /// One that was counted or lent was of somebody who has proven himself: it does not count.
    void forgive(const Address16& address, Steady now);
    void note_wrong_password(const Address16& address, Steady now);

private:
    struct Source {
        std::uint64_t tag = 0; // 0: nobody is here
        double tokens = 0;     // less than none: lent
        Steady at{};           // when they were counted
        Steady failing_since{};
        Steady silent_until{};
        unsigned failures = 0;
    };
    static constexpr std::size_t ways = 8;

    /// Where that source is, or now is; its tokens are counted.
    [[nodiscard]] Source& source(const Address16& address, Steady now);
    [[nodiscard]] double tokens(const Source& source, Steady now) const;
    /// How much would be lost with it.
    [[nodiscard]] double weight(const Source& source, Steady now) const;
    [[nodiscard]] bool failing(const Source& source, Steady now) const;

    Limits limits_;
    std::array<std::uint64_t, 2> secret_;
    std::vector<Source> sources_;
};

} // namespace lamp::sip
