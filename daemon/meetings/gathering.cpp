#include "meetings/gathering.hpp"

#include <algorithm>

namespace lamp::meetings {

void Gathering::heard(const News& news, Steady now) {
    if (news.source == Source::teams || !counted_.contains(news.source)) return;
    Person& person = people_[news.slot];
    Told& told = person.told.at(static_cast<std::size_t>(news.source));
    if (news.happened < told.happened) return;
    told.happened = news.happened;
    if (news.meeting == Meeting::unknown) {
        told.live = false;
    } else {
        told.live =
            news.meeting == Meeting::live || (news.meeting == Meeting::calendar && news.source == Source::calendar);
        told.fresh_until = now + news.fresh_for;
        if (told.live) expiries_.emplace(told.fresh_until, news.slot);
    }
    touched_.insert(news.slot);
}

void Gathering::lost(Source source) {
    for (auto& [slot, person] : people_)
        if (std::exchange(person.told.at(static_cast<std::size_t>(source)).live, false)) touched_.insert(slot);
}

bool Gathering::in_meeting(const Person& person, Steady now) {
    return std::ranges::any_of(person.told, [now](const Told& told) { return told.live && now < told.fresh_until; });
}

std::vector<Gathering::Change> Gathering::changes(Steady now) {
    while (!expiries_.empty() && expiries_.begin()->first <= now) {
        touched_.insert(expiries_.begin()->second);
        expiries_.erase(expiries_.begin());
    }
    std::vector<Change> changes;
    for (presence::Slot slot : std::exchange(touched_, {})) {
        Person& person = people_[slot];
        bool now_in = in_meeting(person, now);
        if (std::exchange(person.shown, now_in) != now_in) changes.push_back({slot, now_in});
    }
    return changes;
}

} // namespace lamp::meetings
