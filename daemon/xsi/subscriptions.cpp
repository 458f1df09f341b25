#include "xsi/subscriptions.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.hpp"

namespace lamp::xsi {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes audit_period{30}; // a refresh of a single user's subscription brings its whole state again
constexpr seconds first_event_wait{5};
constexpr seconds refused_wait{3600};
constexpr seconds second_opinion_wait{15};
constexpr seconds failure_wait_first{1};
constexpr seconds failure_wait_max{300};
constexpr std::uint8_t in_vain = 3; // failures in a row
constexpr Subscriptions::Index tombstone = 0xffffffff;

std::size_t hash(std::string_view id) {
    return std::hash<std::string_view>()(id);
}

// Spreads refreshes over time, by index and not by chance, so that a run can be repeated.
seconds jittered(seconds wait, Subscriptions::Index index) {
    auto tenth = std::max<seconds::rep>(wait.count() / 5, 1);
    return wait - seconds(static_cast<seconds::rep>(index * 2654435761U % static_cast<std::uint64_t>(tenth)));
}

} // namespace

std::string_view name(Package package) {
    switch (package) {
    case Package::advanced_call: return "Advanced Call";
    case Package::do_not_disturb: return "Do Not Disturb";
    case Package::forwarding_always: return "Call Forwarding Always";
    case Package::call_center_agent: return "Call Center Agent";
    case Package::voice_mail: return "Voice Mail Message Summary";
    case Package::call_center_queue: return "Call Center Queue";
    }
    return "";
}

Subscriptions::Index Subscriptions::add(LineIndex line, Package package, bool awaits_first) {
    Index index;
    if (free_.empty()) {
        index = static_cast<Index>(entries_.size());
        entries_.emplace_back();
        ++counts_[static_cast<std::size_t>(State::wanted)];
    } else {
        index = free_.back();
        free_.pop_back();
        set(index, State::wanted);
    }
    Entry& entry = entries_[index];
    entry.line = line;
    entry.package = package;
    entry.awaits_first = awaits_first;
    entry.has_state = false;
    entry.again = false;
    entry.failures = 0;
    entry.refusals = 0;
    entry.expected = 0;
    enqueue(index);
    return index;
}

void Subscriptions::drop(Index index) {
    if (entries_[index].state == State::dropped) return;
    unindex_id(index);
    wasted_ += entries_[index].id_length;
    entries_[index].id_length = 0;
    entries_[index].due_s = 0;
    // An answer on its way must not be taken for that of a later entry: such an index is not used again.
    bool under_way = entries_[index].state == State::asking || entries_[index].state == State::refreshing;
    set(index, State::dropped);
    if (!under_way) free_.push_back(index);
}

void Subscriptions::set(Index index, State state) {
    --counts_[static_cast<std::size_t>(entries_[index].state)];
    entries_[index].state = state;
    ++counts_[static_cast<std::size_t>(state)];
}

void Subscriptions::enqueue(Index index) {
    if (entries_[index].queued) return;
    entries_[index].queued = true;
    queues_[static_cast<std::size_t>(entries_[index].package)].push_back(index);
}

void Subscriptions::prefer(Index index) {
    if (!entries_[index].queued || std::exchange(entries_[index].urgent, true)) return;
    urgent_.push_back(index);
}

std::uint32_t Subscriptions::seconds_at(Steady now) const {
    auto since = std::chrono::floor<seconds>(now - epoch_).count();
    return since < 0 ? 0 : static_cast<std::uint32_t>(since);
}

void Subscriptions::alarm(Index index, Steady now, seconds in) {
    if (epoch_ == Steady()) epoch_ = now - seconds(1); // so that no due time is zero
    entries_[index].due_s = seconds_at(now) + static_cast<std::uint32_t>(std::max<seconds::rep>(in.count(), 1));
    alarms_.push({entries_[index].due_s, index});
}

void Subscriptions::ring_alarms(Steady now) {
    while (!alarms_.empty() && alarms_.top().due_s <= seconds_at(now)) {
        auto [due, index] = alarms_.top();
        alarms_.pop();
        Entry& entry = entries_[index];
        if (entry.due_s != due || entry.state == State::dropped) continue; // set anew since, or dropped
        entry.due_s = 0;
        if (entry.state == State::refused) set(index, State::wanted);
        enqueue(index);
    }
}

