#include "forwarding/smartbusy.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lamp::forwarding {
namespace {

constexpr int day_minutes = 24 * 60;
constexpr int week_minutes = 7 * day_minutes;
constexpr milliseconds quiet_look{60'000}; // how soon the beginning or end of quiet hours is noticed

constexpr std::array all_sources{MeetingSource::teams, MeetingSource::zoom, MeetingSource::go_to, MeetingSource::other};

} // namespace

// --- what is known

SmartBusy::Map::value_type& SmartBusy::at(std::string_view person) {
    if (auto known = people_.find(person); known != people_.end()) return *known;
    return *people_.try_emplace(std::string(person)).first;
}

void SmartBusy::use(SmartBusySettings settings, Now now) {
    settings_ = std::move(settings);
    for (auto& person : people_)
        schedule(person, now.steady);
}

void SmartBusy::folder(std::string_view person, std::string folder, Now now) {
    auto& there = at(person);
    there.second.forgotten = false;
    if (there.second.folder == folder) return;
    there.second.folder = std::move(folder);
    schedule(there, now.steady);
}

void SmartBusy::forget(std::string_view person, Now now) {
    auto there = people_.find(person);
    if (there == people_.end()) return;
    there->second.told = {};
    there->second.forgotten = true;
    schedule(*there, now.steady);
}

void SmartBusy::heard(std::string_view person, MeetingSource source, Meeting meeting, Wall happened, Steady fresh_until,
                      Now now) {
    auto& there = at(person);
    Told& told = there.second.told[static_cast<std::size_t>(source)];
    if (happened < told.happened) return; // late, and something newer is known
    there.second.forgotten = false;
    const Told before = told;
    told.happened = happened;
    if (meeting == Meeting::unknown)
        told.fresh_until = std::min(told.fresh_until, now.steady);
    else {
        told.meeting = meeting;
        told.fresh_until = fresh_until;
    }
    if (!says_the_same(before, told, now.steady)) schedule(there, now.steady);
}

// Nothing is to be decided, or not before the time at which `before` goes stale, for which we are awake anyway.
bool SmartBusy::says_the_same(const Told& before, const Told& told, Steady now) const {
    if (counts(before.meeting) != counts(told.meeting)) return false;
    return !counts(told.meeting) || (now < before.fresh_until && before.fresh_until <= told.fresh_until);
}

void SmartBusy::lost(MeetingSource source, Now now) {
    for (auto& person : people_) {
        Told& told = person.second.told[static_cast<std::size_t>(source)];
        if (told.fresh_until <= now.steady) continue;
        told.fresh_until = now.steady;
        schedule(person, now.steady);
    }
}

void SmartBusy::adopt(std::string_view person, MeetingSource source, std::string to, Wall from, Now now) {
    auto& there = at(person);
    there.second.diverted = true;
    there.second.source = source;
    there.second.to = std::move(to);
    there.second.from = from;
    there.second.begun = now.steady;
    Told& told = there.second.told[static_cast<std::size_t>(source)];
    if (told.meeting == Meeting::unknown) told = {Meeting::live, from, now.steady};
    schedule(there, now.steady);
}

// --- what follows

bool SmartBusy::counts(Meeting meeting) const {
    return meeting == Meeting::live || (meeting == Meeting::calendar && settings_.calendar_meetings);
}

SmartBusy::Look SmartBusy::look(const Person& person, Steady now) const {
    Look look;
    for (MeetingSource source : all_sources) {
        const Told& told = person.told[static_cast<std::size_t>(source)];
        if (!settings_.sources.contains(source) || !counts(told.meeting)) continue;
        if (now < told.fresh_until) {
            if (!look.live) look.live = source;
            look.changes = std::min(look.changes, told.fresh_until);
        } else if (told.fresh_until >= person.begun)
            look.held_until = std::max(look.held_until, told.fresh_until + settings_.hold_on_stale);
    }
    return look;
}

bool SmartBusy::quiet(int minute_of_week) const {
    return std::ranges::any_of(settings_.quiet, [&](const QuietHours& hours) {
        int length = (hours.until - hours.from + day_minutes) % day_minutes;
        if (length == 0) length = day_minutes;
        for (int day = 0; day < 7; ++day) {
            if ((hours.days >> day & 1) == 0) continue;
            int since = (minute_of_week - day * day_minutes - hours.from + week_minutes) % week_minutes;
            if (since < length) return true;
        }
        return false;
    });
}

std::string SmartBusy::number_of(std::string_view id, const Person& person) const {
    if (auto own = settings_.people.find(std::string(id)); own != settings_.people.end()) return own->second;
    if (auto folder = settings_.folders.find(person.folder); folder != settings_.folders.end()) return folder->second;
    return settings_.forward_to;
}

std::string SmartBusy::number_for(std::string_view person) const {
    auto there = people_.find(person);
    return number_of(person, there == people_.end() ? Person{} : there->second);
}

bool SmartBusy::allowed(const std::string& id, const Person& person, Now now) const {
    return !settings_.except.contains(id) && !quiet(now.minute_of_week) && !number_of(id, person).empty();
}

void SmartBusy::schedule(Map::value_type& at, Steady due) {
    Person& person = at.second;
    if (person.due == due) return;
    if (person.due != Steady::max()) schedule_.erase({person.due, at.first});
    person.due = due;
    if (due != Steady::max()) schedule_.emplace(due, at.first);
}

std::optional<SmartBusy::Order> SmartBusy::next(Now now) {
    while (!schedule_.empty() && schedule_.begin()->first <= now.steady) {
        auto there = people_.find(schedule_.begin()->second);
        auto order = decide(*there, now);
        if (there->second.forgotten) {
            schedule(*there, Steady::max());
            people_.erase(there);
        }
        if (order) return order;
    }
    return std::nullopt;
}

SmartBusy::Order SmartBusy::end(Map::value_type& at) {
    Person& person = at.second;
    person.diverted = false;
    person.ending.reset();
    return {Order::Verb::end, at.first, person.source, {}, person.from};
}

std::optional<SmartBusy::Order> SmartBusy::decide(Map::value_type& at, Now now) {
    Person& person = at.second;
    auto seen = look(person, now.steady);
    auto due = seen.changes;
    bool concerned = person.diverted || seen.live;
    if (concerned && !settings_.quiet.empty()) due = std::min(due, now.steady + quiet_look);
    schedule(at, due);
    if (!allowed(at.first, person, now) || person.forgotten) {
        if (!person.diverted) return std::nullopt;
        return end(at);
    }
    auto to = number_of(at.first, person);
    if (seen.live && !person.diverted) {
        person.diverted = true;
        person.source = *seen.live;
        person.from = now.wall;
        person.begun = now.steady;
        person.to.clear();
    }
    if (!person.diverted) return std::nullopt;
    if (seen.live || now.steady < seen.held_until) {
        person.ending.reset();
        if (!seen.live) schedule(at, std::min(due, seen.held_until));
        if (person.to == to) return std::nullopt;
        person.to = to;
        return Order{Order::Verb::begin, at.first, person.source, to, person.from};
    }
    if (!person.ending) person.ending = now.steady;
    if (now.steady - *person.ending >= settings_.settle) return end(at);
    schedule(at, std::min(due, *person.ending + settings_.settle));
    return std::nullopt;
}

std::optional<SmartBusy::PersonView> SmartBusy::view(std::string_view id, Now now) const {
    auto there = people_.find(id);
    if (there == people_.end()) return std::nullopt;
    const Person& person = there->second;
    PersonView view{.diverted = person.diverted, .to = number_of(id, person)};
    if (person.diverted) view.since = person.from;
    view.follows_teams = settings_.sources.contains(MeetingSource::teams) && !view.to.empty() &&
                         !settings_.except.contains(there->first);
    auto seen = look(person, now.steady);
    if (settings_.sources.empty())
        view.reason = {"no_source", {}, "no source is configured"};
    else if (settings_.except.contains(there->first))
        view.reason = {"excepted", {}, "the person is excepted"};
    else if (view.to.empty())
        view.reason = {"no_number", {}, "no number to forward to is configured"};
    else if (quiet(now.minute_of_week))
        view.reason = {"quiet_hours", {}, "quiet hours"};
    else if (seen.live)
        view.reason = {"says_meeting",
                       {{"source", std::string(name(*seen.live))}},
                       fmt::format("{} says in a meeting", name(*seen.live))};
    else if (person.diverted && now.steady < seen.held_until)
        view.reason = {"said_meeting",
                       {{"source", std::string(name(person.source))}},
                       fmt::format("{} said in a meeting and is silent since", name(person.source))};
    else
        view.reason = person.diverted ? Sentence("just_ended", {}, "the meeting has just ended")
                                      : Sentence("no_meeting", {}, "in no meeting");
    return view;
}

Sentence busy_on_busy(bool follows_teams) {
    constexpr std::string_view diverts = "A call in Teams diverts the calls of the lines.";
    constexpr std::string_view rings =
        "A call in Teams leaves the lines ringing: [smartbusy] does not follow Teams for this person.";
    constexpr std::string_view other_half =
        "A call on a line does not make Teams refuse calls: its busy-on-busy ignores "
        "an \"In a call\" that is set from outside.";
    if (follows_teams) return {"teams_diverts", {}, fmt::format("{} {}", diverts, other_half)};
    return {"teams_diverts_not", {}, fmt::format("{} {}", rings, other_half)};
}

} // namespace lamp::forwarding
