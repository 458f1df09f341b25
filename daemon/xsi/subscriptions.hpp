// The book of subscriptions of one platform login: which are wanted, which stand, which the server refused, and what
// is to be sent next (xsi.md 5). Pure: `now` is given, and the coroutines around it only send. 400 000 entries stay
// small: an entry has 32 bytes and its id lies in one arena.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace lamp::xsi {

/// The event packages that we follow, in the order in which they are asked for: calls come first. Voice mail is only
/// followed where it is wanted; the last one is about call centres, not about lines.
enum class Package : std::uint8_t {
    advanced_call,
    do_not_disturb,
    forwarding_always,
    call_center_agent,
    voice_mail,
    call_center_queue
};
inline constexpr std::size_t package_count = 5; // of lines
inline constexpr std::array packages{Package::advanced_call, Package::do_not_disturb, Package::forwarding_always,
                                     Package::call_center_agent, Package::voice_mail};
/// Which packages of lines: those that everybody's state consists of, or all.
[[nodiscard]] constexpr std::span<const Package> followed(bool voice_mail) {
    return std::span(packages).first(voice_mail ? package_count : package_count - 1);
}
[[nodiscard]] std::string_view name(Package package); // exact strings of xsi.md 5.3

using LineIndex = std::uint32_t;
inline constexpr LineIndex no_line = 0xffffffff; // a group or enterprise target

class Subscriptions {
public:
    using Index = std::uint32_t;

    enum class State : std::uint8_t {
        wanted,   // to be asked for, now or at its due time
        asking,   // POST under way
        awaiting, // answered; the first event is to come (single-user targets)
        standing,
        refreshing,
        refused, // 403 or 404: asked again hourly (xsi.md 5.4)
        dropped, // not wanted any more; the index is free
    };
    enum class Kind : std::uint8_t { subscribe, refresh };
    struct Work {
        Index index;
        Kind kind;
    };

    /// `awaits_first`: a single user's subscription begins with an event of its whole state. With call_center_queue
    /// `line` numbers a call centre (queues.hpp).
    Index add(LineIndex line, Package package, bool awaits_first);
    void drop(Index index);

    /// The next request to send, most interesting first; it counts as under way until its `on_…`.
    [[nodiscard]] std::optional<Work> next(Steady now);
    /// When something falls due, if nothing else happens.
    [[nodiscard]] Steady wake_at(Steady now) const;
    /// Somebody looks at this line: its pending requests go first.
    void prefer(Index index);

    void on_subscribed(Index index, std::string id, long expires_s, Steady now);
    void on_refreshed(Index index, long expires_s, Steady now);
    /// 403, 404 on the POST. True: it is believed, and asked again hourly only. The first one may be about a channel
    /// set that was just lost.
    bool on_refused(Index index, Steady now);
    void on_failed(Index index, Steady now); // 5xx, time-out: again soon, ever less often
    void on_busy(Index index, Steady now);   // the platform as a whole refuses for now: its turn comes again
    void on_gone(Index index, Steady now);   // terminated, or unknown at its refresh: ask anew
    /// An event of it was taken. True the first time since it was asked for.
    bool on_event(Index index, Steady now);
    /// A gap: its state is to be sent again (a refresh does that for single users).
    void refresh_now(Index index);
    /// The channel set was lost: all must be asked for again. Ids stay known until then, and numbers where no first
    /// event comes: a server may send what it had kept, and that is then known to be old.
    void restart();

    [[nodiscard]] std::optional<Index> find(std::string_view id) const;
    [[nodiscard]] std::string_view id(Index index) const;
    [[nodiscard]] LineIndex line(Index index) const { return entries_[index].line; }
    [[nodiscard]] Package package(Index index) const { return entries_[index].package; }
    [[nodiscard]] State state(Index index) const { return entries_[index].state; }
    /// Asked for, or about to be: not granted yet.
    [[nodiscard]] bool pending(Index index) const {
        return state(index) == State::wanted || state(index) == State::asking;
    }
    /// Refused, or asked for in vain several times in a row.
    [[nodiscard]] bool hopeless(Index index) const;
    [[nodiscard]] bool refusal_believed(Index index) const { return entries_[index].refusals > 1; }
    [[nodiscard]] std::uint32_t& expected(Index index) { return entries_[index].expected; }
    /// POSTs under way: an event of an unknown id may belong to one of them.
    [[nodiscard]] std::size_t asking() const { return count(State::asking); }

    [[nodiscard]] std::size_t count(State state) const { return counts_[static_cast<std::size_t>(state)]; }
    [[nodiscard]] std::size_t size() const { return entries_.size() - count(State::dropped); }

private:
    struct Entry {
        LineIndex line = no_line;
        std::uint32_t expected = 0; // next sequence number; 0 before the first event
        std::uint32_t id_at = 0;
        std::uint32_t expires_s = 3600; // as the server returned it
        std::uint32_t due_s = 0;        // seconds since `epoch_`; matches its alarm, or the alarm is void
        std::uint16_t id_length = 0;
        Package package{};
        State state = State::wanted;
        std::uint8_t failures = 0;
        bool awaits_first = false;
        bool queued = false;
        bool has_state = false;
        bool urgent = false;       // stands in `urgent_`
        std::uint8_t refusals = 0; // in a row
        bool again = false;        // to be refreshed once more after the refresh under way
    };
    struct Alarm {
        std::uint32_t due_s;
        Index index;
        bool operator>(const Alarm& other) const { return due_s > other.due_s; }
    };

    static std::chrono::seconds growing(Entry& entry, std::chrono::seconds first);
    void set(Index index, State state);
    void enqueue(Index index);
    void alarm(Index index, Steady now, std::chrono::seconds in);
    void ring_alarms(Steady now);
    void schedule_refresh(Index index, Steady now);
    void set_id(Index index, std::string_view id);
    void index_id(Index index);
    void unindex_id(Index index);
    void rebuild_index();
    [[nodiscard]] std::uint32_t seconds_at(Steady now) const;

    std::vector<Entry> entries_;
    std::vector<Index> free_;
    std::array<std::size_t, 7> counts_{};
    std::deque<Index> urgent_;
    std::array<std::deque<Index>, package_count + 1> queues_;
    std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
    std::string ids_;             // arena
    std::size_t wasted_ = 0;      // bytes of it that nobody uses
    std::vector<Index> id_index_; // open addressing, index + 1; 0 empty
    std::size_t indexed_ = 0;
    Steady epoch_{};
};

} // namespace lamp::xsi
