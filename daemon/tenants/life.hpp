// One tenant's process: when it is started, when it counts as ready, when it is killed, when it is tried again. A
// machine without Asio: `now` is given, what is to be done is the answer. Control loop.
#pragma once
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "base/backoff.hpp"
#include "base/clock.hpp"

namespace lamp::tenants {

struct Limits {
    milliseconds start{45'000}; // to READY; shorter than the unit's TimeoutStartSec
    milliseconds stop{12'000};
    milliseconds watchdog{30'000};
    milliseconds retry_first{1'000};
    milliseconds retry_longest{60'000};
    milliseconds calm{600'000}; // ready for so long: the next crash is the first again
};

/// How a process ended: an exit status, or the signal that killed it.
struct End {
    int status = 0;
    int signal = 0;
};
[[nodiscard]] std::string to_string(End end);

enum class State : std::uint8_t {
    off,      // not wanted, or ended as wanted
    held,     // wanted, but not to be started before the next reload
    starting, // its process runs, READY has not come
    ready,
    stopping,
    waiting, // it ended by itself; another is started when `due`
};
[[nodiscard]] std::string_view name(State state);

class Life {
public:
    /// To be carried out at once by the owner of the process.
    enum class Order : std::uint8_t { nothing, spawn, terminate, kill, hang_up };

    explicit Life(Limits limits, std::uint64_t seed = std::random_device()())
        : limits_(limits), backoff_(limits.retry_first, limits.retry_longest, seed) {}

    [[nodiscard]] Order start(Steady now);
    /// Not to be started: somebody else has what it needs.
    void hold();
    [[nodiscard]] Order stop(Steady now);
    /// With another configuration file, environment or limits: ended, then started.
    [[nodiscard]] Order restart(Steady now);
    /// A reload: it reads its file anew; one that waits or is held is tried at once.
    [[nodiscard]] Order reload(Steady now);

    /// What its process says.
    [[nodiscard]] Order said_ready(Steady now);
    void fed(Steady now) { fed_ = now; }
    /// It knows itself that a loop stands still (WATCHDOG=trigger).
    [[nodiscard]] Order triggered();
    /// It is gone, or could not be started (a status of 127).
    [[nodiscard]] Order ended(End end, Steady now);
    [[nodiscard]] Order tick(Steady now);

    /// When `tick` has something to do; nothing: never.
    [[nodiscard]] std::optional<Steady> due() const;
    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] bool running() const {
        return state_ == State::starting || state_ == State::ready || state_ == State::stopping;
    }
    /// Ready, or has failed once, or is held: it holds nobody back any more.
    [[nodiscard]] bool settled() const { return settled_; }
    /// Ends that nobody wanted.
    [[nodiscard]] std::uint64_t failures() const { return failures_; }
    /// Why it is not ready, for people; empty where it is.
    [[nodiscard]] std::string why() const;

private:
    [[nodiscard]] Order begin(Steady now);
    [[nodiscard]] Order give_up(std::string why);

    Limits limits_;
    Backoff backoff_;
    State state_ = State::off;
    Steady since_{}; // of this state
    Steady fed_{};
    milliseconds wait_{};
    bool settled_ = false;
    bool again_ = false;   // start when it has stopped
    bool hang_up_ = false; // a reload came before it could listen
    bool killed_ = false;  // once is enough
    std::string last_;     // why it failed
    std::uint64_t failures_ = 0;
};

} // namespace lamp::tenants