std::optional<Subscriptions::Work> Subscriptions::next(Steady now) {
    ring_alarms(now);
    auto take = [&](std::deque<Index>& queue) -> std::optional<Work> {
        while (!queue.empty()) {
            Index index = queue.front();
            queue.pop_front();
            Entry& entry = entries_[index];
            if (&queue == &urgent_) entry.urgent = false;
            if (!entry.queued) continue; // already taken by way of `urgent_`
            entry.queued = false;
            if (entry.state == State::wanted) return set(index, State::asking), Work{index, Kind::subscribe};
            if (entry.state == State::standing || entry.state == State::awaiting)
                return set(index, State::refreshing), Work{index, Kind::refresh};
        }
        return std::nullopt;
    };
    if (auto work = take(urgent_)) return work;
    for (auto& queue : queues_)
        if (auto work = take(queue)) return work;
    return std::nullopt;
}

Steady Subscriptions::wake_at(Steady now) const {
    if (!urgent_.empty()) return now;
    for (const auto& queue : queues_)
        if (!queue.empty()) return now;
    return alarms_.empty() ? Steady::max() : epoch_ + seconds(alarms_.top().due_s);
}

void Subscriptions::schedule_refresh(Index index, Steady now) {
    auto half = seconds(entries_[index].expires_s / 2);
    alarm(index, now, jittered(std::min<seconds>(half, audit_period), index));
}

namespace {
std::uint32_t sane_expiry(long expires_s) {
    return static_cast<std::uint32_t>(std::clamp(expires_s, 2L, 2147483647L));
}
} // namespace

void Subscriptions::on_subscribed(Index index, std::string id, long expires_s, Steady now) {
    Entry& entry = entries_[index];
    if (entry.state == State::dropped) return;
    bool same = this->id(index) == id;
    if (!same) {
        set_id(index, id);
        entry.expected = 0;
    }
    entry.again = false;
    entry.refusals = 0;
    entry.expires_s = sane_expiry(expires_s);
    entry.has_state = !entry.awaits_first;
    set(index, entry.awaits_first ? State::awaiting : State::standing);
    if (entry.awaits_first)
        alarm(index, now, first_event_wait); // a lost first event is asked for again by a refresh
    else
        schedule_refresh(index, now);
}

void Subscriptions::on_refreshed(Index index, long expires_s, Steady now) {
    Entry& entry = entries_[index];
    if (entry.state != State::refreshing) return;
    entry.expires_s = sane_expiry(expires_s);
    set(index, entry.has_state ? State::standing : State::awaiting);
    if (entry.has_state) {
        entry.failures = 0; // it stood until its refresh
        schedule_refresh(index, now);
    } else {
        alarm(index, now, growing(entry, 2 * first_event_wait));
    }
    if (std::exchange(entry.again, false)) enqueue(index);
}

bool Subscriptions::on_refused(Index index, Steady now) {
    Entry& entry = entries_[index];
    if (entry.state == State::dropped) return false;
    set(index, State::refused);
    if (entry.refusals < 2) ++entry.refusals;
    bool believed = refusal_believed(index);
    alarm(index, now, believed ? jittered(refused_wait, index) : second_opinion_wait);
    return believed;
}

bool Subscriptions::hopeless(Index index) const {
    const Entry& entry = entries_[index];
    if (entry.state == State::refused) return true;
    return pending(index) && (entry.failures >= in_vain || entry.refusals > 0);
}

void Subscriptions::on_failed(Index index, Steady now) {
    Entry& entry = entries_[index];
    if (entry.state == State::dropped) return;
    if (entry.state == State::asking) set(index, State::wanted);
    if (entry.state == State::refreshing) set(index, entry.has_state ? State::standing : State::awaiting);
    alarm(index, now, jittered(growing(entry, failure_wait_first), index));
}

// Twice as long each time, up to five minutes.
seconds Subscriptions::growing(Entry& entry, seconds first) {
    auto shift = std::min<int>(entry.failures, 8);
    if (entry.failures < 200) ++entry.failures;
    return std::min(failure_wait_max, first * (1 << shift));
}

void Subscriptions::on_busy(Index index, Steady now) {
    Entry& entry = entries_[index];
    if (entry.state == State::asking && !entry.awaits_first && entry.failures < in_vain) ++entry.failures;
    if (entry.state == State::asking) set(index, State::wanted);
    if (entry.state == State::refreshing) set(index, entry.has_state ? State::standing : State::awaiting);
    if (entry.state != State::dropped) alarm(index, now, seconds(1));
}

