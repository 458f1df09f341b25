// Whom to ask GoTo about next: each organiser once in `poll`, evenly spread, never more than the pace allows; who is
// named by an e-mail address has the key looked up first. A service that fails or asks for silence is left alone, one
// that does not permit other people's meetings is tried once in a while. A machine: `now` is given. Egress loop.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "presence/words.hpp"

namespace lamp::goto_meeting {

/// An organiser who is a person of ours.
struct Seat {
    presence::Slot slot{};
    std::string name;   // as the people file has it: an organizer key, or an e-mail address in lower case
    bool owner = false; // the refresh token is this one's
    bool operator==(const Seat&) const = default;
};

class Rounds {
public:
    static constexpr unsigned parallel = 4;
    static constexpr unsigned attempts = 2; // at one organiser in a round that the service fails
    static constexpr milliseconds unknown_first{300'000};
    static constexpr milliseconds unknown_longest{3'600'000};
    static constexpr milliseconds refused_first{60'000};
    static constexpr milliseconds refused_longest{1'800'000};
    static constexpr milliseconds silence_longest{600'000}; // a wrong clock's date is no reason to be mute for a day

    Rounds(milliseconds poll, double per_minute, std::uint64_t seed = std::random_device()());

    /// Everybody, in the order of asking. What is known of an organiser of the same name stays.
    void use(std::vector<Seat> seats);

    struct Ask {
        enum class What : std::uint8_t { meetings, key } what{};
        std::size_t seat = 0;
        std::uint64_t edition = 0; // of the seats
        std::string key{};         // whose meetings; empty: the owner's own
    };
    /// What is to be asked now. Each ask is ended by one of the four words below.
    [[nodiscard]] std::optional<Ask> next(Steady now);
    /// When `next` may have something, unless an answer comes first.
    [[nodiscard]] Steady due(Steady now) const;
    /// Whom the ask is about; null: the people have changed since.
    [[nodiscard]] const Seat* seat(const Ask& ask) const;

    void answered(const Ask& ask, Steady now);
    /// The organiser's key: the meetings are asked for at once.
    void found_key(const Ask& ask, std::string key, Steady now);
    /// GoTo knows no such organiser, or not as ours: left out for a while, and looked up anew.
    void not_there(const Ask& ask, Steady now);
    /// 403: left out for a while. When it is said of three in a row (of all, where they are fewer) who are not the
    /// owner, nobody's meetings but the owner's are asked for, until a single try, each time at another one, succeeds.
    void forbidden(const Ask& ask, Steady now);
    enum class Trouble : std::uint8_t { outage, throttled };
    /// No answer that says anything: everybody is left alone for a while, at least `after`.
    void failed(const Ask& ask, Trouble trouble, milliseconds after, Steady now);

    /// True: only the owner's meetings are permitted.
    [[nodiscard]] bool others_refused() const { return others_refused_; }
    [[nodiscard]] bool left_out(std::size_t seat) const { return states_[seat].out_until != Steady(); }
    [[nodiscard]] const std::vector<Seat>& seats() const { return seats_; }
    /// How long a round takes: poll, or longer when the pace or the service does not give more.
    [[nodiscard]] milliseconds round() const;
    [[nodiscard]] std::uint64_t rounds() const { return rounds_; }
    [[nodiscard]] milliseconds round_took() const { return took_; } // the last one, outages left out
    [[nodiscard]] double per_minute() const { return per_minute_; }
    [[nodiscard]] unsigned under_way() const { return under_way_; }

private:
    struct State {
        std::string key;       // empty: not known
        Steady out_until{};    // not asked for before
        milliseconds wait{0};  // the last time out
        unsigned failures = 0; // in this round
    };
    [[nodiscard]] bool mine(const Ask& ask) const { return ask.edition == edition_; }
    [[nodiscard]] bool may_ask(std::size_t seat, Steady now) const;
    [[nodiscard]] std::optional<std::size_t> probe(Steady now);
    [[nodiscard]] std::optional<std::size_t> pick(Steady now);
    [[nodiscard]] milliseconds gap() const;
    [[nodiscard]] bool end(const Ask& ask);
    void leave_out(std::size_t seat, milliseconds first, milliseconds longest, Steady now);
    void begin(Steady now);
    void close(Steady now);
    void permitted(const Ask& ask);

    milliseconds poll_;
    double fastest_;
    double per_minute_;
    std::vector<Seat> seats_;
    std::vector<State> states_; // as in seats_
    std::uint64_t edition_ = 1;
    std::size_t cursor_ = 0;
    std::deque<std::size_t> again_;
    unsigned under_way_ = 0;
    bool running_ = false;
    bool throttled_ = false; // in this round
    Steady began_{};
    Steady next_round_{};
    Steady next_ask_{};
    Steady hold_until_{};
    milliseconds outage_held_{0};
    milliseconds took_{0};
    std::uint64_t rounds_ = 0;

    bool others_refused_ = false;
    std::size_t others_ = 0; // seats that are not the owner's
    std::size_t refusals_in_a_row_ = 0;
    std::size_t probed_ = 0; // the last one that was tried
    bool probing_ = false;   // the single try is under way
    Steady others_until_{};
    Backoff outage_;
    Backoff throttle_;
    Backoff refused_;
};

} // namespace lamp::goto_meeting
