#include "adapters/zoom/people_state.hpp"

#include <algorithm>
#include <functional>

namespace lamp::zoom {
namespace {

std::uint64_t hash_of(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

} // namespace

// --- presence

Taken PeopleState::take(Person& person, State state, Wall at, Now now) {
    if (in_meeting(person.presence) && !in_meeting(state)) {
        person.left_meeting = at;
        for (Attendance& one : person.attendances)
            if (one.present && one.at <= at) one.until = std::min(one.until, now.steady + doubt);
    }
    person.presence = state;
    person.presence_at = at;
    note(person, at);
    return Taken::news;
}

Taken PeopleState::presence_told(Slot slot, State state, Wall at, Now now) {
    Person& person = people_[slot];
    if (at < person.presence_at) return Taken::old;
    if (at == person.presence_at && state == person.presence) return Taken::duplicate;
    person.told_at = at;
    return take(person, state, at, now);
}

Taken PeopleState::presence_read(Slot slot, State state, Wall asked, Now now) {
    Person& person = people_[slot];
    if (asked < person.presence_at) return Taken::old;
    if (state != person.presence && person.told_at != Wall::min() && asked < person.told_at + rest_lag)
        return Taken::doubtful;
    return take(person, state, asked, now);
}

// --- attendances

PeopleState::Attendance& PeopleState::attendance_of(Person& person, std::uint64_t meeting, std::uint64_t participant) {
    auto& all = person.attendances;
    auto found = std::ranges::find_if(
        all, [&](const Attendance& one) { return one.meeting == meeting && one.participant == participant; });
    if (found != all.end()) return *found;
    if (all.size() >= attendances_max) // the oldest of those that are over, else the oldest
        all.erase(
            std::ranges::min_element(all, {}, [](const Attendance& one) { return std::pair(one.present, one.at); }));
    all.push_back({meeting, participant, Wall::min(), false, Steady()});
    return all.back();
}

Taken PeopleState::attend(Slot slot, std::uint64_t meeting, std::uint64_t participant, bool present, Wall at, Now now) {
    Person& person = people_[slot];
    if (auto known = meetings_.find(meeting); present && known != meetings_.end() && at <= known->second.ended)
        return Taken::old;
    // Late word of having joined, of somebody whose client has left a meeting since.
    if (present && at < person.left_meeting && at < now.wall - doubt) return Taken::old;
    Attendance& one = attendance_of(person, meeting, participant);
    if (at < one.at) return Taken::old;
    if (at == one.at && present == one.present) return Taken::duplicate;
    if (at == one.at && present) return Taken::old; // of one moment the end is what holds
    bool changed = one.present != present || one.at == Wall::min();
    one.at = at;
    one.present = present;
    auto lasts =
        present ? std::max(milliseconds(0), attendance_longest - std::max(milliseconds(0), now.wall - at)) : memory_;
    one.until = now.steady + lasts;
    if (present && meetings_.size() < meetings_max) {
        Known& known = meetings_[meeting];
        if (std::ranges::find(known.people, slot) == known.people.end()) known.people.push_back(slot);
        known.forget_at = std::max(known.forget_at, one.until);
    }
    note(person, at);
    return changed ? Taken::news : Taken::duplicate;
}

Taken PeopleState::joined(Slot slot, std::string_view meeting, std::string_view participant, Wall at, Now now) {
    return attend(slot, hash_of(meeting), hash_of(participant), true, at, now);
}

Taken PeopleState::left(Slot slot, std::string_view meeting, std::string_view participant, Wall at, Now now) {
    return attend(slot, hash_of(meeting), hash_of(participant), false, at, now);
}

std::vector<Slot> PeopleState::ended(std::string_view meeting, Wall at, Now now) {
    auto key = hash_of(meeting);
    std::vector<Slot> changed;
    if (!meetings_.contains(key) && meetings_.size() >= meetings_max) return changed;
    Known& known = meetings_[key];
    known.ended = std::max(known.ended, at);
    known.forget_at = now.steady + memory_;
    for (Slot slot : std::exchange(known.people, {})) {
        auto found = people_.find(slot);
        if (found == people_.end()) continue;
        bool any = false;
        for (Attendance& one : found->second.attendances) {
            if (one.meeting != key || !one.present || one.at > at) continue;
            one.present = false;
            one.at = at;
            one.until = now.steady + memory_;
            any = true;
        }
        if (!any) continue;
        note(found->second, at);
        changed.push_back(slot);
    }
    return changed;
}

// --- all

void PeopleState::forget(Slot slot) {
    people_.erase(slot);
}

std::vector<Slot> PeopleState::sweep(Now now) {
    std::vector<Slot> changed;
    for (auto& [slot, person] : people_) {
        bool any = false;
        std::erase_if(person.attendances, [&](Attendance& one) {
            if (one.until > now.steady) return false;
            any = any || one.present;
            return true;
        });
        if (!any) continue;
        note(person, now.wall);
        changed.push_back(slot);
    }
    std::erase_if(meetings_, [&](const auto& one) { return one.second.forget_at <= now.steady; });
    return changed;
}

Meeting PeopleState::meeting_of(const Person& person) const {
    bool attends = std::ranges::any_of(person.attendances, &Attendance::present);
    if (attends) return Meeting::live;
    switch (person.presence) {
    case State::meeting:
    case State::presenting: return Meeting::live;
    case State::calendar: return Meeting::calendar;
    case State::phone: return phone_calls_ ? Meeting::live : Meeting::none;
    case State::unknown: break;
    default: return Meeting::none;
    }
    // Somebody of whom nothing but attendances was told, and who attends nothing any more.
    return person.presence_at == Wall::min() && person.happened != Wall::min() ? Meeting::none : Meeting::unknown;
}

std::optional<PeopleState::Says> PeopleState::says(Slot slot) const {
    auto found = people_.find(slot);
    if (found == people_.end() || found->second.happened == Wall::min()) return std::nullopt;
    const Person& person = found->second;
    auto attendances = static_cast<std::size_t>(std::ranges::count_if(person.attendances, &Attendance::present));
    return Says{meeting_of(person), person.happened, person.presence, attendances};
}

std::size_t PeopleState::live() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(people_, [this](const auto& one) { return meeting_of(one.second) == Meeting::live; }));
}

} // namespace lamp::zoom
