#include "proto/ical/series.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace lamp::ical {

using namespace std::chrono;

namespace {

Wall clamped(Wall time) {
    constexpr Wall least = sys_days{1y / January / 2}, most = sys_days{9998y / December / 30};
    return std::clamp(time, least, most);
}

std::string key_of(const Moment& slot) {
    const auto show = [](auto date) {
        return fmt::format("{:04}{:02}{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
    };
    if (slot.date) return show(year_month_day(slot.day()));
    const auto at = floor<seconds>(slot.instant());
    const auto day = floor<days>(at);
    const hh_mm_ss clock(at - day);
    return fmt::format("{}T{:02}{:02}{:02}Z", show(year_month_day(day)), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

auto version(const Event& event) {
    return std::tuple(event.sequence, event.stamp, event.line);
}

/// Of those with the same key the latest version.
template <class Key>
void keep_latest(std::vector<Event>& events, Key key) {
    if (events.size() < 2) return;
    std::map<Wall, std::size_t> latest;
    std::vector<Event> kept;
    for (Event& event : events) {
        auto [at, fresh] = latest.try_emplace(key(event), kept.size());
        if (fresh)
            kept.push_back(std::move(event));
        else if (version(kept[at->second]) < version(event))
            kept[at->second] = std::move(event);
    }
    events = std::move(kept);
}

std::optional<Local> last_time(const Rule& rule, const Moment& start) {
    if (!rule.until) return std::nullopt;
    const auto [kind, time] = *rule.until;
    const Local day(floor<days>(time));
    if (start.date) return day;
    if (kind == Stamp::Kind::date) return day + days(1) - seconds(1);
    return kind == Stamp::Kind::utc ? start.zone.local(Wall(time.time_since_epoch())) : time;
}

} // namespace

struct Series::Following {
    std::map<Wall, const Event*> by_slot{};
    std::set<Wall> changed{};
    seconds most_length{}, most_move{};
};

struct Series::Telling {
    const Question& question;
    std::vector<Occurrence>& out;
    std::size_t left;
    bool full = false;

    /// `slot`: when it would have begun, had nobody moved it; of what is no series, nothing.
    void tell(const Event& event, const Moment& start, const Length& length, const Moment* slot) {
        const Wall from = start.instant(), until = end_of(start, length);
        const bool seen = from == until ? from >= question.from && from < question.until
                                        : from < question.until && until > question.from;
        if (!seen) return;
        if (left == 0) {
            full = true;
            return;
        }
        --left;
        Occurrence told = event.told;
        if (slot) told.original = key_of(*slot);
        told.from = from;
        told.until = until;
        out.push_back(std::move(told));
    }
};

void Series::add(Event event) {
    (event.instead_of ? changes_ : masters_).push_back(std::move(event));
}

std::size_t Series::line() const {
    return first().line;
}

const std::string& Series::uid() const {
    return first().told.uid;
}

bool Series::is_series() const {
    return masters_.size() != 1 || !changes_.empty() || !masters_[0].rules.empty() || !masters_[0].extra.empty();
}

void Series::settle(Warnings& warnings) {
    if (masters_.size() > 1) {
        const auto latest = std::ranges::max(masters_, {}, &Event::sequence).sequence;
        std::erase_if(masters_, [&](const Event& one) { return one.sequence != latest; });
        keep_latest(masters_, [](const Event& one) { return one.start.instant(); });
        if (masters_.size() > 1)
            warnings.add(masters_[1].line, masters_[1].told.uid, "Several events have this UID; all are taken.");
    }
    if (!masters_.empty())
        for (Event& change : changes_)
            change.instead_of = slot_of(masters_[0], *change.instead_of);
    keep_latest(changes_, [](const Event& one) { return one.instead_of->instant(); });
}

/// Which of the master's slots a RECURRENCE-ID means, written as the master's start is.
Moment Series::slot_of(const Event& master, const Moment& written) {
    const Moment& start = master.start;
    if (start.date == written.date) {
        if (written.date) return written;
        return {start.zone.local(written.instant()), false, start.zone};
    }
    if (!start.date) return {written.time + (start.time - start.day()), false, start.zone};
    // A date written as a time: midnight is meant as it stands, another time as the line's wall shows it.
    const bool midnight = written.time == Local(written.day());
    return {midnight ? written.time : Local(floor<days>(start.zone.local(written.instant()))), true, start.zone};
}

bool Series::slots_of(const Event& master, const Question& question, seconds reach_back, seconds reach_on,
                      Budget& budget, std::vector<Slot>& slots) {
    const Moment& start = master.start;
    Reach reach{start.time, start.zone.local(clamped(question.from - reach_back)) - days(1),
                start.zone.local(clamped(question.until + reach_on)) + days(1)};
    reach.whole_days = start.date;
    slots.push_back({start.instant(), start.time, {}});
    bool whole = true;
    std::vector<Local> times;
    for (const Rule& rule : master.rules) {
        reach.last = last_time(rule, start);
        whole &= append_times(rule, reach, budget, times);
    }
    for (Local time : times)
        slots.push_back({start.zone.instant(time), time, {}});
    for (const ExtraDate& extra : master.extra) {
        const Wall at = extra.at.instant();
        slots.push_back({at, start.zone.local(at), extra.length});
    }
    std::ranges::sort(slots, [](const Slot& left, const Slot& right) {
        return left.at != right.at ? left.at < right.at : left.length.has_value() > right.length.has_value();
    });
    slots.erase(std::ranges::unique(slots, {}, &Slot::at).begin(), slots.end());
    leave_out(master, reach, budget, slots);
    return whole && budget.spent <= budget.steps;
}

void Series::leave_out(const Event& master, const Reach& reach, Budget& budget, std::vector<Slot>& slots) {
    std::set<Wall> instants;
    std::set<Day> whole_days;
    for (const Moment& except : master.except) {
        if (except.date && !master.start.date)
            whole_days.insert(except.day());
        else
            instants.insert(slot_of(master, except).instant());
    }
    for (const Rule& rule : master.excluding) {
        std::vector<Local> times;
        Reach excluded = reach;
        excluded.start_too = true;
        excluded.last = last_time(rule, master.start);
        (void)append_times(rule, excluded, budget, times);
        for (Local time : times)
            instants.insert(master.start.zone.instant(time));
    }
    if (instants.empty() && whole_days.empty()) return;
    std::erase_if(slots, [&](const Slot& slot) {
        return instants.contains(slot.at) || whole_days.contains(floor<days>(slot.time));
    });
}

bool Series::tell_master(const Event& master, const Question& question, Budget& budget, Telling& telling) const {
    Following following;
    const auto span = [](const Length& length) { return seconds(length.days) + length.time; };
    following.most_length = span(master.length);
    for (const ExtraDate& extra : master.extra)
        if (extra.length) following.most_length = std::max(following.most_length, span(*extra.length));
    for (const Event& change : changes_) {
        following.changed.insert(change.instead_of->instant());
        if (!change.and_following) continue;
        following.by_slot[change.instead_of->instant()] = &change;
        following.most_length = std::max(following.most_length, span(change.length));
        following.most_move = std::max(following.most_move, abs(change.start.time - change.instead_of->time));
    }
    std::vector<Slot> slots;
    const bool whole =
        slots_of(master, question, following.most_length + following.most_move, following.most_move, budget, slots);
    const bool named = is_series();
    for (const Slot& slot : slots) {
        if (telling.full) break;
        if (following.changed.contains(slot.at)) continue;
        const Moment written{slot.time, master.start.date, master.start.zone};
        const Moment* original = named ? &written : nullptr;
        auto after = following.by_slot.upper_bound(slot.at);
        if (after == following.by_slot.begin()) {
            telling.tell(master, written, slot.length.value_or(master.length), original);
            continue;
        }
        const Event& change = *std::prev(after)->second;
        const Moment moved{slot.time + (change.start.time - change.instead_of->time), change.start.date,
                           change.start.zone};
        telling.tell(change, moved, change.length, original);
    }
    return whole;
}

bool Series::expand(const Question& question, Budget& budget, Warnings& warnings, std::vector<Occurrence>& out) const {
    Telling telling{question, out, question.limits.per_series};
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    for (const Event& change : changes_)
        telling.tell(change, change.start, change.length, &*change.instead_of);
    bool whole = true;
    for (const Event& master : masters_)
        whole &= tell_master(master, question, budget, telling);
    if (masters_.size() > 1) { // they may make the same times
        std::ranges::sort(out.begin() + begin, out.end(), {}, &Occurrence::original);
        out.erase(std::ranges::unique(out.begin() + begin, out.end(), {}, &Occurrence::original).begin(), out.end());
    }
    if (telling.full)
        warnings.add(line(), uid(),
                     fmt::format("The series takes place more than {} times in the window; the rest is left out.",
                                 question.limits.per_series));
    return whole;
}

} // namespace lamp::ical
