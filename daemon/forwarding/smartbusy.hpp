// SmartBusy: who is in a meeting, as their sources tell, and when calls go elsewhere because of it. Begins at once,
// ends after `settle`; what is stale never begins anything. Not for queue agents' queue calls: forwarding does not
// touch those. A machine: no socket, no clock. Lives on the egress loop.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/sentence.hpp"
#include "meetings/news.hpp"

namespace lamp::forwarding {

using MeetingSource = meetings::Source;
using meetings::Meeting;

/// A time of the week, every day when `days` is all; until may be before from: over midnight.
struct QuietHours {
    std::uint8_t days = 0x7f; // bit 0 is Monday; the day on which it begins
    int from = 0;             // minutes since midnight
    int until = 0;
    bool operator==(const QuietHours&) const = default;
};

struct SmartBusySettings {
    std::set<MeetingSource> sources{};
    std::string forward_to{};                               // the organisation's number; a voicemail number, too
    std::unordered_map<std::string, std::string> folders{}; // a folder's own
    std::unordered_map<std::string, std::string> people{};  // a person's own
    std::set<std::string> except{};                         // ids of people
    bool calendar_meetings = false;
    milliseconds hold_on_stale{600'000};
    milliseconds settle{3'000};
    std::vector<QuietHours> quiet{}; // nobody's calls are diverted then
};

class SmartBusy {
public:
    struct Now {
        Steady steady{};
        Wall wall{};
        int minute_of_week = 0; // local, from Monday 00:00
    };
    struct Order {
        enum class Verb : std::uint8_t { begin, end } verb{};
        std::string person;
        MeetingSource source{}; // who told; an end names the same as its beginning
        std::string to{};       // begin; comes again with the same `from` when the number has changed
        Wall from{};
        bool operator==(const Order&) const = default;
    };
    struct PersonView {
        bool diverted = false;
        std::string to{};
        Sentence reason{};          // in words: which source, or why not
        bool follows_teams = false; // a call or meeting in Teams diverts, outside quiet hours
        std::optional<Wall> since{};
    };

    explicit SmartBusy(SmartBusySettings settings) : settings_(std::move(settings)) {}
    void use(SmartBusySettings settings, Now now);
    /// Which folder a person is in. People who were not told of have none.
    void folder(std::string_view person, std::string folder, Now now);
    /// The person is not ours any more.
    void forget(std::string_view person, Now now);

    /// `happened` orders what a source tells of a person: what is older than what is known is ignored. It is stale when
    /// nothing newer has come by `fresh_until`. What says the same once more costs a look-up.
    void heard(std::string_view person, MeetingSource source, Meeting meeting, Wall happened, Steady fresh_until,
               Now now);
    /// All that this source has told is in doubt from now on.
    void lost(MeetingSource source, Now now);
    /// A claim of an earlier run: held like one whose source went stale just now.
    void adopt(std::string_view person, MeetingSource source, std::string to, Wall from, Now now);

    /// What is to be done with the person's claims now, each order once.
    [[nodiscard]] std::optional<Order> next(Now now);
    [[nodiscard]] Steady wake_at() const { return schedule_.empty() ? Steady::max() : schedule_.begin()->first; }
    [[nodiscard]] std::optional<PersonView> view(std::string_view person, Now now) const;
    /// Where the person's calls would go; empty: no number is configured.
    [[nodiscard]] std::string number_for(std::string_view person) const;

private:
    struct Told {
        Meeting meeting = Meeting::unknown; // the last one that was not unknown
        Wall happened = Wall::min();
        Steady fresh_until{};
    };
    struct Person {
        std::string folder{};
        std::array<Told, meetings::source_count> told{};
        bool forgotten = false; // nobody's any more
        bool diverted = false;
        MeetingSource source{}; // of what has begun
        std::string to{};
        Wall from{};
        Steady begun{};
        std::optional<Steady> ending{}; // diverted: no meeting since; ends after `settle`
        Steady due = Steady::max();
    };
    struct Look {
        std::optional<MeetingSource> live{}; // a fresh source says so
        Steady held_until{};                 // one that said so has gone stale: until then it counts for what goes on
        Steady changes = Steady::max();      // when it looks different by itself
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Map = std::unordered_map<std::string, Person, Hash, std::equal_to<>>;
    [[nodiscard]] Look look(const Person& person, Steady now) const;
    [[nodiscard]] bool quiet(int minute_of_week) const;
    [[nodiscard]] std::string number_of(std::string_view id, const Person& person) const;
    [[nodiscard]] bool counts(Meeting meeting) const;
    [[nodiscard]] bool says_the_same(const Told& before, const Told& told, Steady now) const;
    [[nodiscard]] bool allowed(const std::string& id, const Person& person, Now now) const;
    [[nodiscard]] std::optional<Order> decide(Map::value_type& at, Now now);
    [[nodiscard]] Order end(Map::value_type& at);
    Map::value_type& at(std::string_view person);
    void schedule(Map::value_type& at, Steady due);

    SmartBusySettings settings_;
    Map people_;
    std::set<std::pair<Steady, std::string>> schedule_;
};

/// For whoever expects one busy-on-busy of the lines and Teams: which half there is, and why not the other.
[[nodiscard]] Sentence busy_on_busy(bool follows_teams);

} // namespace lamp::forwarding
