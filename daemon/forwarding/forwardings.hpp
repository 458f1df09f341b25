// The one owner of every forwarding: lines, their claims, and what is to be done. Claims come from operators, calendars
// and SmartBusy; whoever runs this performs its actions (store, Xsi-Actions) and says how they ended.
// A machine: no socket, no clock, no store. Calls that are active are never touched: forwarding is for new calls.
// Lives on the egress loop.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "forwarding/reconciler.hpp"

namespace lamp::forwarding {

/// Both clocks: waits are Steady, appointments are Wall.
struct Now {
    Steady steady{};
    Wall wall{};
};

/// `GET /v1/forwarding/{id}` of one line (interface 7.9).
struct LineView {
    struct Simple {
        bool active = false;
        std::string to{}; // several: separated by ", "
        bool operator==(const Simple&) const = default;
    };
    struct ClaimView {
        Claim claim;
        ClaimState state{};
        Sentence reason{}; // waiting and refused: why
    };
    std::string line;
    std::optional<Simple> baseline{}; // absent: not read yet
    std::vector<ClaimView> claims{};
    std::optional<Simple> actual{};
    std::optional<Reconciler::LastWrite> last_write{};
    Sentence trouble{}; // what stands in the way now; empty: nothing
};
[[nodiscard]] LineView::Simple simple(const Setting& setting);

class Forwardings {
public:
    struct Action {
        std::string line;
        Reconciler::Verb verb{};
        Parts parts = 0;   // read, write: see Reconciler::Action
        Setting setting{}; // write
        Stored stored{};   // save: all that is to be on disk of that line
    };
    struct Counts {
        std::size_t lines = 0;    // that we have something to do with
        std::size_t in_force = 0; // whose wanted forwarding was read back
        std::size_t owned = 0;    // that may not be as their users left them
        std::size_t diverted = 0; // of them: those not yet read back as their users left them
        std::size_t failing = 0;
        std::size_t under_way = 0;
        std::size_t audit_lost = 0; // entries that nobody has taken
    };
    static constexpr std::size_t claims_max = 64;        // of one line
    static constexpr std::size_t audit_waiting = 20'000; // entries until they are taken; newer ones are counted

    /// At most `parallel` lines talk to the platform at once; the others wait for their turn.
    Forwardings(Rules rules, Dialling dialling, Times times = {}, std::size_t parallel = 16, std::uint64_t seed = 1);

    Forwardings(const Forwardings&) = delete; // lines refer to its dial plan
    Forwardings& operator=(const Forwardings&) = delete;

    /// What an earlier run left on disk. Once, before anything else.
    void load(std::vector<Stored> lines, Now now);
    void use_rules(Rules rules, Now now);
    /// Numbers are written, or mean, something else from now on: every claim is judged anew.
    void use_dialling(Dialling dialling, Now now);

    /// New, or changed when the line has one of this source and name; whoever knows appointments of weeks puts those of
    /// the next day. Kept even when it is refused; the view says why.
    /// Category::limit above `claims_max`; Category::invalid when it ends before it begins.
    [[nodiscard]] Result<void> put(std::string_view line, Claim claim, Now now);
    void drop(std::string_view line, Source source, std::string_view name, Now now);
    /// The line is nobody's any more: all its claims end.
    void drop_all(std::string_view line, Now now);
    [[nodiscard]] std::vector<Claim> claims(std::string_view line) const;
    /// Whether a claim to that number would be refused now: Category::invalid with the reason.
    [[nodiscard]] Result<void> check(std::string_view line, std::string_view to) const;

    /// The end is near: from now on every line is wanted as its user left it, whatever its claims say; they stay on
    /// disk and are in force again after the next start.
    void give_back(Now now);

    /// An event told what Call Forwarding Always of any line is now.
    void heard(std::string_view line, const Always& always, Now now);
    /// Events may have been lost: what is owned is read again, fifty lines a second.
    void lost_track(Now now);

