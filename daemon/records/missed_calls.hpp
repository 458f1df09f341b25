// Who missed a call (crm-directory.md E.3). A caller's attempt is everything with one session: what rings at several
// lines, goes on to others, is offered by a queue. An incoming call that ended without an answer waits here until the
// attempt is over and `settle` has passed, then it is one of: missed, sent to voicemail, answered elsewhere, a queue's.
// Exactly one `missed` per attempt and person. Pure: `now` is given. Loop history.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "calls/call_record.hpp"

namespace lamp::records {

/// A leg of one line, as it is now.
struct Sighting {
    std::string session; // never empty: a leg without one is its own
    std::string line;
    std::string leg;     // BroadWorks' call id
    std::string group{}; // BroadWorks user id of the queue or hunt group that offers it
    std::string remote_user{};
    bool incoming = false;
    bool answered = false;
    bool over = false;
};

/// An incoming call that ended unanswered.
struct Unanswered {
    calls::CallRecord record; // with its result as far as it can be told
    calls::Redirect redirect = calls::Redirect::none;
    std::string group{};
};

struct Settled {
    calls::CallRecord record; // with its final result
    bool corrected = false;   // another result than it had
    bool missed = false;      // is to be told
};

class MissedCalls {
public:
    explicit MissedCalls(milliseconds settle) : settle_(settle) {}

    void see(const Sighting& sighting, Wall now);
    /// `session`: as in Sighting. After its legs' last sighting.
    void add(const std::string& session, Unanswered call, Wall now);
    [[nodiscard]] std::vector<Settled> due(Wall now);
    [[nodiscard]] std::optional<Wall> next_due() const;
    /// Attempts that are not over, or not settled.
    [[nodiscard]] std::size_t attempts() const { return attempts_.size(); }

private:
    struct Attempt {
        std::unordered_map<std::string, Sighting> legs; // that are not over, by line and call id
        std::vector<Unanswered> waiting;
        std::unordered_set<std::string> groups;      // that offered it
        std::unordered_set<std::string> rang_at;     // lines
        std::unordered_set<std::string> answered_at; // lines
        std::unordered_set<std::string> reached;     // users whom a caller of ours was connected to
        bool connected = false;                      // a caller of ours
        Wall quiet_since{};
    };
    struct Timer {
        Wall at;
        std::string session;
    };

    void arm(const std::string& session, Attempt& attempt, Wall now);
    [[nodiscard]] static bool goes_on(const Attempt& attempt);
    [[nodiscard]] static bool answered(const Attempt& attempt);
    void settle(const std::string& session, Attempt& attempt, std::vector<Settled>& out);
    [[nodiscard]] bool first_of(const std::string& session, const std::string& person);
    [[nodiscard]] static calls::CallResult result_of(const Attempt& attempt, const calls::CallRecord& record,
                                                     const Unanswered& call);

    milliseconds settle_;
    std::unordered_map<std::string, Attempt> attempts_;
    std::deque<Timer> timers_;              // the earliest first, since all wait equally long
    std::unordered_set<std::string> told_;  // session and person: a queue may offer a call again and again
    std::deque<std::string> told_in_order_; // the oldest first, they are forgotten first
};

} // namespace lamp::records
