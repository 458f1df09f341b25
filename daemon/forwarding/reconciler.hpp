// One line: what is wanted, what the platform does, and what is to be done about the difference. Intent on disk first,
// then the write, then the check by reading back; a crash at any point heals at the next start from what is on disk and
// one read. Whoever changes the forwarding himself meanwhile wins.
// A machine: no socket, no clock, no store. Lives on the loop of Forwardings, its only user.
#pragma once
#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "forwarding/resolve.hpp"
#include "forwarding/rows.hpp"

namespace lamp::forwarding {

struct Times {
    milliseconds retry_first{1'000};
    milliseconds retry_longest{60'000};
    milliseconds refused_wait{600'000}; // a permission or a service may be given meanwhile
    milliseconds doubt{30'000};         // a write whose answer was lost may still arrive so much later
    milliseconds event_delay{5'000};    // events of what happened before a write come so much later
    milliseconds recheck{600'000};      // of ring services, whose changes nobody tells
};

class Reconciler {
public:
    enum class Phase : std::uint8_t { idle, reading, saving, to_write, writing, to_check, checking };
    enum class Verb : std::uint8_t { read, save, write };
    struct Action {
        Verb verb{};
        Parts parts = 0;   // read: these; write: these of `setting`, what is switched on before what is switched off
        Setting setting{}; // write
    };
    struct LastWrite {
        Wall at{};
        std::string result; // "ok" once it was read back, "unchecked" until then, else what went wrong
        bool operator==(const LastWrite&) const = default;
    };
    /// What has happened that others must hear of.
    enum class News : std::uint8_t { user_changed, written, failed, restored };

    /// `dialling` outlives this object.
    Reconciler(std::string line, const Dialling& dialling, Times times, std::uint64_t seed);

    /// What an earlier run left on disk: looked at as soon as possible.
    void load(Owned owned, Steady now);
    /// What the claims come to; nothing: the baseline.
    void want(std::optional<Wanted> wanted, Steady now);
    /// Something else that is stored with this line has changed.
    void touch() { ++version_; }
    /// An event told of Call Forwarding Always.
    void heard(const Always& always, Steady now);
    /// Events may have been lost: it is looked at again, at that time.
    void lost_track(Steady at);

    /// What is to be done now, each action once. Without `may_begin` nothing is begun that asks the platform; what is
    /// under way goes on.
    [[nodiscard]] std::optional<Action> next(Steady now, bool may_begin);
    /// When `next` may have something to say if nothing happens before.
    [[nodiscard]] Steady due() const;
    void read(const Result<Setting>& found, Steady now);
    void saved(const Result<void>& done, Steady now);
    void written(const Result<void>& done, Steady now, Wall wall);

    /// In the order in which it happened. user_changed: the claims that have started must rest from now on.
    [[nodiscard]] std::vector<News> take_news() { return std::exchange(news_, {}); }

    [[nodiscard]] const std::string& line() const { return line_; }
    [[nodiscard]] const std::optional<Owned>& owned() const { return owned_; }
    /// What belongs on disk: a change of the user's that a write of ours may be hiding is what he had.
    [[nodiscard]] std::optional<Owned> kept() const;
    [[nodiscard]] const std::optional<Wanted>& wanted() const { return wanted_; }
    [[nodiscard]] const Setting& actual() const { return actual_; } // as read or heard last
    [[nodiscard]] const std::optional<LastWrite>& last_write() const { return last_write_; }
    /// What stands in the way; empty: nothing.
    [[nodiscard]] const Sentence& trouble() const { return trouble_; }
    /// The platform does what the claims want, as read back last.
    [[nodiscard]] bool in_force() const;
    /// The platform is being asked, or will be as soon as the disk has answered.
    [[nodiscard]] bool under_way() const { return phase_ != Phase::idle; }
    /// Nothing owned, nothing wanted, nothing to be saved.
    [[nodiscard]] bool at_rest() const;

private:
    [[nodiscard]] Parts parts() const;
    [[nodiscard]] Action write(Parts parts);
    [[nodiscard]] Parts foreign(const Setting& found) const;
    [[nodiscard]] Owned yielded(const Setting& found) const;
    void keep_number(const Always& found);
    void decide(bool after_write, Steady now);
    void settled(const Setting& target, Setting baseline, Steady now);
    void intend(const Setting& target, Setting baseline, Steady now);
    void user_won(Owned left, Steady now);
    void failed(const Error& error, Steady now);
    [[nodiscard]] bool may_write() const;

    std::string line_;
    const Dialling& dialling_;
    Times times_;
    Backoff backoff_;
    Backoff save_backoff_;

    std::optional<Wanted> wanted_;
    std::optional<Owned> owned_;
    Setting actual_;
    std::optional<LastWrite> last_write_;
    Sentence trouble_; // its code says of which kind
    std::vector<News> news_;

    Phase phase_ = Phase::idle;
    Steady look_at_ = Steady::max();
    Steady doubt_until_{};
    Steady hides_until_{}; // events of changes that our last write has hidden may come until then
    Parts asked_ = 0;
    bool touched_ = false;          // what was there when we came may be gone: we have written, or it is as wanted
    bool wrote_ = false;            // since we own it
    bool look_again_ = false;       // something happened while the platform was being asked
    std::vector<Always> written_;   // our last writes: their echo may be late
    std::optional<Always> foreign_; // the last one that was told and is nothing of ours
    std::optional<Always> while_reading_;

    std::uint64_t version_ = 0;
    std::uint64_t on_disk_ = 0;
    std::uint64_t saving_ = 0; // under way; 0: none
    std::uint64_t intent_ = 0; // the version that the next write needs on disk
    bool restoring_ = false;   // the next write gives back
    bool save_failed_ = false;
    Steady save_at_{};
};

} // namespace lamp::forwarding