void Subscriptions::on_gone(Index index, Steady now) {
    Entry& entry = entries_[index];
    if (entry.state == State::dropped || entry.state == State::asking) return;
    set(index, State::wanted);
    entry.expected = 0;
    alarm(index, now, growing(entry, failure_wait_first)); // it may be taken away again and again (privacy)
}

bool Subscriptions::on_event(Index index, Steady now) {
    Entry& entry = entries_[index];
    bool first = !std::exchange(entry.has_state, true);
    if (entry.state != State::awaiting) return first;
    set(index, State::standing);
    schedule_refresh(index, now);
    return first;
}

void Subscriptions::refresh_now(Index index) {
    if (entries_[index].awaits_first) entries_[index].has_state = false; // the answer to it may be lost as well
    if (entries_[index].state == State::standing || entries_[index].state == State::awaiting) enqueue(index);
    // The answer under way may be older than what was missed.
    if (entries_[index].state == State::refreshing) entries_[index].again = true;
}

void Subscriptions::restart() {
    for (Index index = 0; index < entries_.size(); ++index) {
        Entry& entry = entries_[index];
        if (entry.state == State::dropped || entry.state == State::refused) continue;
        if (entry.state != State::asking) set(index, State::wanted);
        if (entry.awaits_first) entry.expected = 0; // whatever its number, that event is the whole state
        entry.has_state = entry.again = false;
        entry.failures = 0;
        entry.due_s = 0;
        enqueue(index);
    }
}

// --- ids

std::string_view Subscriptions::id(Index index) const {
    const Entry& entry = entries_[index];
    return std::string_view(ids_).substr(entry.id_at, entry.id_length);
}

std::optional<Subscriptions::Index> Subscriptions::find(std::string_view id) const {
    if (id_index_.empty() || id.empty()) return std::nullopt;
    auto mask = id_index_.size() - 1;
    for (auto at = hash(id) & mask; id_index_[at] != 0; at = (at + 1) & mask)
        if (id_index_[at] != tombstone && this->id(id_index_[at] - 1) == id) return id_index_[at] - 1;
    return std::nullopt;
}

void Subscriptions::set_id(Index index, std::string_view id) {
    unindex_id(index);
    Entry& entry = entries_[index];
    wasted_ += entry.id_length;
    entry.id_at = static_cast<std::uint32_t>(ids_.size());
    entry.id_length = static_cast<std::uint16_t>(std::min<std::size_t>(id.size(), 1024));
    ids_.append(id.substr(0, entry.id_length));
    if (wasted_ > 65536 && wasted_ > ids_.size() / 2) {
        std::string fresh;
        fresh.reserve(ids_.size() - wasted_);
        for (Entry& one : entries_) {
            auto at = static_cast<std::uint32_t>(fresh.size());
            fresh.append(ids_, one.id_at, one.id_length);
            one.id_at = at;
        }
        ids_ = std::move(fresh);
        wasted_ = 0;
    }
    index_id(index);
}

void Subscriptions::index_id(Index index) {
    if ((indexed_ + 1) * 4 > id_index_.size() * 3) return rebuild_index();
    auto mask = id_index_.size() - 1;
    auto at = hash(id(index)) & mask;
    while (id_index_[at] != 0)
        at = (at + 1) & mask;
    id_index_[at] = index + 1;
    ++indexed_;
}

void Subscriptions::unindex_id(Index index) {
    if (id_index_.empty() || entries_[index].id_length == 0) return;
    auto mask = id_index_.size() - 1;
    for (auto at = hash(id(index)) & mask; id_index_[at] != 0; at = (at + 1) & mask)
        if (id_index_[at] == index + 1) {
            id_index_[at] = tombstone;
            return;
        }
}

void Subscriptions::rebuild_index() {
    std::size_t live = 0;
    for (const Entry& entry : entries_)
        live += entry.id_length != 0 ? 1 : 0;
    std::size_t buckets = 64;
    while (buckets < live * 2)
        buckets *= 2;
    id_index_.assign(buckets, 0);
    indexed_ = 0;
    auto mask = buckets - 1;
    for (Index index = 0; index < entries_.size(); ++index) {
        if (entries_[index].id_length == 0) continue;
        auto at = hash(id(index)) & mask;
        while (id_index_[at] != 0)
            at = (at + 1) & mask;
        id_index_[at] = index + 1;
        ++indexed_;
    }
}

} // namespace lamp::xsi
