// One record per call and person, from the news of lines: legs of several lines of a person that belong to one session
// are one call, a line of several persons gives each of them a record. Pure: `now` is given. Loop history.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/names.hpp"
#include "calls/call_record.hpp"
#include "records/missed_calls.hpp"
#include "records/owners.hpp"

namespace lamp::records {

/// What is to be written: a record as it is now, and whether its end is still to be settled (MissedCalls).
struct Written {
    calls::CallRecord record;
    bool settled = true;
    calls::Redirect redirect = calls::Redirect::none; // as in Unanswered
    std::string group{};
};

class Recorder {
public:
    explicit Recorder(milliseconds settle = seconds(2)) : missed_(settle) {}

    /// From now on; calls that go on stay whose they are. What was restored for lines that nobody has any more ends.
    void use_owners(std::shared_ptr<const Owners> owners, Wall now);
    /// What was going on or not settled when the daemon ended, before any news: calls whose lines still have them go
    /// on, the others end with End::unknown once their line is known.
    void restore(std::vector<Written> records, Wall now);

    /// In order, as the platform told it. Events of calls that went on unheard are marked `uncertain`.
    [[nodiscard]] std::vector<calls::CallEvent> take(const calls::LineNews& news, Wall now);
    /// What has settled by `now`: `missed`, and `changed` where an end turned out to be another one.
    [[nodiscard]] std::vector<calls::CallEvent> due(Wall now);
    /// When `due` has something to do; nothing: never.
    [[nodiscard]] std::optional<Wall> next_due() const { return missed_.next_due(); }

    /// Everything whose record has changed since the last call, as it is now.
    [[nodiscard]] std::vector<Written> written();
    [[nodiscard]] std::size_t going() const { return calls_.size(); }

private:
    using Key = std::uint64_t; // of a call in `calls_`
    struct Leg {
        std::string session; // never empty
        std::string group;
        std::vector<Key> calls{}; // one for each person
        bool incoming = false;
        bool answered = false;
    };
    struct Line {
        std::map<std::string, Leg, std::less<>> legs; // by BroadWorks' call id
        std::vector<Key> restored;                    // whose legs are not seen yet
        std::optional<Wall> doubt;                    // since when no more than the last state is known
        bool heard = false;                           // was known for sure at least once
    };
    struct Going {
        calls::CallRecord record;
        std::string session;     // as in Leg
        std::string answered_by; // the leg, by BroadWorks' id
        std::string group{};
        std::size_t legs = 0;
        calls::Redirect redirect = calls::Redirect::none; // goes with `record.why`
        bool over_here = false;                           // `record.why` says how a leg ended
        bool called = false;                              // by a leg that no group offered
    };

    void rest(std::string_view line);
    bool leave_rest(std::string_view line); // true: it was
    void take_ended(const calls::LineNews& news, Line& line, Wall now);
    void take_calls(const calls::LineNews& news, Line& line, Wall now);
    void rename(const calls::LineNews& news, Line& line, Wall now);
    void adopt(const calls::LineNews& news, Line& line);
    void doubt(Line& line, Wall now);
    void lose(const calls::LineNews& news, Line& line, Wall now);
    Leg& begin(const calls::LineNews& news, const calls::Call& call, Line& line, Wall now);
    [[nodiscard]] Key record_of(const std::string& person, const calls::LineNews& news, const calls::Call& call,
                                bool late, Wall now);
    void see(const std::string& line, const calls::Call& call, Leg& leg, bool over, Wall now);
    void advance(const std::string& line, const calls::Call& call, Key key, Wall now);
    void end_leg(const std::string& line, const calls::EndedCall& ended, const Leg& leg, Wall now);
    void end_leg_of(Key key, const calls::EndedCall& ended, const std::string& group, Wall now);
    void finish(Key key, Wall at, Wall now);
    [[nodiscard]] std::string taken_over_from(const std::string& session) const;
    void remember_sent_on(const std::string& session, const std::string& record);
    void tell(calls::Happening what, const calls::CallRecord& record, Wall at);

    MissedCalls missed_;
    std::shared_ptr<const Owners> owners_ = std::make_shared<Owners>();
    std::unordered_map<std::string, Line> lines_; // that were told of and are not at rest
    Names known_;
    std::vector<bool> resting_; // by name: heard for sure, without calls
    std::unordered_map<Key, Going> calls_;
    std::unordered_map<std::string, Key> by_session_;      // by person, direction and session
    std::unordered_map<std::string, std::string> sent_on_; // by session: the record that gave it away last
    std::deque<std::string> sent_on_order_;                // the oldest first
    Key next_ = 1;
    std::unordered_set<Key> dirty_;
    std::vector<Written> over_;            // ended or settled since `written`
    std::vector<calls::CallEvent> events_; // not given yet
};

} // namespace lamp::records
