// [acd] follow_presence: an agent who is free becomes unavailable while something that is followed holds (a meeting, do
// not disturb …: reason.hpp), and free again afterwards; but only what we have changed, and only while nobody has
// changed it since. The intent is on disk before the write, the write is read back, the user wins. A machine of all
// lines, without Asio; egress loop.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "acd/reason.hpp"
#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "calls/agent_desk.hpp"

namespace lamp::acd {

/// What we have done to a line, or are about to.
struct Kept {
    std::string line;
    std::string code;     // that went with unavailable
    bool written = false; // it was read back: from then on a change is the user's
    bool operator==(const Kept&) const = default;
};

struct FollowSettings {
    bool on = false;
    std::vector<Reason> followed{Reason::meeting, Reason::do_not_disturb};
    std::string code{};                    // that goes with unavailable; empty: none
    std::map<Reason, std::string> codes{}; // instead of it
    milliseconds settle{5'000};            // a meeting that ends and begins within this is one
    milliseconds hold{600'000};            // how long what we did outlives the silence of Teams
    milliseconds retry_first{5'000};
    milliseconds retry_longest{300'000};
    bool operator==(const FollowSettings&) const = default;
};

class Follow {
public:
    struct Action {
        enum class Verb : std::uint8_t { save, erase, write, read } verb{};
        std::string line;
        Kept kept{};                  // save
        presence::AgentState state{}; // write
        std::string code{};           // write
        bool operator==(const Action&) const = default;
    };

    /// Switched off, everything of ours is given back.
    void use(FollowSettings settings, Steady now);
    [[nodiscard]] bool on() const { return settings_.on; }
    [[nodiscard]] const FollowSettings& settings() const { return settings_; }
    /// Of an earlier run; before anything else.
    void adopt(std::vector<Kept> kept, Steady now);

    /// Whether the person is to be left alone; nothing: Teams says nothing, or nothing fresh.
    /// The code is that of the first reason, for as long as one follows the other.
    void wish(const std::string& line, std::optional<Wish> wish, Steady now);
    /// What the line's agent is; none: not known, or no agent.
    void heard(const std::string& line, presence::AgentState state, Steady now);

    /// Everything that is to be done now; each is answered by one of the three below.
    [[nodiscard]] std::vector<Action> turn(Steady now);
    void saved(const std::string& line, bool good, Steady now); // and erased
    void wrote(const std::string& line, const Result<void>& done, Steady now);
    void read(const std::string& line, const Result<calls::AgentCard>& card, Steady now);

    /// When to turn next.
    [[nodiscard]] Steady wake_at() const;
    /// Lines that are unavailable because of us.
    [[nodiscard]] std::size_t held() const;
    [[nodiscard]] bool holds(const std::string& line) const;
    /// What went wrong with a line last; empty: nothing.
    [[nodiscard]] std::vector<std::string> problems() const;

private:
    enum class Phase : std::uint8_t {
        rest,       // nothing of ours
        begin,      // to become unavailable at `due`
        saving,     // the intent is on its way to disk
        take,       // the intent is on disk: to be written at `due`
        taking,     // unavailable is being written
        look,       // to be read back at `due`: has it become so?
        looking,    //
        ours,       // it has
        end,        // to be given back at `due`
        checking,   // is it still as we left it?
        give,       // it is: available is to be written
        giving,     //
        erasing,    // nothing of it is ours any more
        erase_again // the disk did not take that; at `due`
    };
    struct Line {
        Phase phase = Phase::rest;
        presence::AgentState state = presence::AgentState::none;
        std::optional<Wish> said{}; // `wish`
        bool away = false;          // as it counts
        Reason why{};               // while it does
        bool unheard = false;       // of an earlier run: nobody can be asked before the line is known
        bool yielded = false;       // the user has decided otherwise, until this absence is over
        bool marking = false;       // the second row, "written", is on its way to disk
        std::optional<Steady> silent_since{};
        Kept kept{};
        Steady due = Steady::max();
        std::string trouble{};
        Backoff backoff{milliseconds(5'000), milliseconds(300'000)};
    };

    /// A new one, perhaps.
    [[nodiscard]] Line& line_of(const std::string& name);
    void counts_away(Line& line, bool away, Steady now);
    void user_won(Line& line, Steady now);
    void retry(Line& line, Phase phase, const Error& error, Steady now);
    void release(Line& line);
    [[nodiscard]] const std::string& code_of(Reason reason) const;
    [[nodiscard]] bool is_ours(const calls::AgentCard& card, const Line& line) const;
    [[nodiscard]] std::optional<Action> act(const std::string& name, Line& line, Steady now);

    FollowSettings settings_;
    std::map<std::string, Line> lines_;
};

} // namespace lamp::acd
