// Who tries tokens that are none: slowed, then refused, by source (an IPv4 address, the /64 of an IPv6 one). A right
// token is never refused for the wrong ones of its neighbours, but a source that guesses has only so many tokens looked
// up in a second. A table of fixed size and cost under a keyed hash; in a full set who has least against him makes
// room. Pure; `now` is given. Serve loop.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "access/hashed.hpp"
#include "base/clock.hpp"
#include "net/ip.hpp"

namespace lamp::access {

class Guesses {
public:
    struct Limits {
        double free = 5;              // wrong tokens that are answered at once
        double most = 20;             // then 429
        seconds forgiven_after{6};    // one wrong token each
        milliseconds delay_step{100}; // of each wrong one after the free ones …
        milliseconds delay_most{1000};
        double looks_per_second = 20; // tokens of a source with 429 that are looked up at all
        std::size_t sources = 4096;   // remembered; rounded up to a power of two of sets of four
    };
    struct Sentence {
        milliseconds delay{0};  // before the answer is given
        seconds retry_after{0}; // not zero: 429
        bool first = false;     // the first one of this source that is a 429: worth a line in the log
    };

    Guesses() : Guesses(Limits()) {}
    explicit Guesses(Limits limits);

    /// Before a token is looked up. False: not now, whatever it is; answer as `refused` says.
    [[nodiscard]] bool may_look(const net::Address16& address, const Digest& presented, Steady now);
    /// It was none.
    [[nodiscard]] Sentence wrong(const net::Address16& address, Steady now);
    /// For those whom `may_look` turned away; counts as no further guess.
    [[nodiscard]] Sentence refused(const net::Address16& address, Steady now) const;
    /// It was one: its next connections from there are looked up whatever the neighbours do.
    void right(const net::Address16& address, const Digest& presented);

    /// Sources that have something against them.
    [[nodiscard]] std::size_t sources(Steady now) const;

private:
    static constexpr std::size_t ways = 4;
    static constexpr std::size_t known_max = 4;
    struct Source {
        std::uint64_t tag = 0; // 0: nobody is here
        double wrong = 0;      // as of `at`
        double looks = 0;      // left, as of `looked`
        Steady at{};
        Steady looked{};
        std::array<std::uint64_t, known_max> known{}; // beginnings of digests that were right
        std::uint8_t next_known = 0;
        bool told = false;
    };

    [[nodiscard]] std::uint64_t tag_of(const net::Address16& address) const;
    [[nodiscard]] const Source* find(std::uint64_t tag) const;
    [[nodiscard]] Source* find(std::uint64_t tag);
    [[nodiscard]] Source& place_for(std::uint64_t tag, Steady now);
    [[nodiscard]] double wrong_of(const Source& source, Steady now) const;
    [[nodiscard]] seconds wait_of(double wrong) const;

    Limits limits_;
    std::array<std::uint64_t, 2> key_{};
    std::vector<Source> table_; // empty until somebody guesses
};

} // namespace lamp::access