    /// What is to be done now, each action once; the answer comes to the function of its name.
    [[nodiscard]] std::optional<Action> next(Now now);
    /// When to ask `next` again if nothing happens before. Never far ahead while appointments wait: the clock may be
    /// set.
    [[nodiscard]] Steady wake_at() const;
    void read(std::string_view line, const Result<Setting>& found, Now now);
    void saved(std::string_view line, const Result<void>& done, Now now);
    void written(std::string_view line, const Result<void>& done, Now now);

    /// Absent: nothing is known of that line.
    [[nodiscard]] std::optional<LineView> view(std::string_view line) const;
    /// Lines that a claim was ever put on, or that were left on disk.
    [[nodiscard]] std::vector<std::string> lines() const;
    /// And those that their users forward: all of which `view` knows anything.
    [[nodiscard]] std::vector<std::string> known() const;
    [[nodiscard]] Counts counts() const;
    [[nodiscard]] std::vector<AuditEntry> take_audit() { return std::exchange(audit_, {}); }
    /// Lines whose view has changed, each once.
    [[nodiscard]] std::vector<std::string> take_changed();

private:
    struct Entry {
        Entry(std::string line, const Dialling& dialling, Times times, std::uint64_t seed, std::uint32_t index_)
            : reconciler(std::move(line), dialling, times, seed), index(index_) {}
        Reconciler reconciler;
        std::vector<Claim> claims;
        std::vector<Standing> standings;
        std::vector<std::string> points_at; // lines of ours that it forwards to, or would
        std::uint32_t index;
        Steady edge = Steady::max();            // when the next claim begins or ends
        Steady due = Steady::max();             // as scheduled
        bool busy = false;                      // counted in under_way_
        bool waiting = false;                   // in waiting_
        std::map<std::string, Standing> told{}; // as noted in the log, by claim
        bool changed = false;
        bool stirred = false; // waits in stirred_
    };

    Entry& entry(std::string_view line);
    [[nodiscard]] Entry* find(std::string_view line) const;
    void stir(Entry& entry);
    void settle(Now now);
    void refresh(Entry& entry, Now now);
    void end_claims(Entry& entry, Now now);
    void note_standings(Entry& entry, Now now);
    [[nodiscard]] Result<std::string> judged(const std::string& line, std::string_view to, bool* looped,
                                             std::vector<std::string>* points_at) const;
    [[nodiscard]] bool leads_to(const std::string& from, const std::string& line) const;
    [[nodiscard]] std::vector<std::string> forwards_to(const std::string& line) const;
    void moved(const std::string& line);
    void point(Entry& entry, std::vector<std::string> lines, bool in_loop);
    void after(Entry& entry, Now now);
    void take_news(Entry& entry, Now now);
    void schedule(Entry& entry);
    void changed(Entry& entry);
    void note(Now now, const Entry& entry, AuditEntry::What what, std::string who, std::string text);
    void watch_clock(Now now);

    Rules rules_;
    Dialling dialling_;
    Times times_;
    std::size_t parallel_;
    std::uint64_t seed_;
    std::vector<std::unique_ptr<Entry>> entries_;
    std::unordered_map<std::string, std::uint32_t> by_line_;
    std::set<std::pair<Steady, std::uint32_t>> schedule_;
    std::deque<std::uint32_t> waiting_; // due, but `parallel` others are under way
    std::deque<std::uint32_t> stirred_;
    std::unordered_map<std::string, Always> elsewhere_; // active forwardings of lines without an entry
    std::unordered_map<std::string, std::set<std::uint32_t>> pointed_at_; // by line: who forwards to it
    std::set<std::uint32_t> in_loop_;
    std::vector<AuditEntry> audit_;
    std::size_t audit_lost_ = 0;
    std::vector<std::uint32_t> changed_;
    bool giving_back_ = false;
    std::size_t under_way_ = 0;
    std::size_t timed_ = 0; // lines that wait for an edge
    Now last_{};
};

} // namespace lamp::forwarding
